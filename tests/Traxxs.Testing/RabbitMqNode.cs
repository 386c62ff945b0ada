using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Traxxs.Engines;

namespace Traxxs.Testing;

/// <summary>
/// A RabbitMQ node on loopback, on the configuration that lies in its folder (<c>rabbitmq.conf</c>, <c>enabled_plugins</c>, and where they are
/// there <c>conf.d</c>, <c>advanced.config</c>, <c>rabbitmq-env.conf</c> and Erlang's <c>hosts</c>). It can be killed and started again on what it kept.
/// </summary>
public sealed class RabbitMqNode : IAsyncDisposable
{
    private const string Script = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan ControlMax = TimeSpan.FromSeconds(180);

    // What is said between nodes stays on this machine. No schedulers that spin while they wait: a test's nodes share it with all else.
    internal const string MachineArguments = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none";

    private readonly string _folder;
    private readonly ErlangPortMapper _mapper;
    private readonly Action _cleanUp;
    private EngineProcess? _node;

    /// <summary>A node that stands still.</summary>
    /// <param name="folder">Its configuration, and where it keeps what it keeps.</param>
    /// <param name="name">Its name for other nodes, <c>NAME@localhost</c>.</param>
    /// <param name="mapper">How nodes find each other.</param>
    /// <param name="amqp">Where services connect, as configured.</param>
    /// <param name="mqtt">Where devices connect, as configured.</param>
    /// <param name="cleanUp">What goes with it; null for nothing.</param>
    public RabbitMqNode(string folder, string name, ErlangPortMapper mapper, Uri amqp, Uri mqtt, Action? cleanUp = null)
    {
        (_folder, Name, _mapper, Amqp, Mqtt, _cleanUp) = (folder, name, mapper, amqp, mqtt, cleanUp ?? (() => { }));
    }

    /// <summary>Its name for other nodes.</summary>
    public string Name { get; }

    /// <summary>Where services connect.</summary>
    public Uri Amqp { get; }

    /// <summary>Where devices connect.</summary>
    public Uri Mqtt { get; }

    /// <summary>Port where other nodes and <c>rabbitmqctl</c> connect.</summary>
    public int DistributionPort { get; } = EngineProcess.FreePort();

    /// <summary>A user of its own that may do everything.</summary>
    public string User { get; init; } = "traxxs-server";

    /// <summary>Its password.</summary>
    public string Password { get; init; } = "";

    /// <summary>Why no node can be started here; null where one can.</summary>
    public static string? Missing() => File.Exists(Script) ? null : "skipped: RabbitMQ is not installed here (Debian's rabbitmq-server)";

    /// <summary>Starts a node of its own. <paramref name="auth"/> is where it asks who may connect; null lets in its own user alone.</summary>
    public static async Task<RabbitMqNode> StartAsync(Uri? auth = null)
    {
        var folder = Directory.CreateTempSubdirectory("traxxs-rabbitmq-").FullName;
        var mapper = new ErlangPortMapper(folder);
        var (amqp, mqtt, password) = (EngineProcess.FreePort(), EngineProcess.FreePort(), NewPassword());
        RabbitMqFiles.Write(folder, IPAddress.Loopback, amqp, mqtt, "traxxs-server", password, auth);
        var node = new RabbitMqNode(folder, string.Create(CultureInfo.InvariantCulture, $"xsole{amqp}@localhost"), mapper, RabbitMqFiles.Amqp(IPAddress.Loopback, amqp), RabbitMqFiles.Mqtt(IPAddress.Loopback, mqtt), () =>
        {
            mapper.Dispose();
            Directory.Delete(folder, recursive: true);
        }) { Password = password };
        try
        {
            await node.StartAgainAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>A password for a test's own broker.</summary>
    internal static string NewPassword() => Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    /// <summary>Kills the node as a power cut would.</summary>
    public Task KillAsync()
    {
        _node?.Dispose();
        _node = null;
        return Task.CompletedTask;
    }

    /// <summary>Starts it on what it kept; it takes connections when this completes.</summary>
    public async Task StartAgainAsync()
    {
        _node = EngineProcess.Start(Script, [], _folder, Environment());
        await Task.Run(() => _node.WaitUntilSaid("Starting broker... completed", StartMax));
    }

    /// <summary>Asks or tells it something by RabbitMQ's own <c>rabbitmqctl</c>; gives what that said.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        using var control = EngineProcess.Start(Control, ["-q", "-n", Name, .. arguments], _folder, Environment());
        await Task.Run(() => control.WaitForExit(ControlMax));
        return control.Output;
    }

    /// <summary>Kills the node and removes what is its own.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _cleanUp();
    }

    private Dictionary<string, string> Environment()
    {
        var environment = _mapper.EnvironmentOf(_folder);
        environment["RABBITMQ_NODENAME"] = Name;
        environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia");
        environment["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log");
        environment["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf");
        environment["RABBITMQ_CONFIG_FILES"] = Path.Combine(_folder, "conf.d", "*.conf");
        environment["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(_folder, "advanced.config");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins");
        environment["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "rabbitmq-env.conf");
        environment["RABBITMQ_DIST_PORT"] = DistributionPort.ToString(CultureInfo.InvariantCulture);
        // A file says it for itself: the environment would hide what stands there.
        if (!File.Exists(environment["RABBITMQ_CONF_ENV_FILE"])) environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = MachineArguments;
        if (File.Exists(Path.Combine(_folder, "hosts"))) environment["ERL_INETRC"] = Path.Combine(_folder, "hosts");
        return environment;
    }
}
