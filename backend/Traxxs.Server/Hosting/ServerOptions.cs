using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Alerts;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting;

/// <summary>All that a server needs to know. The defaults need no file, no account and no internet.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder of everything that is kept.</summary>
    public string DataFolder { get; init; } = "./data";

    /// <summary>Opens another report store in the data folder; null for the one that ships.</summary>
    public Func<string, IReportStore>? OpenStore { get; init; }

    /// <summary>Makes another MQTT server for the devices, of its options, its handler and the log; null for the one that ships.</summary>
    public Func<MqttServerOptions, IMqttServerHandler, ILogger, IMqttServer>? OpenBroker { get; init; }

    /// <summary>Opens another service database, such as one that several servers share; null for the one in the data folder.</summary>
    public Func<ServiceDatabase>? OpenDatabase { get; init; }

    /// <summary>What this process does. Less than all of it needs PostgreSQL and RabbitMQ, which join it to the others.</summary>
    public ServerRoles Roles { get; init; } = ServerRoles.All;

    /// <summary>PostgreSQL for reports and all else; null for SQLite in the data folder.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>RabbitMQ for devices and between processes; null for our own broker, and no other process.</summary>
    public RabbitMqOptions? RabbitMq { get; init; }

    /// <summary>Redis for what several processes remember together; null where each remembers for itself.</summary>
    public RedisOptions? Redis { get; init; }

    /// <summary>Address to listen on; loopback unless said otherwise.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>MQTT port; 0 for a free one.</summary>
    public int MqttPort { get; init; } = 1883;

    /// <summary>
    /// Devices' connections at a time from one address, 1 to 20,000, which is how many there may be in all: more where a proxy or a mobile
    /// network's gateway stands in front of them. RabbitMQ has limits of its own.
    /// </summary>
    public int MqttConnectionsPerAddress { get; init; } = 2000;

    /// <summary>HTTP port of the API and the page; 0 for a free one.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>Certificate for both listeners; null for plain TCP, which only loopback gets without <see cref="Insecure"/>.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Listen beyond loopback without TLS: secrets and positions travel readable. For closed networks behind a TLS proxy.</summary>
    public bool Insecure { get; init; }

    /// <summary>The numbers the rules judge by.</summary>
    public RuleOptions Rules { get; init; } = new();

    /// <summary>Geofences to begin with; what people change later stands.</summary>
    public IReadOnlyList<ConfiguredGeofence> Geofences { get; init; } = [];

    /// <summary>Who is told of the first organisation's alerts, and who next, where it has no policy of its own; null for the standard policy.</summary>
    public IReadOnlyList<ConfiguredTier>? Escalation { get; init; }

    /// <summary>Webhooks, each a channel of its name.</summary>
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>Networks organisations may send notifications to although they are not public, such as the mail server's.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Networks whose proxies are believed when they say for whom they ask; the one on this machine always is.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Where the page's map gets its ground.</summary>
    public MapOptions Map { get; init; } = new();

    /// <summary>PEM file of the public key whose signature firmware images must have; null where boards alone look at it.</summary>
    public string? UpdateKey { get; init; }

    /// <summary>Make a new operator's token at the start, for whoever lost the first.</summary>
    public bool NewAdminToken { get; init; }

    /// <summary>
    /// The server's time: receipts, alerts, deliveries, tokens. Keep-alive and time-outs of connections follow the machine's
    /// clock all the same, since a sped-up clock does not speed up the network.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The machine's time, for waits on networks and other processes.</summary>
    public TimeProvider Machine { get; init; } = TimeProvider.System;

    /// <summary>Where measurements go by OTLP over HTTP, such as http://127.0.0.1:4318; null for nowhere: they can be fetched all the same.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Where log lines go; null for warnings and worse on stderr.</summary>
    public ILoggerFactory? Logging { get; init; }
}

/// <summary>A certificate and its key, both PEM files.</summary>
/// <param name="Certificate">Path of the certificate (chain).</param>
/// <param name="Key">Path of the private key.</param>
public sealed record TlsOptions(string Certificate, string Key);

/// <summary>A geofence of the configuration.</summary>
/// <param name="Id">Identity, so that a restart does not add it again.</param>
/// <param name="Feature">GeoJSON Feature.</param>
public sealed record ConfiguredGeofence(string Id, JsonElement Feature);

/// <summary>One step of the configuration's escalation.</summary>
/// <param name="Channels">Names of the channels that are told.</param>
/// <param name="AcknowledgeWithinMinutes">Time for a person to acknowledge before the next tier is told, min.</param>
public sealed record ConfiguredTier(IReadOnlyList<string> Channels, int AcknowledgeWithinMinutes);

/// <summary>A webhook.</summary>
/// <param name="Name">Name of the channel.</param>
/// <param name="Url">Where to POST.</param>
/// <param name="Secret">Key of the signature; 16 characters or more.</param>
public sealed record WebhookOptions(string Name, Uri Url, string Secret);

/// <summary>The server cannot be started as configured: one sentence for each key that is wrong.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>Each begins with the key.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
