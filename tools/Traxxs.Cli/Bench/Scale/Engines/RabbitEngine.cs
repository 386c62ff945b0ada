using Traxxs.Server.Identity;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// A RabbitMQ of the benchmark's own on loopback: one node in a folder with the MQTT plug-in, by TCP and by TLS, and the HTTP
/// auth back-end.
/// </summary>
internal sealed class RabbitEngine : IDisposable
{
    private const string DebianFolder = "/usr/lib/rabbitmq/bin";
    private const string Ready = "Starting broker... completed";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);

    private readonly string _folder;
    private readonly int _portMapperPort = ChildProcess.FreePort();
    private readonly int _distributionPort = ChildProcess.FreePort();
    private ChildProcess? _portMapper, _node;

    private RabbitEngine(string folder)
    {
        _folder = folder;
        PasswordFile = Path.Combine(folder, "password");
        AuthSecretFile = Path.Combine(folder, "auth");
        SecretFile.WriteNew(PasswordFile, Guid.NewGuid().ToString("N"));
        SecretFile.WriteNew(AuthSecretFile, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Its process.</summary>
    public int ProcessId => _node!.Id;

    /// <summary>User of the server's processes.</summary>
    public string User => "traxxs-server";

    /// <summary>File with its password, mode 0600.</summary>
    public string PasswordFile { get; }

    /// <summary>File with the part of the auth address nobody guesses, mode 0600.</summary>
    public string AuthSecretFile { get; }

    /// <summary>Port for the server's processes.</summary>
    public int AmqpPort { get; } = ChildProcess.FreePort();

    /// <summary>Port for devices.</summary>
    public int MqttPort { get; } = ChildProcess.FreePort();

    /// <summary>Port for devices by TLS.</summary>
    public int MqttTlsPort { get; } = ChildProcess.FreePort();

    /// <summary>Port at which it asks a listener who may connect.</summary>
    public int AuthPort { get; } = ChildProcess.FreePort();

    /// <summary>Folder of what it keeps.</summary>
    public string Kept => Path.Combine(_folder, "mnesia");

    /// <summary>Why there can be none here, for a person; null where there can.</summary>
    public static string? Missing() => Script() is null || ChildProcess.Find("epmd") is null ? "there is no RabbitMQ here (rabbitmq-server, epmd): Debian's package rabbitmq-server has it" : null;

    /// <summary>Starts one in a folder; devices by TLS see a certificate and key given as PEM files.</summary>
    /// <exception cref="EngineException">It does not start.</exception>
    public static async Task<RabbitEngine> StartAsync(string folder, string certificate, string key, CancellationToken cancellationToken)
    {
        var engine = new RabbitEngine(folder);
        try
        {
            SecretFile.WriteNew(Path.Combine(folder, "rabbitmq.conf"), engine.Configuration(certificate, key));
            File.WriteAllText(Path.Combine(folder, "plugins"), "[rabbitmq_mqtt,rabbitmq_auth_backend_http].\n");
            // Erlang's port mapper, which a node would start for itself and leave behind.
            engine._portMapper = ChildProcess.Start(ChildProcess.Find("epmd")!, ["-port", ChildProcess.Text(engine._portMapperPort), "-address", "127.0.0.1"], folder, engine.Environment());
            engine._node = ChildProcess.Start(Script()!, [], folder, engine.Environment());
            await engine._node.UntilAsync(() => engine._node.Output.Contains(Ready, StringComparison.Ordinal), StartMax, cancellationToken);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _node?.Dispose();
        _portMapper?.Dispose();
    }

    // Debian's /usr/sbin/rabbitmq-server is for its service: it wants the service's user.
    private static string? Script() => File.Exists(Path.Combine(DebianFolder, "rabbitmq-server")) ? Path.Combine(DebianFolder, "rabbitmq-server") : ChildProcess.Find("rabbitmq-server");

    private string Configuration(string certificate, string key)
    {
        var auth = $"http://127.0.0.1:{AuthPort}/internal/rabbitmq/{File.ReadAllText(AuthSecretFile)}/";
        return $"""
            listeners.tcp.1 = 127.0.0.1:{AmqpPort}
            mqtt.listeners.tcp.1 = 127.0.0.1:{MqttPort}
            mqtt.listeners.ssl.1 = 127.0.0.1:{MqttTlsPort}
            mqtt.allow_anonymous = false
            mqtt.subscription_ttl = 604800000
            ssl_options.cacertfile = {certificate}
            ssl_options.certfile = {certificate}
            ssl_options.keyfile = {key}
            ssl_options.verify = verify_none
            ssl_options.fail_if_no_peer_cert = false
            ssl_options.versions.1 = tlsv1.3
            ssl_options.versions.2 = tlsv1.2
            default_user = {User}
            default_pass = {File.ReadAllText(PasswordFile)}
            loopback_users.guest = true
            auth_backends.1 = internal
            auth_backends.2 = http
            auth_http.http_method = post
            auth_http.user_path = {auth}user
            auth_http.vhost_path = {auth}vhost
            auth_http.resource_path = {auth}resource
            auth_http.topic_path = {auth}topic
            log.file.level = warning
            disk_free_limit.absolute = 1MB

            """;
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["HOME"] = _folder,
        ["LANG"] = "C.UTF-8",
        ["ERL_EPMD_PORT"] = ChildProcess.Text(_portMapperPort),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_CRASH_DUMP_SECONDS"] = "0",
        ["RABBITMQ_NODENAME"] = $"bench{AmqpPort}@localhost",
        ["RABBITMQ_MNESIA_BASE"] = Kept,
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none"),
        ["RABBITMQ_DIST_PORT"] = ChildProcess.Text(_distributionPort),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
    };
}
