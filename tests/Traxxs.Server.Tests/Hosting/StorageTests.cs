using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Server.Tests.Hosting;

/// <summary>A full disk, through real sockets: nobody is acknowledged, everybody is told, and everything catches up.</summary>
[TestClass]
public sealed class StorageTests
{
    [TestMethod]
    public async Task When_reports_cannot_be_stored_no_device_is_acknowledged_the_page_says_so_and_everything_catches_up()
    {
        using var folder = new TemporaryFolder();
        var limits = new SqliteReportStoreOptions
        {
            Folder = folder.Path, SizeMaxBytes = 200_000, RetryDelay = TimeSpan.FromMilliseconds(5), RetryDelayMax = TimeSpan.FromMilliseconds(50),
        };
        await using var server = await TestServer.StartAsync(store: SqliteReportStore.Open(limits));
        using var page = await server.WatchAsync();
        var secret = server.Host.Provision("insole-1");
        var frames = new List<byte[]>();
        var acknowledged = 0;
        await using (var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret))
        {
            while (acknowledged == frames.Count)
            {
                Assert.IsLessThan(2000, frames.Count, "the disk was never full");
                frames.Add(Big(device, frames.Count));
                if (await IsAcknowledgedAsync(device, frames[^1])) acknowledged++;
            }
        }

        var told = await TestServer.NextAsync(page, item => item.GetProperty("type").GetString() == "service");
        Assert.IsFalse(told.GetProperty("data").GetProperty("storing").GetBoolean());
        Assert.IsFalse((await server.GetAsync("/api/v1/fleet")).GetProperty("service").GetProperty("storing").GetBoolean());
        using (var ready = await server.Api.GetAsync("/health/ready"))
        {
            Assert.AreEqual(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            StringAssert.Contains(await ready.Content.ReadAsStringAsync(), "full");
        }

        using (var live = await server.Api.GetAsync("/health/live")) Assert.AreEqual(HttpStatusCode.OK, live.StatusCode, "restarting it would help nobody");
        Assert.AreEqual(acknowledged, server.Host.Store.Count(), "what was acknowledged is stored, no more");

        limits.SizeMaxBytes = null; // somebody made room
        await TestServer.NextAsync(page, item => item.GetProperty("type").GetString() == "service" && item.GetProperty("data").GetProperty("storing").GetBoolean());
        await using var again = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        foreach (var frame in frames.Skip(acknowledged)) Assert.AreEqual(MqttReasonCode.Success, await again.SendAsync(frame));
        Assert.AreEqual(frames.Count, server.Host.Store.Count());
        await server.GetAsync("/health/ready");
    }

    [TestMethod]
    public async Task When_alerts_cannot_be_kept_reports_still_are_and_each_press_alerts_once_afterwards()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        server.Host.Database.LimitSize(1);
        const int Presses = 400; // more than the pages at hand hold
        for (var i = 1; i <= Presses; i++)
        {
            var press = i;
            Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report =>
            {
                EndToEndTests.Sos(report, DateTimeOffset.UtcNow);
                report.EventValue[0] = press;
            })));
        }

        Assert.AreEqual(Presses, server.Host.Store.Count());
        using (var ready = await UntilAsync(server, HttpStatusCode.ServiceUnavailable))
        {
            var checks = JsonSerializer.Deserialize<JsonElement>(await ready.Content.ReadAsStringAsync()).GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("ok").GetBoolean());
            Assert.IsFalse(checks["alerts"]);
            Assert.IsTrue(checks["reports"]);
        }

        Assert.IsFalse((await server.GetAsync("/api/v1/fleet")).GetProperty("service").GetProperty("alerting").GetBoolean());
        server.Host.Database.LimitSize(null);
        (await UntilAsync(server, HttpStatusCode.OK)).Dispose();
        var started = Stopwatch.StartNew();
        while (!server.Host.AlertsAreUpToDate)
        {
            Assert.IsLessThan(120, started.Elapsed.TotalSeconds, "the alerts never caught up");
            await Task.Delay(20);
        }

        Assert.AreEqual(Presses, server.Host.Database.Read(session => session.Alerts.CountByState(null)).Values.Sum());
    }

    [TestMethod]
    public async Task A_server_that_could_not_write_finds_out_by_itself_that_it_can_again()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Database.LimitSize(1);
        Assert.ThrowsExactly<Traxxs.Store.StoreUnavailableException>(() =>
        {
            for (var i = 0; i < 10_000; i++) server.Host.Provision($"insole-{i}");
        });
        (await UntilAsync(server, HttpStatusCode.ServiceUnavailable)).Dispose();
        server.Host.Database.LimitSize(null);
        (await UntilAsync(server, HttpStatusCode.OK)).Dispose();
    }

    [TestMethod]
    public async Task Rules_whose_cursor_another_commit_moved_begin_anew_by_themselves_and_go_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow))));
        await server.UntilAsync("/health/details", _ => server.Host.AlertsAreUpToDate);
        using (var other = ServiceDatabase.Open(Path.Combine(server.Folder, ServiceDatabase.FileName))) other.Write(session => session.Rules.Cursor = 0);
        Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report =>
        {
            EndToEndTests.Sos(report, DateTimeOffset.UtcNow);
            report.EventValue[0] = 2;
        })));
        var details = await server.UntilAsync("/health/details", answer => Alerts(answer) is { ValueKind: JsonValueKind.Object } alerts
            && alerts.GetProperty("numbers").TryGetProperty("begunAnew", out var times) && times.GetInt64() > 0 && server.Host.AlertsAreUpToDate);
        Assert.IsTrue(Alerts(details).GetProperty("ok").GetBoolean(), details.ToString());
        Assert.AreEqual(2, server.Host.Database.Read(session => session.Alerts.CountByState(null)).Values.Sum());

        static JsonElement Alerts(JsonElement answer) => answer.GetProperty("checks").EnumerateArray().FirstOrDefault(check => check.GetProperty("name").GetString() == "alerts");
    }

    private static byte[] Big(TestDevice device, int seed) => device.Frame(DateTimeOffset.UtcNow, report =>
    {
        var random = new Random(seed);
        for (var i = 0; i < Report.FixesMax; i++) EndToEndTests.AddFix(report, 1_772_352_000 + (i * 60) + random.Next(50), random.Next(-9_000_000, 9_000_000), random.Next(-18_000_000, 18_000_000));
    });

    private static async Task<bool> IsAcknowledgedAsync(TestDevice device, byte[] frame)
    {
        try
        {
            return await device.SendAsync(frame).WaitAsync(TimeSpan.FromSeconds(60)) == MqttReasonCode.Success;
        }
        catch (Exception e) when (e is MqttClientException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<HttpResponseMessage> UntilAsync(TestServer server, HttpStatusCode status)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var ready = await server.Api.GetAsync("/health/ready");
            if (ready.StatusCode == status) return ready;
            ready.Dispose();
            Assert.IsLessThan(120, started.Elapsed.TotalSeconds, $"readiness never became {status}");
            await Task.Delay(20);
        }
    }
}
