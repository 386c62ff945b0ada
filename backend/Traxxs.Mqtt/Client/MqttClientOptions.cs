using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Client;

/// <summary>How a client makes its TLS connection.</summary>
public sealed class MqttClientTlsOptions
{
    /// <summary>Name the server's certificate must carry; the host's name if null.</summary>
    public string? TargetHost { get; set; }
    /// <summary>Authorities to trust instead of those of the machine.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; set; }
    /// <summary>The client's own certificate with its key, or null.</summary>
    public X509Certificate2? ClientCertificate { get; set; }
}

/// <summary>What a client connects to and how it behaves.</summary>
public sealed class MqttClientOptions
{
    /// <summary>Name or address of the server.</summary>
    public string Host { get; set; } = "localhost";
    /// <summary>Port of the server.</summary>
    public int Port { get; set; } = 1883;
    /// <summary>Not null for TLS.</summary>
    public MqttClientTlsOptions? Tls { get; set; }
    /// <summary>Opens another transport than TCP or TLS, such as a WebSocket; called for every connection.</summary>
    public Func<CancellationToken, ValueTask<IDuplexPipe>>? TransportFactory { get; set; }
    /// <summary>Protocol version.</summary>
    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V311;
    /// <summary>Client identifier; empty for one that the server assigns.</summary>
    public string ClientId { get; set; } = "";
    /// <summary>User name, or null.</summary>
    public string? UserName { get; set; }
    /// <summary>Password as text, or null.</summary>
    public string? Password { get; set; }
    /// <summary>True for a new session at the first connection. Reconnections always ask for the session they left.</summary>
    public bool CleanSession { get; set; } = true;
    /// <summary>5.0: how long the server keeps the session, s. 3.1.1 keeps it for ever unless <see cref="CleanSession"/>.</summary>
    public uint SessionExpirySeconds { get; set; }
    /// <summary>Longest silence, s; 0 for no keep-alive. A server that does not answer a PINGREQ for as long is taken as lost.</summary>
    public ushort KeepAliveSeconds { get; set; } = 60;
    /// <summary>The will, or null.</summary>
    public MqttWill? Will { get; set; }
    /// <summary>
    /// Publishes at QoS 1 and 2 that may be unacknowledged, 1 to 65,535; further ones wait. The server's receive maximum may
    /// lower it.
    /// </summary>
    public int InFlightMax { get; set; } = 100;
    /// <summary>Publishes that may wait for a place in flight; further ones fail at once with "quota exceeded".</summary>
    public int WaitingMax { get; set; } = 10_000;
    /// <summary>5.0: unacknowledged publishes from the server.</summary>
    public ushort ReceiveMaximum { get; set; } = 1000;
    /// <summary>5.0: topic aliases the server may set.</summary>
    public ushort TopicAliasMaximum { get; set; } = 32;
    /// <summary>5.0: topic aliases the client sets, if the server allows that many; 0 for none.</summary>
    public ushort OutgoingTopicAliasMaximum { get; set; } = 32;
    /// <summary>Largest packet accepted, bytes; told to a 5.0 server.</summary>
    public int PacketSizeMax { get; set; } = 1024 * 1024;
    /// <summary>Time for the network connection and CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>True to connect again when a connection is lost.</summary>
    public bool AutoReconnect { get; set; } = true;
    /// <summary>First wait before a reconnection; it doubles to <see cref="ReconnectDelayMax"/>.</summary>
    public TimeSpan ReconnectDelayMin { get; set; } = TimeSpan.FromMilliseconds(500);
    /// <summary>Longest wait before a reconnection. Each wait is drawn from half to the whole, so that a fleet does not return at once.</summary>
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>Further CONNECT properties, 5.0 only; limits and expiry above are added.</summary>
    public List<KeyValuePair<string, string>>? UserProperties { get; set; }
    /// <summary>Keeps unacknowledged publishes across a restart of the process; null keeps them in memory.</summary>
    public IMqttClientStore? Store { get; set; }
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
    /// <summary>The log.</summary>
    public ILogger? Logger { get; set; }
}

/// <summary>
/// Keeps the unacknowledged publishes of one client by packet identifier. Members are called one at a time. <see cref="Put"/> may
/// throw an <see cref="IOException"/>: the publish is then not sent, and its caller is told. See <see cref="FileClientStore"/>.
/// </summary>
public interface IMqttClientStore
{
    /// <summary>Everything kept, in the order it was put.</summary>
    IReadOnlyList<KeyValuePair<ushort, byte[]>> Load();

    /// <summary>Keeps the encoded PUBLISH, or the two bytes of a PUBREL's identifier once PUBREC came.</summary>
    void Put(ushort packetIdentifier, ReadOnlySpan<byte> packet);

    /// <summary>Forgets a packet that is acknowledged.</summary>
    void Remove(ushort packetIdentifier);
}

/// <summary>What the server answered to CONNECT.</summary>
public sealed record MqttConnectResult(MqttReasonCode ReasonCode, bool SessionPresent, MqttProperties? Properties)
{
    /// <summary>True if the client was let in.</summary>
    public bool IsSuccess => !ReasonCode.IsFailure();
}

/// <summary>A message as a subscriber gets it. The payload stands in the receive buffer: valid during the call only.</summary>
public readonly struct MqttReceivedMessage
{
    /// <summary>Topic name.</summary>
    public string Topic { get; init; }
    /// <summary>The payload, valid during the call.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
    /// <summary>Quality of service of the delivery.</summary>
    public MqttQoS QoS { get; init; }
    /// <summary>True for a message that was retained when the subscription was made.</summary>
    public bool Retain { get; init; }
    /// <summary>True if it may have been delivered before.</summary>
    public bool Duplicate { get; init; }
    /// <summary>The encoded properties (5.0), valid during the call.</summary>
    public ReadOnlyMemory<byte> EncodedProperties { get; init; }

    /// <summary>The properties as an object, null if there are none.</summary>
    public MqttProperties? ReadProperties() => MqttProperties.FromValidated(EncodedProperties.Span, MqttPacketType.Publish);
}

/// <summary>Takes a message. It is acknowledged when the call returns.</summary>
public delegate void MqttMessageHandler(in MqttReceivedMessage message);

/// <summary>Told when a publish is acknowledged, refused or given up.</summary>
public delegate void MqttPublishCallback(object? state, MqttReasonCode reason);

/// <summary>The connection could not be made, or ended while something waited for it.</summary>
public sealed class MqttClientException(string message, MqttReasonCode reason = MqttReasonCode.UnspecifiedError, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The server's reason where it gave one.</summary>
    public MqttReasonCode Reason { get; } = reason;
}
