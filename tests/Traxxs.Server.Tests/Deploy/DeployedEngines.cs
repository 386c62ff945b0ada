using System.Globalization;
using System.Net;
using Traxxs.Engines;
using Traxxs.Testing;
using Traxxs.Testing.Engines;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>PostgreSQL, RabbitMQ, Redis and HAProxy as <c>deploy/</c> has them, as processes on loopback: each can be killed and comes back.</summary>
internal sealed class DeployedEngines : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly DeployedFiles _files;
    private readonly NameServer _names = new();
    private readonly ErlangPortMapper _mapper;
    private readonly int _redisPort = EngineProcess.FreePort();
    private readonly int _rolePort;
    private EngineProcess? _redis, _door;

    /// <summary>Engines for roles that listen on one port, each on an address of its own.</summary>
    public DeployedEngines(DeployedFiles files, int rolePort, IReadOnlyDictionary<string, IPAddress[]> roles)
    {
        (_files, _rolePort) = (files, rolePort);
        _names.Names = new Dictionary<string, IPAddress[]>(roles) { ["rabbitmq"] = [IPAddress.Loopback] };
        Postgres = PostgresServer.Begin(new PostgresSettings
        {
            Password = files.Secret("postgres"),
            Initially = ["--data-checksums"],
            Options = [.. files.CommandOf("postgres", ("/etc/postgresql/pg_hba.conf", RepositoryRoot.PathOf("deploy", "postgres", "pg_hba.conf"))).Skip(1)],
        });
        Postgres.Sql($"CREATE DATABASE {PostgresServer.User}");
        files.Give("redis/redis.conf", "redis", "redis.conf", ("tls-port 6379", Text($"tls-port {_redisPort}")), ("dir /data", $"dir {Directory.CreateDirectory(files.At("redis")).FullName}"));
        _mapper = new ErlangPortMapper(Directory.CreateDirectory(files.At("rabbitmq")).FullName);
        Rabbit = MakeRabbit(roles["listener"]);
    }

    public PostgresServer Postgres { get; }

    public RabbitMqNode Rabbit { get; }

    /// <summary>Where people and programs come in.</summary>
    public Uri Https { get; } = new(Text($"https://localhost:{EngineProcess.FreePort()}"));

    /// <summary>Where insoles come in.</summary>
    public Uri Mqtts { get; } = new(Text($"mqtts://localhost:{EngineProcess.FreePort()}"));

    /// <summary>Containers' addresses of the engines and what they are here, for the roles' configuration.</summary>
    public (string There, string Here)[] Addresses =>
    [
        ("rabbitmq:5671", Text($"localhost:{Rabbit.Amqp.Port}")), ("rabbitmq:8883", Text($"localhost:{Rabbit.Mqtt.Port}")),
        ("postgres:5432", Text($"localhost:{Postgres.Port}")), ("redis:6379", Text($"localhost:{_redisPort}")),
    ];

    /// <summary>Starts those that are not running yet.</summary>
    public async Task StartAsync()
    {
        var rabbit = Rabbit.StartAgainAsync();
        StartRedis();
        StartDoor();
        await rabbit;
    }

    public void StartRedis()
    {
        // The port is only for this machine; in its container Redis listens to the inner network.
        _redis = EngineProcess.Start(EngineProcess.Find("redis-server")!, [_files.At("redis.conf"), "--bind", "127.0.0.1"], _files.At("redis"));
        _redis.WaitUntil(() => EngineProcess.Listens(_redisPort), StartMax);
    }

    public void KillRedis() => Kill(ref _redis);

    public void StartDoor()
    {
        string Of(string name) => Text($"{name}:{_rolePort}");
        _door = EngineProcess.Start(EngineProcess.Find("haproxy")!, ["-db", "-f", RepositoryRoot.PathOf("deploy", "haproxy", "haproxy.cfg")], _files.At(), new Dictionary<string, string>
        {
            ["TRAXXS_BIND"] = "127.0.0.1", ["TRAXXS_CONNECTIONS"] = "200", ["TRAXXS_RESOLVER"] = _names.Address, ["TRAXXS_STATE_PORT"] = Text($"{EngineProcess.FreePort()}"),
            ["TRAXXS_HTTPS_PORT"] = Text($"{Https.Port}"), ["TRAXXS_MQTT_PORT"] = Text($"{Mqtts.Port}"), ["TRAXXS_RABBITMQ"] = Text($"rabbitmq:{Rabbit.Mqtt.Port}"),
            ["TRAXXS_CERTIFICATE"] = _files.At("certificates", "public.pem"), ["TRAXXS_CA"] = _files.Authority,
            ["TRAXXS_API"] = Of("api"), ["TRAXXS_LIVE"] = Of("live"), ["TRAXXS_PAGE"] = Of("page"), ["TRAXXS_LIVE_NAME"] = "api", ["TRAXXS_PAGE_NAME"] = "api",
        });
        _door.WaitUntil(() => EngineProcess.Listens(Https.Port), StartMax);
    }

    public void KillDoor() => Kill(ref _door);

    public async ValueTask DisposeAsync()
    {
        KillDoor();
        KillRedis();
        await Rabbit.DisposeAsync();
        _mapper.Dispose();
        Postgres.Dispose();
        _names.Dispose();
    }

    private static void Kill(ref EngineProcess? engine)
    {
        engine?.Dispose();
        engine = null;
    }

    private RabbitMqNode MakeRabbit(IPAddress[] listeners)
    {
        var (amqps, mqtts) = (EngineProcess.FreePort(), EngineProcess.FreePort());
        _files.Give("rabbitmq/rabbitmq.conf", "rabbitmq", "rabbitmq/rabbitmq.conf", ("= 5671", Text($"= 127.0.0.1:{amqps}")), ("= 8883", Text($"= 127.0.0.1:{mqtts}")));
        _files.Give("rabbitmq/advanced.config", "rabbitmq", "rabbitmq/advanced.config");
        _files.Give("rabbitmq/enabled_plugins", "rabbitmq", "rabbitmq/enabled_plugins");
        Directory.CreateDirectory(_files.At("rabbitmq", "conf.d"));
        File.WriteAllText(_files.At("rabbitmq", "conf.d", "90-secrets.conf"), File.ReadAllText(_files.At("secrets", "rabbitmq.conf")).Replace("//listener:8080", Text($"//listener:{_rolePort}"), StringComparison.Ordinal));
        // Ports that a container has for itself.
        File.WriteAllText(_files.At("rabbitmq", "conf.d", "99-machine.conf"), Text($"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {EngineProcess.FreePort()}\n"));
        var hosts = listeners.Select(address => $"{{host, {{{address.ToString().Replace('.', ',')}}}, [\"listener\"]}}.");
        File.WriteAllLines(_files.At("rabbitmq", "hosts"), ["{lookup, [file, native]}.", "{host, {127,0,0,1}, [\"localhost\"]}.", .. hosts]);
        return new RabbitMqNode(_files.At("rabbitmq"), Text($"xsole{amqps}@localhost"), _mapper, new Uri(Text($"amqps://localhost:{amqps}")), new Uri(Text($"mqtts://localhost:{mqtts}")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
