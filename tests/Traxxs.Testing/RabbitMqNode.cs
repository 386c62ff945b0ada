using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Traxxs.Testing;

/// <summary>
/// A RabbitMQ of its own on loopback: a node in a temporary folder with the MQTT plug-in and the HTTP auth back-end, which
/// can be killed and started again on what it kept.
/// </summary>
public sealed class RabbitMqNode : IAsyncDisposable
{
    private const string Script = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-rabbitmq-").FullName;
    private readonly int _distributionPort = FreePort();
    private readonly int _portMapperPort = FreePort();
    private readonly int _mqttPort = FreePort();
    private readonly int _amqpPort = FreePort();
    private readonly Process _portMapper;
    private Process? _node;

    private RabbitMqNode(Uri? auth)
    {
        Password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(Path.Combine(_folder, "rabbitmq.conf"), Configuration(auth));
        File.WriteAllText(Path.Combine(_folder, "plugins"), "[rabbitmq_mqtt,rabbitmq_auth_backend_http].\n");
        // Erlang's port mapper, which a node would start for itself and leave behind.
        _portMapper = Process.Start(Command("epmd", "-port", Text(_portMapperPort), "-address", "127.0.0.1"))!;
    }

    /// <summary>Where services connect.</summary>
    public Uri Amqp => new($"amqp://127.0.0.1:{_amqpPort}");

    /// <summary>Where devices connect.</summary>
    public Uri Mqtt => new($"mqtt://127.0.0.1:{_mqttPort}");

    /// <summary>A user of its own that may do everything.</summary>
    public string User => "traxxs-server";

    /// <summary>Its password.</summary>
    public string Password { get; }

    /// <summary>Why no node can be started here; null where one can.</summary>
    public static string? Missing() => File.Exists(Script) ? null : "skipped: RabbitMQ is not installed here (Debian's rabbitmq-server)";

    /// <summary>Starts a node. <paramref name="auth"/> is where it asks who may connect; null lets in its own user alone.</summary>
    public static async Task<RabbitMqNode> StartAsync(Uri? auth = null)
    {
        var node = new RabbitMqNode(auth);
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

    /// <summary>A free port of loopback, as far as one can know.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Kills the node as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_node is null) return;
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
        _node = null;
    }

    /// <summary>Starts it on what it kept; it takes connections when this completes.</summary>
    public async Task StartAgainAsync()
    {
        var start = Command(Script);
        start.Environment["RABBITMQ_NODENAME"] = $"xsole{_amqpPort}@localhost";
        start.Environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia");
        start.Environment["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log");
        start.Environment["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf");
        start.Environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins");
        start.Environment["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none");
        start.Environment["RABBITMQ_DIST_PORT"] = Text(_distributionPort);
        start.Environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}";
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        _node = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (said) said.Add(line.Data);
            if (line.Data.Contains("Starting broker... completed", StringComparison.Ordinal)) ready.TrySetResult();
        }

        _node.OutputDataReceived += Hear;
        _node.ErrorDataReceived += Hear;
        _node.Exited += (_, _) => ready.TrySetException(new IOException("RabbitMQ ended at its start"));
        _node.Start();
        _node.BeginOutputReadLine();
        _node.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartMax);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            lock (said) throw new IOException($"RabbitMQ did not start: {string.Join(Environment.NewLine, said.TakeLast(20))}", e);
        }
    }

    /// <summary>Kills the node and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _portMapper.Kill();
        await _portMapper.WaitForExitAsync();
        _portMapper.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration(Uri? auth) => $"""
        listeners.tcp.1 = 127.0.0.1:{_amqpPort}
        mqtt.listeners.tcp.1 = 127.0.0.1:{_mqttPort}
        mqtt.allow_anonymous = false
        mqtt.subscription_ttl = 604800000
        default_user = {User}
        default_pass = {Password}
        loopback_users.guest = true
        auth_backends.1 = internal
        log.file.level = warning
        disk_free_limit.absolute = 1MB
        {(auth is null ? "" : $"""
        auth_backends.2 = http
        auth_http.http_method = post
        auth_http.user_path = {auth}user
        auth_http.vhost_path = {auth}vhost
        auth_http.resource_path = {auth}resource
        auth_http.topic_path = {auth}topic
        """)}

        """;

    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.Environment["HOME"] = _folder;
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["ERL_EPMD_PORT"] = Text(_portMapperPort);
        start.Environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        start.Environment["ERL_CRASH_DUMP_SECONDS"] = "0";
        return start;
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
