using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Firmware;

namespace Traxxs.Server.Hosting;

/// <summary>
/// Reads and checks configuration. A key nobody knows is an error, not a wish unheard: a misspelt rule must not leave a
/// worker without it.
/// </summary>
public static class ServerConfiguration
{
    private const int SecretMin = 16;

    /// <summary>Devices' connections to our own broker at a time, from all addresses.</summary>
    internal const int ConnectionsMax = 20_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a JSON file. Paths in it are relative to it.</summary>
    /// <exception cref="ConfigurationException">What is wrong, by key.</exception>
    public static ServerOptions Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<ConfigurationFile>(File.ReadAllText(path), Json) ?? new ConfigurationFile();
            return Translate(file, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException([$"{KeyOf(e.Path)}: {Explain(e)}"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{path}: {e.Message}"]);
        }
    }

    /// <summary>What is wrong, a sentence a key; empty where the server may start.</summary>
    public static IReadOnlyList<string> Check(ServerOptions options)
    {
        var errors = new List<string>();
        if (options.MqttPort is < 0 or > 65535) errors.Add($"mqttPort: must be 0 to 65535, is {options.MqttPort}");
        if (options.MqttConnectionsPerAddress is < 1 or > ConnectionsMax) errors.Add($"mqttConnectionsPerAddress: must be 1 to {ConnectionsMax}, is {options.MqttConnectionsPerAddress}");
        if (options.HttpPort is < 0 or > 65535) errors.Add($"httpPort: must be 0 to 65535, is {options.HttpPort}");
        if (!IPAddress.IsLoopback(options.Bind) && options.Tls is null && !options.Insecure)
        {
            errors.Add($"bind: {options.Bind} is reachable from outside, and without tls secrets and positions would travel readable. "
                + "Configure tls, bind to 127.0.0.1, or say insecure (--insecure) behind a TLS proxy");
        }

        if (options.Tls is { } tls)
        {
            if (!File.Exists(tls.Certificate)) errors.Add($"tls.certificate: there is no file {tls.Certificate}");
            if (!File.Exists(tls.Key)) errors.Add($"tls.key: there is no file {tls.Key}");
        }

        if (options.UpdateKey is { } updateKey) CheckUpdateKey(updateKey, errors);
        options.Map.Check(errors);
        EngineConfiguration.Check(options, errors);
        if (options.Otlp is { Scheme: not ("http" or "https") }) errors.Add("otlp: must begin with https:// or http://");
        CheckRules(options.Rules, errors);
        CheckChannels(options, errors);
        for (var i = 0; i < options.Geofences.Count; i++)
        {
            try
            {
                GeofenceJson.Read(options.Geofences[i].Id, 1, options.Geofences[i].Feature);
            }
            catch (FormatException e)
            {
                errors.Add($"geofences[{i}].{e.Message}");
            }
        }

        return errors;
    }

    private static void CheckRules(RuleOptions rules, List<string> errors)
    {
        Range("rules.lowBatteryPercent", rules.LowBatteryPercent, 1, 90);
        Range("rules.batteryRecoveredPercent", rules.BatteryRecoveredPercent, rules.LowBatteryPercent + 1, 100);
        Range("rules.contactGraceSeconds", rules.ContactGraceSeconds, 1, 86400);
        Range("rules.geofenceMarginM", rules.GeofenceMarginM, 0, 1000);
        Range("rules.geofenceAccuracyMaxM", rules.GeofenceAccuracyMaxM, 1, 10000);
        Range("rules.geofenceConfirmFixes", rules.GeofenceConfirmFixes, 1, 20);
        Range("rules.geofenceConfirmSeconds", rules.GeofenceConfirmSeconds, 1, 86400);

        void Range(string key, int value, int min, int max)
        {
            if (value < min || value > max) errors.Add($"{key}: must be {min} to {max}, is {value}");
        }
    }

    private static void CheckUpdateKey(string path, List<string> errors)
    {
        try
        {
            UpdateKey.Read(File.ReadAllText(path));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            errors.Add($"updateKey: {path}: {e.Message}");
        }
    }

    private static void CheckChannels(ServerOptions options, List<string> errors)
    {
        var channels = new HashSet<string>(StringComparer.Ordinal) { "live", "log" };
        for (var i = 0; i < options.Webhooks.Count; i++)
        {
            var webhook = options.Webhooks[i];
            if (webhook.Name.Length is 0 or > 40 || webhook.Name is AlertJournal.DeviceChannel or UpdateCommand.Channel || !channels.Add(webhook.Name)) errors.Add($"webhooks[{i}].name: \"{webhook.Name}\" is empty, too long or taken");
            if (webhook.Url.Scheme is not ("http" or "https")) errors.Add($"webhooks[{i}].url: must begin with https:// or http://");
            if (webhook.Secret.Length < SecretMin) errors.Add($"webhooks[{i}].secretFile: the secret must have {SecretMin} characters or more");
        }

        if (options.Escalation is { Count: 0 }) errors.Add("escalation: must have a tier, or be absent");
        for (var i = 0; i < (options.Escalation?.Count ?? 0); i++)
        {
            var tier = options.Escalation![i];
            if (tier.AcknowledgeWithinMinutes is < 1 or > 1440) errors.Add($"escalation[{i}].acknowledgeWithinMinutes: must be 1 to 1440");
            if (tier.Channels is not { Count: > 0 })
            {
                errors.Add($"escalation[{i}].channels: must name a channel");
                continue;
            }

            foreach (var channel in tier.Channels.Where(channel => !channels.Contains(channel)))
            {
                errors.Add($"escalation[{i}].channels: there is no channel \"{channel}\"; there are {string.Join(", ", channels)}");
            }
        }
    }

    private static ServerOptions Translate(ConfigurationFile file, string folder)
    {
        var errors = new List<string>();
        var options = new ServerOptions();
        if (file.Bind is { } bind)
        {
            if (IPAddress.TryParse(bind, out var address)) options = options with { Bind = address };
            else errors.Add($"bind: \"{bind}\" is not an IP address");
        }

        if (file.Otlp is { } otlp)
        {
            if (Uri.TryCreate(otlp, UriKind.Absolute, out var collector)) options = options with { Otlp = collector };
            else errors.Add($"otlp: \"{otlp}\" is not an address");
        }

        var webhooks = new List<WebhookOptions>();
        for (var i = 0; i < (file.Webhooks?.Count ?? 0); i++)
        {
            var webhook = file.Webhooks![i];
            var secretFile = Path.Combine(folder, webhook.SecretFile ?? "");
            if (!Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url)) errors.Add($"webhooks[{i}].url: \"{webhook.Url}\" is not an address");
            else if (!File.Exists(secretFile)) errors.Add($"webhooks[{i}].secretFile: there is no file {secretFile}");
            else webhooks.Add(new WebhookOptions(webhook.Name ?? "", url, File.ReadAllText(secretFile).Trim()));
        }

        var networks = Networks("allowedNetworks", file.AllowedNetworks, errors);
        var proxies = Networks("trustedProxies", file.TrustedProxies, errors);

        var fences = new List<ConfiguredGeofence>();
        for (var i = 0; i < (file.Geofences?.Count ?? 0); i++)
        {
            var feature = file.Geofences![i];
            if (feature.ValueKind == JsonValueKind.Object && feature.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
            {
                fences.Add(new ConfiguredGeofence(id.GetString()!, feature.Clone()));
            }
            else
            {
                errors.Add($"geofences[{i}].id: missing");
            }
        }

        var engines = EngineConfiguration.Translate(file.Roles, file.Store, file.RabbitMq, file.Redis, folder, errors);
        if (file.Tls is { } tls && (tls.Certificate is null || tls.Key is null)) errors.Add("tls: needs certificate and key");
        if (errors.Count > 0) throw new ConfigurationException(errors);
        return options with
        {
            DataFolder = file.Data is { } data ? Path.Combine(folder, data) : options.DataFolder,
            MqttPort = file.MqttPort ?? options.MqttPort,
            MqttConnectionsPerAddress = file.MqttConnectionsPerAddress ?? options.MqttConnectionsPerAddress,
            HttpPort = file.HttpPort ?? options.HttpPort,
            Insecure = file.Insecure ?? false,
            Tls = file.Tls is { } pair ? new TlsOptions(Path.Combine(folder, pair.Certificate!), Path.Combine(folder, pair.Key!)) : null,
            Rules = file.Rules ?? options.Rules,
            Map = file.Map ?? options.Map,
            UpdateKey = file.UpdateKey is { } updateKey ? Path.Combine(folder, updateKey) : null,
            Escalation = file.Escalation,
            Webhooks = webhooks,
            AllowedNetworks = networks,
            TrustedProxies = proxies,
            Geofences = fences,
            Roles = engines.Roles,
            Postgres = engines.Postgres,
            RabbitMq = engines.RabbitMq,
            Redis = engines.Redis,
        };
    }

    private static List<IPNetwork> Networks(string key, List<string>? written, List<string> errors)
    {
        var networks = new List<IPNetwork>();
        for (var i = 0; i < (written?.Count ?? 0); i++)
        {
            if (IPNetwork.TryParse(written![i], out var network)) networks.Add(network);
            else errors.Add($"{key}[{i}]: \"{written[i]}\" is not a network such as 10.1.0.0/16");
        }

        return networks;
    }

    private static string KeyOf(string? path) => path is null or "$" ? "configuration" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    private static string Explain(JsonException e) => e.Message.Contains("could not be mapped", StringComparison.Ordinal)
        ? "there is no such key"
        : $"not valid JSON, or of the wrong kind (line {e.LineNumber + 1})";

    private sealed record ConfigurationFile
    {
        public string? Data { get; init; }
        public string? Bind { get; init; }
        public int? MqttPort { get; init; }
        public int? MqttConnectionsPerAddress { get; init; }
        public int? HttpPort { get; init; }
        public bool? Insecure { get; init; }
        public string? Otlp { get; init; }
        public TlsFile? Tls { get; init; }
        public RuleOptions? Rules { get; init; }
        public MapOptions? Map { get; init; }
        public string? UpdateKey { get; init; }
        public List<JsonElement>? Geofences { get; init; }
        public List<ConfiguredTier>? Escalation { get; init; }
        public List<WebhookFile>? Webhooks { get; init; }
        public List<string>? AllowedNetworks { get; init; }
        public List<string>? TrustedProxies { get; init; }
        public List<string>? Roles { get; init; }
        public StoreFile? Store { get; init; }
        public RabbitMqFile? RabbitMq { get; init; }
        public RedisFile? Redis { get; init; }
    }

    private sealed record TlsFile(string? Certificate, string? Key);

    private sealed record WebhookFile(string? Name, string? Url, string? SecretFile);
}
