using System.Net;
using Traxxs.Engines;
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
    private readonly int _distributionPort = EngineProcess.FreePort();
    private ErlangPortMapper? _portMapper;
    private EngineProcess? _node;

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
    public int AmqpPort { get; } = EngineProcess.FreePort();

    /// <summary>Port for devices.</summary>
    public int MqttPort { get; } = EngineProcess.FreePort();

    /// <summary>Port for devices by TLS.</summary>
    public int MqttTlsPort { get; } = EngineProcess.FreePort();

    /// <summary>Port at which it asks a listener who may connect.</summary>
    public int AuthPort { get; } = EngineProcess.FreePort();

    /// <summary>Folder of what it keeps.</summary>
    public string Kept => Path.Combine(_folder, "mnesia");

    /// <summary>Why there can be none here, for a person; null where there can.</summary>
    public static string? Missing() => Script() is null || EngineProcess.Find("epmd") is null ? "there is no RabbitMQ here (rabbitmq-server, epmd): Debian's package rabbitmq-server has it" : null;

    /// <summary>Starts one in a folder; devices by TLS see a certificate and key given as PEM files.</summary>
    /// <exception cref="EngineException">It does not start.</exception>
    public static async Task<RabbitEngine> StartAsync(string folder, string certificate, string key, CancellationToken cancellationToken)
    {
        var engine = new RabbitEngine(folder);
        try
        {
            RabbitMqFiles.Write(folder, IPAddress.Loopback, engine.AmqpPort, engine.MqttPort, engine.User, File.ReadAllText(engine.PasswordFile), engine.Auth, engine.ByTls(certificate, key));
            engine._portMapper = new ErlangPortMapper(folder); // a node would start one for itself and leave it behind
            engine._node = EngineProcess.Start(Script()!, [], folder, engine.EnvironmentOf(engine._portMapper));
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
    private static string? Script() => File.Exists(Path.Combine(DebianFolder, "rabbitmq-server")) ? Path.Combine(DebianFolder, "rabbitmq-server") : EngineProcess.Find("rabbitmq-server");

    private Uri Auth => new($"http://127.0.0.1:{AuthPort}/internal/rabbitmq/{File.ReadAllText(AuthSecretFile)}/");

    private string ByTls(string certificate, string key) => $"""
        mqtt.listeners.ssl.1 = 127.0.0.1:{MqttTlsPort}
        ssl_options.cacertfile = {certificate}
        ssl_options.certfile = {certificate}
        ssl_options.keyfile = {key}
        ssl_options.verify = verify_none
        ssl_options.fail_if_no_peer_cert = false
        ssl_options.versions.1 = tlsv1.3
        ssl_options.versions.2 = tlsv1.2
        """;

    private Dictionary<string, string> EnvironmentOf(ErlangPortMapper mapper) => new(mapper.EnvironmentOf(_folder))
    {
        ["RABBITMQ_NODENAME"] = $"bench{AmqpPort}@localhost",
        ["RABBITMQ_MNESIA_BASE"] = Kept,
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none"),
        ["RABBITMQ_DIST_PORT"] = EngineProcess.Text(_distributionPort),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
    };
}
