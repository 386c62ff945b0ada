using System.Net;
using System.Text.Json;
using Traxxs.Engines;
using Traxxs.Server.Tests.Cluster;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>
/// The deployed topology by its own files, every line of it TLS, under traffic: from a press to a person at the front door, with each of its
/// processes killed in turn.
/// </summary>
[TestClass]
public sealed class DeployedTopologyTests
{
    private const int Workers = 4;
    private const int PatienceS = 180;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InsoleMax = TimeSpan.FromSeconds(PatienceS);

    private readonly Dictionary<string, Task<TimeSpan>> _starting = [];
    private DeployedTopology _topology = null!;
    private HttpClient _people = null!;
    private ClusterWatcher _watcher = null!;
    private ClusterTraffic _traffic = null!;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Each_process_may_be_killed_and_every_report_and_every_call_arrives_once()
    {
        RequireEngines();
        var began = Environment.TickCount64;
        await using var topology = _topology = await DeployedTopology.StartAsync();
        using var people = _people = topology.FrontDoor();
        // It reads from now on, as a page does: who does not read answers no ping and is cut off.
        await using var watcher = _watcher = topology.Watch();
        await ClusterBench.UntilAsync(() => watcher.Visits == 1, "somebody watches", PatienceS);
        TestContext.WriteLine($"four engines and {DeployedTopology.Names.Count} processes stand {(Environment.TickCount64 - began) / 1000.0:0.0} s after their start");
        await AnInsoleCallsForHelpAsync();

        await using var traffic = _traffic = new ClusterTraffic(topology.Database);
        for (var i = 0; i < Workers; i++)
        {
            var id = $"worker-{i}";
            traffic.Send(id, await DeployedTopology.ProvisionAsync(people, id), topology.Engines.Mqtts, callEvery: 10, Pause, topology.Authorities);
        }

        Told("all is well", await GoesOnAsync("before anything"));
        RequireTls();
        await KillRolesAsync();
        await KillDoorAsync();
        await KillRedisAsync();
        await KillPostgresAsync();
        await KillRabbitMqAsync();

        await traffic.StopSendingAsync();
        var (reports, calls) = await traffic.KeptAsync();
        watcher.AssertNothingLostOrDoubled();
        TestContext.WriteLine($"{reports} reports, {calls} calls for help, none lost, none doubled; a watcher at the door was told {watcher.All.Count} events, came {watcher.Visits} times and read the state anew {watcher.Resets} times");
        TestContext.WriteLine($"{(Environment.TickCount64 - began) / 1000.0:0} s in all");
    }

    // The device image itself, which trusts the deployed authority: from a press to a person, by the API and as it happens.
    private async Task AnInsoleCallsForHelpAsync()
    {
        using var insole = _topology.Insole("insole-1", await DeployedTopology.ProvisionAsync(_people, "insole-1"));
        insole.WaitUntilSaid("device insole-1 runs", InsoleMax);
        insole.Say("sos");
        string? alert = null;
        await ClusterBench.UntilAsync(async () => (alert = await OpenCallOfAsync("insole-1")) is not null, "the alert is at the front door", PatienceS);
        await ClusterBench.UntilAsync(() => _watcher.IsToldOf(alert!), "who watches is told", PatienceS);
        insole.Say("quit");
        Assert.AreEqual(0, insole.WaitForExit(InsoleMax), insole.Output);
    }

    // Whatever one of a kind does, another one goes on with. The one that stands by has the rules first, and then the notifications as well.
    private async Task KillRolesAsync()
    {
        await KillRoleAsync("rules");
        await KillRoleAsync("front-1");
        await KillRoleAsync("notifications");
        await AreBackAsync("rules", "notifications");
        await KillRoleAsync("standby");
        await AreBackAsync("front-1");
        await KillRoleAsync("front-2");
        await KillListenersAsync();
        await AreBackAsync("standby", "front-2", "listener-1", "listener-2");
    }

    private async Task KillRoleAsync(string name)
    {
        _topology.Kill(name);
        Told($"{name} is killed", await GoesOnAsync($"{name} is gone"));
        await IsWellAsync($"without {name}");
        Start(name);
    }

    private async Task KillListenersAsync()
    {
        _topology.Kill("listener-1");
        Told("listener-1 is killed", await GoesOnAsync("a listener is gone"));
        await IsWellAsync("without a listener");
        _topology.Kill("listener-2");
        var told = await ClusterBench.UntilAsync(async () => (await ServiceAsync())?.GetProperty("storing").GetBoolean() == false, "the front door says that nothing is stored", PatienceS);
        TestContext.WriteLine($"the last listener is killed: the front door says after {told.TotalSeconds:0.0} s that nothing is stored");
        Start("listener-1");
        Start("listener-2");
        Told("the listeners are started", await GoesOnAsync("listeners are back"));
    }

    private void Start(string name)
    {
        _topology.Start(name);
        _starting[name] = _topology.UntilReadyAsync(name);
    }

    private async Task AreBackAsync(params string[] names)
    {
        foreach (var name in names) TestContext.WriteLine($"{name} is ready {(await _starting[name]).TotalSeconds:0.0} s after its start");
    }

    private async Task KillDoorAsync()
    {
        _topology.Engines.KillDoor();
        _topology.Engines.StartDoor();
        Told("HAProxy is started after a kill", await GoesOnAsync("HAProxy is back"));
        await IsWellAsync("with HAProxy back");
    }

    private async Task KillRedisAsync()
    {
        _topology.Engines.KillRedis();
        Told("Redis is killed", await GoesOnAsync("Redis is gone"));
        await IsWellAsync("without Redis");
        await SaysAsync("front-1", "live", "the shared log of live events is away", "Redis");
        _topology.Engines.StartRedis();
        Told("Redis is started", await GoesOnAsync("Redis is back"));
    }

    private async Task KillPostgresAsync()
    {
        _topology.Engines.Postgres.Kill();
        await SaysAsync("listener-1", "reports", "ok\":false", "PostgreSQL");
        var (status, said) = await AskAsync("/api/v1/fleet");
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("unavailable", said, "the front door gives the words of who could not answer");
        Assert.AreEqual(HttpStatusCode.OK, (await AskAsync("/")).Status, "the page is there, to say so");
        _topology.Engines.Postgres.Start();
        Told("PostgreSQL is started after a kill", await GoesOnAsync("PostgreSQL is back"));
    }

    private async Task KillRabbitMqAsync()
    {
        await _topology.Engines.Rabbit.KillAsync();
        await SaysAsync("listener-1", "channel", "ok\":false", "RabbitMQ");
        await ClusterBench.UntilAsync(async () => await ServiceAsync() is { } service && !service.GetProperty("storing").GetBoolean(), "the front door answers without RabbitMQ, though nobody is ready, and says that nothing is stored", PatienceS);
        await _topology.Engines.Rabbit.StartAgainAsync();
        Told("RabbitMQ is started after a kill", await GoesOnAsync("RabbitMQ is back"));
        foreach (var name in DeployedTopology.Names) await _topology.UntilReadyAsync(name);
    }

    // A call acknowledged from now on is an alert, and whoever watches at the front door is notified of one.
    private async Task<(TimeSpan Alert, TimeSpan Seen)> GoesOnAsync(string when)
    {
        var before = _traffic.LastCalls();
        var alert = await _traffic.AlertsGoOnAsync(when, PatienceS);
        var seen = await ClusterBench.UntilAsync(() => _traffic.CallsBehind(before).Exists(call => _watcher.IsToldOf(call.Id)), $"{when}: who watches is notified of a new call", PatienceS);
        return (alert, alert + seen);
    }

    private void Told(string what, (TimeSpan Alert, TimeSpan Seen) took, string more = "") =>
        TestContext.WriteLine($"{what}: a new call for help is an alert {took.Alert.TotalSeconds:0.0} s later, seen at the door after {took.Seen.TotalSeconds:0.0} s{more}");

    // A process that cannot do its work, or not all of it, says so, and what it lacks.
    private Task<TimeSpan> SaysAsync(string name, string check, string words, string engine) => ClusterBench.UntilAsync(async () =>
    {
        var said = JsonSerializer.Deserialize<JsonElement>((await _topology.ReadyAsync(name)).Said).GetProperty("checks").EnumerateArray();
        return said.Any(one => one.GetProperty("name").GetString() == check && one.GetRawText().Contains(words, StringComparison.Ordinal));
    }, $"the health of {name} tells that {engine} is away", PatienceS);

    // The front door answers, and says that reports are stored and alerts raised.
    private Task<TimeSpan> IsWellAsync(string when) => ClusterBench.UntilAsync(async () =>
        await ServiceAsync() is { } service && service.GetProperty("storing").GetBoolean() && service.GetProperty("alerting").GetBoolean(), $"the front door says that all is well {when}", PatienceS);

    private async Task<(HttpStatusCode Status, string Said)> AskAsync(string path)
    {
        using var answer = await _people.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement?> ServiceAsync() =>
        await AskAsync("/api/v1/fleet") is (HttpStatusCode.OK, var said) ? JsonSerializer.Deserialize<JsonElement>(said).GetProperty("service") : null;

    private async Task<string?> OpenCallOfAsync(string device)
    {
        var (status, said) = await AskAsync("/api/v1/alerts?limit=50");
        if (status != HttpStatusCode.OK) return null;
        var alerts = JsonSerializer.Deserialize<JsonElement>(said).GetProperty("alerts").EnumerateArray();
        return alerts.Where(one => one.GetProperty("rule").GetString() == "sos" && one.GetProperty("deviceId").GetString() == device).Select(one => one.GetProperty("id").GetString()).FirstOrDefault();
    }

    private void RequireTls()
    {
        var connections = _topology.Engines.Postgres.Sql("SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL").Split('|');
        Assert.AreNotEqual("0", connections[0], "nobody is connected to PostgreSQL");
        Assert.AreEqual("0", connections[1], "somebody is connected to PostgreSQL without TLS");
    }

    private static void RequireEngines()
    {
        if ((RabbitMqNode.Missing() ?? PostgresServer.Missing) is { } why) Assert.Inconclusive(why);
        foreach (var program in (string[])["haproxy", "redis-server", "openssl"])
            if (EngineProcess.Find(program) is null) Assert.Inconclusive($"skipped: there is no {program} here; Debian's package has it, and .ci/run installs it");
    }
}
