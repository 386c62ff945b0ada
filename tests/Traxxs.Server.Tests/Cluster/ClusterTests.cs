using System.Net;
using System.Net.Http.Json;
using Traxxs.Engines;
using Traxxs.Mqtt.Client;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>The server as several processes' worth of roles, on real engines, under traffic.</summary>
[TestClass]
public sealed class ClusterTests
{
    private const ServerRoles Front = ServerRoles.Api | ServerRoles.Live | ServerRoles.Page;
    private const ServerRoles Back = ServerRoles.Rules | ServerRoles.Notifications;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Two_listeners_and_two_fronts_lose_nothing_double_nothing_and_tell_the_same()
    {
        await using var bench = await ClusterBench.OpenAsync();
        await bench.StartAsync("listener-1", ServerRoles.Listener);
        await bench.StartAsync("listener-2", ServerRoles.Listener);
        await bench.StartAsync("front-1", Front);
        await bench.StartAsync("front-2", Front);
        await bench.StartAsync("back-1", Back);
        await bench.StartAsync("back-2", Back);
        foreach (var name in (string[])["listener-1", "listener-2", "front-1", "front-2", "back-1", "back-2"])
            await ClusterBench.UntilAsync(() => bench.IsReadyAsync(name), $"{name} is ready");
        bench.Send(12, callEvery: 20, Pause);
        await ClusterBench.UntilAsync(() => bench.Devices.TrueForAll(device => device.Calls.Count >= 3), "each device called three times");
        await bench.StopSendingAsync();
        var (reports, calls) = await bench.KeptAsync();
        Assert.IsGreaterThan(0, bench["listener-1"].Counters.Accepted, "both listeners work");
        Assert.IsGreaterThan(0, bench["listener-2"].Counters.Accepted, "both listeners work");

        // What one front changes, the other shows and the devices hear.
        foreach (var name in (string[])["front-1", "front-2"])
            await ClusterBench.UntilAsync(async () => (await bench.GetAsync(name, "/api/v1/alerts?limit=200")).GetProperty("alerts").GetArrayLength() >= Math.Min(calls, 200), $"{name} shows all alerts");
        var id = (await bench.GetAsync("front-1", "/api/v1/alerts?limit=1")).GetProperty("alerts")[0].GetProperty("id").GetString();
        using var api = bench.ApiOf("front-2");
        using var answer = await api.PostAsJsonAsync($"/api/v1/alerts/{id}/acknowledge", new { comment = "on my way" });
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        await ClusterBench.UntilAsync(async () => (await bench.GetAsync("front-1", $"/api/v1/alerts/{id}")).GetProperty("alert").GetProperty("state").GetString() == "acknowledged", "the other front knows");
        TestContext.WriteLine($"{reports} reports, {calls} calls for help, none lost, none doubled");
    }

    [TestMethod]
    public async Task After_ten_minutes_without_a_listener_reports_are_taken_in_order_and_nobody_was_silent()
    {
        var clock = new ShiftedClock();
        await using var bench = await ClusterBench.OpenAsync(clock, redis: false);
        await bench.StartAsync("listener", ServerRoles.Listener);
        await bench.StartAsync("back", Back);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("listener"), "the listener is ready");
        var secret = bench["listener"].Provision("insole-1");
        await using var device = await ClusterDevice.ConnectAsync("insole-1", secret, bench.Rabbit.Mqtt);
        await ClusterDevice.SendAsync(device, 1, clock.GetUtcNow(), contractS: 60);
        await ClusterBench.UntilAsync(() => bench["back"].AlertsAreUpToDate && bench["back"].Store.Count() == 1, "the contract is known");

        await bench.StopAsync("listener");
        await ClusterBench.UntilAsync(() => bench["back"].WhyDeaf is not null, "the rules know that nobody listens");
        var away = clock.GetUtcNow();
        var called = away.AddMinutes(4);
        clock.Advance(TimeSpan.FromMinutes(10));
        // RabbitMQ asks about a device that was quiet for some seconds anew, and there is nobody to ask: it keeps its reports.
        var sending = SendAllAsync();
        await bench.StartAsync("listener", ServerRoles.Listener);
        await sending;
        async Task SendAllAsync()
        {
            for (uint minute = 1; minute <= 10; minute++)
                await ClusterDevice.SendAsync(device, 1 + minute, away.AddMinutes(minute), contractS: 60, call: minute == 4);
        }

        await ClusterBench.UntilAsync(() => bench["back"].Store.Count() == 11 && bench["back"].AlertsAreUpToDate, "all are taken in");
        var stored = bench["back"].Store.ReadAfter(0, 100).Select(one => one.Report.Sequence).ToList();
        CollectionAssert.AreEqual(stored.Order().ToList(), stored, "in the order of their times");
        await ClusterBench.UntilAsync(() => bench.AlertsOf("insole-1", "sos").Count == 1, "the call is an alert");
        var alert = bench.AlertsOf("insole-1", "sos").Single();
        Assert.AreEqual(called.ToUnixTimeSeconds(), alert.EventTime!.Value.ToUnixTimeSeconds(), "with its true time");
        Assert.IsEmpty(bench.AlertsOf("insole-1", "missed-contact"), "a device nobody heard was not silent");

        // And when somebody listens, silence counts.
        await ClusterBench.UntilAsync(() => bench["back"].WhyDeaf is null, "the rules know that it is heard");
        await ClusterBench.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return bench.AlertsOf("insole-1", "missed-contact").Count == 1;
        }, "silence is told");
    }

    [TestMethod]
    public async Task A_front_that_starts_knows_who_is_connected_whichever_listener_heard_it()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        await bench.StartAsync("listener-1", ServerRoles.Listener);
        await bench.StartAsync("listener-2", ServerRoles.Listener);
        foreach (var name in (string[])["listener-1", "listener-2"]) await ClusterBench.UntilAsync(() => bench.IsReadyAsync(name), $"{name} is ready");
        await using var one = await ClusterDevice.ConnectAsync("insole-1", bench["listener-1"].Provision("insole-1"), bench.Rabbit.Mqtt);
        await using var other = await ClusterDevice.ConnectAsync("insole-2", bench["listener-1"].Provision("insole-2"), bench.Rabbit.Mqtt);
        foreach (var device in (MqttClient[])[one, other]) await ClusterDevice.SayAsync(device, "online");
        await ClusterDevice.SayAsync(other, "offline");
        await ClusterBench.UntilAsync(() => bench.WroteDown("insole-1") == true && bench.WroteDown("insole-2") == false, "it is written down");
        await bench.StartAsync("front-1", Front);
        Assert.IsTrue(await IsConnectedAsync("front-1", "insole-1"));
        Assert.IsFalse(await IsConnectedAsync("front-1", "insole-2"));

        // The listener that hears it goes; what is said meanwhile waits for the other.
        await bench.StopAsync("listener-1");
        await ClusterDevice.SayAsync(one, "offline");
        await ClusterDevice.SayAsync(other, "online");
        await ClusterBench.UntilAsync(async () => !await IsConnectedAsync("front-1", "insole-1") && await IsConnectedAsync("front-1", "insole-2"), "who runs is told");
        await ClusterBench.UntilAsync(() => bench.WroteDown("insole-1") == false && bench.WroteDown("insole-2") == true, "and it is written down");
        await bench.StartAsync("front-2", Front);
        Assert.IsFalse(await IsConnectedAsync("front-2", "insole-1"));
        Assert.IsTrue(await IsConnectedAsync("front-2", "insole-2"));
        async Task<bool> IsConnectedAsync(string front, string device) =>
            (await bench.GetAsync(front, $"/api/v1/devices/{device}")).GetProperty("device").GetProperty("status").GetProperty("connected").GetBoolean();
    }

    [TestMethod]
    public async Task A_process_that_starts_before_its_database_waits_says_so_and_goes_on()
    {
        await using var bench = await ClusterBench.OpenAsync(killsPostgres: true, redis: false);
        bench.Postgres.Kill();
        var port = EngineProcess.FreePort();
        var starting = bench.StartAsync("front", Front, port);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ClusterBench.UntilAsync(async () =>
        {
            using var answer = await http.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable && (await answer.Content.ReadAsStringAsync()).Contains("reports", StringComparison.Ordinal);
        }, "it says that it waits");
        Assert.AreEqual(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);
        bench.Postgres.Start();
        Assert.AreEqual(port, (await starting).ApiAddress.Port);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("front"), "it is ready");
    }
}
