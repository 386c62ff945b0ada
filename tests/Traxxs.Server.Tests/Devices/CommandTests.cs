using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Devices;

/// <summary>Commands and how far they come.</summary>
[TestClass]
public sealed class CommandTests
{
    private const string Path = "/api/v1/devices/insole-1/commands";

    [TestMethod]
    [DataRow("locate-now", CommandCode.LocateNow)]
    [DataRow("self-test", CommandCode.SelfTest)]
    [DataRow("reboot", CommandCode.Reboot)]
    [DataRow("clear", CommandCode.Clear)]
    public async Task A_command_waits_is_sent_and_is_done_when_its_effect_is_seen(string word, CommandCode code)
    {
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        Assert.AreEqual("waiting", StateOf(await AskAsync(server, word)));
        await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        Assert.AreEqual(code, (await device.NextCommandAsync()).Code);
        await UntilAsync(server, "sent");

        var before = DateTimeOffset.UtcNow.AddMinutes(-5);
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => Effect(report, code, before)));
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("reports_stored").GetInt64() == 1 && server.Host.AlertsAreUpToDate);
        if (code != CommandCode.Clear) Assert.AreEqual("sent", StateOf(await NewestAsync(server)), "what was so before it was asked is no effect of it");

        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => Effect(report, code, DateTimeOffset.UtcNow)));
        var done = await UntilAsync(server, "done");
        Assert.IsGreaterThanOrEqualTo(done.GetProperty("at").GetDouble(), done.GetProperty("doneAt").GetDouble());
        Assert.AreEqual("operator", done.GetProperty("by").GetString());
    }

    [TestMethod]
    public async Task A_command_is_not_spent_on_a_device_that_has_not_subscribed_yet()
    {
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        await using var device = await TestDevice.ConnectDeafAsync(server.Host, "insole-1", secret);
        await AskAsync(server, "find-me");
        await server.UntilAsync("/api/v1/deliveries", page => page.GetProperty("deliveries")[0].GetProperty("attempts").GetInt32() > 0);
        Assert.AreEqual("waiting", StateOf(await NewestAsync(server)), "nobody hears it");
        await device.ListenAsync();
        Assert.AreEqual(CommandCode.FindMe, (await device.NextCommandAsync()).Code);
    }

    [TestMethod]
    public async Task The_same_command_again_while_it_waits_is_the_same_command()
    {
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        var first = await AskAsync(server, "reboot");
        var again = await AskAsync(server, "reboot", HttpStatusCode.OK);
        Assert.AreEqual(first.GetProperty("id").GetInt64(), again.GetProperty("id").GetInt64());
        await AskAsync(server, "find-me");
        await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        Assert.AreEqual(CommandCode.Reboot, (await device.NextCommandAsync()).Code);
        Assert.AreEqual(CommandCode.FindMe, (await device.NextCommandAsync()).Code);
        Assert.AreEqual(2, (await server.GetAsync(Path)).GetProperty("commands").GetArrayLength());
    }

    [TestMethod]
    public async Task A_command_that_waited_too_long_is_void_and_never_sent()
    {
        var clock = new TurnedClock();
        await using var server = await TestServer.StartAsync(options => options with { Clock = clock });
        var secret = server.Host.Provision("insole-1");
        await AskAsync(server, "find-me");
        clock.Ahead = TimeSpan.FromMinutes(16);
        await UntilAsync(server, "expired");
        await AskAsync(server, "self-test");
        await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        Assert.AreEqual(CommandCode.SelfTest, (await device.NextCommandAsync()).Code, "the shoe does not begin to vibrate a day later");
    }

    [TestMethod]
    public async Task Another_organisation_s_device_takes_no_commands()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        server.Host.Provision("insole-1", org: "other");
        using var answer = await server.Api.PostAsJsonAsync(Path, new { command = "reboot" });
        Assert.AreEqual(HttpStatusCode.NotFound, answer.StatusCode);
        using var list = await server.Api.GetAsync(Path);
        Assert.AreEqual(HttpStatusCode.NotFound, list.StatusCode);
        using var configuration = await server.Api.PutAsJsonAsync("/api/v1/devices/insole-1/configuration", new { settings = new { fixIntervalS = 60 } });
        Assert.AreEqual(HttpStatusCode.NotFound, configuration.StatusCode);
    }

    [TestMethod]
    public async Task What_a_device_says_of_itself_is_shown_and_survives_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        await using (var device = await server.ConnectAsync("insole-1"))
        {
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report =>
            {
                (report.HasFirmware, report.FirmwareMajor, report.FirmwareMinor, report.FirmwarePatch, report.FirmwareStarts) = (true, 1, 2, 3, 7);
                (report.HasHealth, report.HealthDroppedReports, report.HealthCorrupted) = (true, 4, 5);
                (report.TraceCount, report.TraceCodes[0], report.TraceAgeS[0], report.TraceValues[0]) = (1, 9, 30, -2);
            }));
            // A report that waited on the device says what was so before.
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow.AddHours(-1), report => (report.HasFirmware, report.FirmwareMajor) = (true, 1)));
        }

        await server.UntilAsync("/api/v1/devices/insole-1", one => one.GetProperty("firmware").ValueKind == JsonValueKind.Object);
        await server.RestartAsync();
        var shown = await server.GetAsync("/api/v1/devices/insole-1");
        Assert.AreEqual("1.2.3", shown.GetProperty("firmware").GetProperty("value").GetProperty("version").GetString());
        Assert.AreEqual(-2, shown.GetProperty("trace").GetProperty("value")[0].GetProperty("value").GetInt32());
        var buffer = await server.GetAsync("/api/v1/devices/insole-1/buffer");
        Assert.AreEqual((4, 5), (buffer.GetProperty("dropped").GetInt32(), buffer.GetProperty("corrupted").GetInt32()));
        Assert.AreEqual("too-few-readings", buffer.GetProperty("batteryForecast").GetProperty("notKnown").GetString());
    }

    private static void Effect(Report report, CommandCode code, DateTimeOffset time)
    {
        if (code == CommandCode.LocateNow) EndToEndTests.AddFix(report, time.ToUnixTimeSeconds(), 5_200_000, 1_300_000);
        if (code == CommandCode.Clear) report.HasConfiguration = true;
        if (code is not (CommandCode.SelfTest or CommandCode.Reboot)) return;
        report.EventCount = 1;
        report.EventCodes[0] = code == CommandCode.SelfTest ? EventCode.SelfTest : EventCode.Started;
        report.EventTimeS[0] = (uint)time.ToUnixTimeSeconds();
    }

    private static async Task<JsonElement> AskAsync(TestServer server, string word, HttpStatusCode expected = HttpStatusCode.Accepted)
    {
        using var answer = await server.Api.PostAsJsonAsync(Path, new { command = word });
        Assert.AreEqual(expected, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<JsonElement> NewestAsync(TestServer server) => (await server.GetAsync(Path)).GetProperty("commands")[0];

    private static async Task<JsonElement> UntilAsync(TestServer server, string state) =>
        (await server.UntilAsync(Path, page => StateOf(page.GetProperty("commands")[0]) == state)).GetProperty("commands")[0];

    private static string? StateOf(JsonElement command) => command.GetProperty("state").GetString();
}
