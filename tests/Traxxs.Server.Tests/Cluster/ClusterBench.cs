using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Server.Devices;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;
using Traxxs.Testing.Engines;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Servers with some of the roles each, on one PostgreSQL, one RabbitMQ and one Redis, devices that send to them and people who watch.</summary>
internal sealed class ClusterBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, (ServerHost Host, ServerRoles Roles)> _hosts = []; // watchers look while servers start and stop
    private readonly Relay _auth;
    private readonly RabbitMqOptions _rabbit;
    private readonly PostgresOptions _database;
    private readonly ClusterTraffic _traffic;
    private readonly RedisEngine? _redis;
    private string? _token;
    private ServiceDatabase? _watching;

    private ClusterBench(RabbitMqNode rabbit, RabbitMqOptions options, int authPort, PostgresServer postgres, RedisEngine? redis)
    {
        (Rabbit, _rabbit, Postgres, _redis, Door) = (rabbit, options, postgres, redis, rabbit.Mqtt);
        _auth = new Relay(authPort);
        _database = new PostgresOptions { Connection = postgres.NewDatabase(), PasswordFile = postgres.PasswordFile };
        _traffic = new ClusterTraffic(_database);
    }

    public RabbitMqNode Rabbit { get; }

    public PostgresServer Postgres { get; }

    public RedisEngine Redis => _redis ?? throw new InvalidOperationException("this bench has no Redis");

    public List<ClusterDevice> Devices => _traffic.Devices;

    /// <summary>Where devices connect: the one node, unless something stands in front of several.</summary>
    public Uri Door { get; set; }

    public ServerHost this[string name] => _hosts[name].Host;

    /// <summary>
    /// A bench; the test is inconclusive where an engine is missing. Its PostgreSQL is the one all tests share, with a database of its own, unless
    /// the test kills it: making one takes longer than most tests. Redis is there where the test has a use for it.
    /// </summary>
    public static async Task<ClusterBench> OpenAsync(TimeProvider? clock = null, bool killsPostgres = false, bool redis = true)
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        var rabbit = await SharedRabbitMq.NodeAsync();
        await SharedRabbitMq.EmptyAsync(rabbit);
        string? none = null;
        var engine = redis ? RedisEngine.TryStart(out none) ?? throw new AssertInconclusiveException(none) : null;
        return new ClusterBench(rabbit, SharedRabbitMq.OptionsOf(rabbit), SharedRabbitMq.AuthPort, killsPostgres ? PostgresServer.Begin() : PostgresServer.Shared, engine) { Clock = clock ?? TimeProvider.System };
    }

    /// <summary>A bench without Redis on a cluster of RabbitMQ's, which asks at a port of loopback who may connect.</summary>
    public static ClusterBench Open(RabbitMqCluster cluster, int authPort) => new(cluster.Nodes[0], SharedRabbitMq.OptionsOf([.. cluster.Nodes]), authPort, PostgresServer.Shared, null);

    /// <summary>The servers' time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The machine's time, as servers that are started from now on have it.</summary>
    public TimeProvider Machine { get; set; } = TimeProvider.System;

    public async Task<ServerHost> StartAsync(string name, ServerRoles roles, int httpPort = 0, int? postgresPort = null)
    {
        var options = new ServerOptions
        {
            DataFolder = _folder.File(name),
            Roles = roles,
            MqttPort = 0,
            HttpPort = httpPort,
            Clock = Clock,
            Machine = Machine,
            Postgres = postgresPort is { } port ? _database with { Connection = _database.Connection.Replace(string.Create(CultureInfo.InvariantCulture, $":{Postgres.Port}/"), string.Create(CultureInfo.InvariantCulture, $":{port}/"), StringComparison.Ordinal) } : _database,
            RabbitMq = _rabbit,
            Redis = _redis is null ? null : new RedisOptions { Endpoints = [$"127.0.0.1:{Redis.Port}"], Password = Redis.Password, AnswerWithin = TimeSpan.FromSeconds(10) }, // a busy machine is no Redis that went
            Logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.None)),
        };
        var host = await ServerHost.StartAsync(options);
        _hosts[name] = (host, roles);
        _token ??= host.AdminToken;
        _auth.Ports = [.. _hosts.Values.Where(one => one.Roles.HasFlag(ServerRoles.Listener)).Select(one => one.Host.ApiAddress.Port)];
        return host;
    }

    public async Task StopAsync(string name)
    {
        _hosts.TryRemove(name, out var one);
        await one.Host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The service database, as a process beside the server opens it. The caller disposes it.</summary>
    public ServiceDatabase OpenService() => ServiceDatabase.OpenPostgres(_database);

    /// <summary>Lets some devices send until the bench is told to stop them.</summary>
    public void Send(int devices, int callEvery, TimeSpan pause)
    {
        var registry = _hosts.Values.First().Host.Devices;
        for (var i = 0; i < devices; i++)
        {
            var id = $"insole-{i}";
            _traffic.Send(id, registry.Provision(OrganisationId.First, id, "test"), Door, callEvery, pause);
        }
    }

    public Task StopSendingAsync() => _traffic.StopSendingAsync();

    public HttpClient ApiOf(string name)
    {
        var client = new HttpClient { BaseAddress = this[name].ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return client;
    }

    public async Task<JsonElement> GetAsync(string name, string path)
    {
        using var client = ApiOf(name);
        return await client.GetFromJsonAsync<JsonElement>(path);
    }

    /// <summary>Somebody who watches, at the front that is named first, and goes to the next one when that goes.</summary>
    public ClusterWatcher Watch(params string[] fronts) => new(_token!, [.. fronts.Select(name => (Func<Uri?>)(() => _hosts.TryGetValue(name, out var one) ? one.Host.ApiAddress : null))]);

    /// <summary>Whether all that happens comes to a front's watchers under the shared numbering, with nothing missing so far.</summary>
    public async Task<bool> IsWholeAsync(string name)
    {
        var live = (await GetAsync(name, "/health/details")).GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "live");
        return live.GetProperty("numbers") is var numbers && numbers.GetProperty("shared").GetInt64() == 1 && numbers.GetProperty("whole").GetInt64() == 1;
    }

    /// <summary>Whether a process is ready, by its own word, and that word.</summary>
    public async Task<(bool Ready, string Said)> ReadyAsync(string name)
    {
        using var client = ApiOf(name);
        using var answer = await client.GetAsync("/health/ready");
        return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Whether a process is ready.</summary>
    public async Task<bool> IsReadyAsync(string name) => (await ReadyAsync(name)).Ready;

    /// <summary>Whether a device is connected, as it is written down in the database; null where it is not.</summary>
    public bool? WroteDown(string deviceId) => DeviceState.Stored(Watching.Read(session => session.DeviceStates.Find(deviceId))).Connection?.Value;

    /// <summary>Alerts of a device, newest first, from the database itself.</summary>
    public List<Alert> AlertsOf(string deviceId, string rule) => _traffic.AlertsOf(deviceId, rule);

    /// <summary>Waits; gives how long it took.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> wanted, string what, int patienceS = 60)
    {
        var started = Environment.TickCount64;
        while (!await TryAsync(wanted))
        {
            Assert.IsLessThan(patienceS * 1000L, Environment.TickCount64 - started, $"never: {what}");
            await Task.Delay(50);
        }

        return TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
    }

    public static Task<TimeSpan> UntilAsync(Func<bool> wanted, string what, int patienceS = 60) => UntilAsync(() => Task.FromResult(wanted()), what, patienceS);

    /// <summary>A call acknowledged from now on becomes an alert: how long until the first.</summary>
    public Task<TimeSpan> AlertsGoOnAsync(string when) => _traffic.AlertsGoOnAsync(when);

    /// <summary>What every device was promised is kept: each report once, each call an alert, told to somebody.</summary>
    public Task<(int Reports, int Calls)> KeptAsync() => _traffic.KeptAsync();

    public async ValueTask DisposeAsync()
    {
        await _traffic.DisposeAsync();
        foreach (var name in _hosts.Keys.ToList()) await StopAsync(name);
        await _auth.DisposeAsync();
        _watching?.Dispose();
        if (Postgres != PostgresServer.Shared) Postgres.Dispose();
        _redis?.Dispose();
        _folder.Dispose();
    }

    private ServiceDatabase Watching => _watching ??= ServiceDatabase.OpenPostgres(_database);

    private static async Task<bool> TryAsync(Func<Task<bool>> wanted)
    {
        try
        {
            return await wanted();
        }
        catch (Exception e) when (e is HttpRequestException or StoreUnavailableException)
        {
            return false; // what is asked is away
        }
    }
}
