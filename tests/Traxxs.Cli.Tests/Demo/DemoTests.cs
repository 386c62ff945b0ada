using System.Diagnostics;
using System.Text.Json;
using Traxxs.Cli.Demo;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Demo;

[TestClass]
public sealed class DemoTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Every_alert_is_raised_once_with_its_true_age_and_every_report_is_stored_once()
    {
        var commentary = new StringWriter();
        await using var run = new DemoRun(new DemoOptions { Speed = 600 }, commentary);
        var result = await run.PlayAsync(TestContext.CancellationToken);

        Assert.IsTrue(result.Ok, string.Join("; ", result.Problems));
        Assert.AreEqual((3, 3), (result.ExpectedAlerts, result.RaisedAlerts));
        Assert.AreEqual((0, 0), (result.Duplicates, result.Lost));
        Assert.AreEqual(result.AcceptedReports, result.StoredReports);
        Assert.IsGreaterThan(6, result.AcceptedReports);
        Assert.IsTrue(result.Alerts.All(alert => alert is { Notified: true, Expected: true }));
        var sos = result.Alerts.Single(alert => alert.Rule == "sos");
        Assert.IsTrue(sos.AgeSeconds is >= 1200 and < 1380, $"the SOS was {sos.AgeSeconds} s old");
        Assert.IsLessThan(60, result.Alerts.Single(alert => alert.Rule == "man-down").AgeSeconds!.Value);
        Assert.StartsWith("Page: http://127.0.0.1:", commentary.ToString());
        Assert.Contains("#token=", commentary.ToString().Split('\n')[0]);
        Assert.Contains("ALERT sos for insole-ben, 21 min", commentary.ToString());
    }

    [TestMethod]
    public async Task Recorded_tracks_are_walked_where_they_were_recorded()
    {
        if (Recordings.Find("gps_geolife", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var script = DemoScript.Write(new DemoOptions { Tracks = [folder] }, DateTimeOffset.UnixEpoch);
        Assert.IsTrue(script.Scenario.Devices.All(device => Math.Abs(device.Wearer.PositionAt(0).Latitude - 52) > 1), "these tracks are far from the routes that come along");
        await using var run = new DemoRun(new DemoOptions { Speed = 0, Tracks = [folder] }, TextWriter.Null);
        var result = await run.PlayAsync(TestContext.CancellationToken);
        Assert.IsTrue(result.Ok, string.Join("; ", result.Problems));
    }

    [TestMethod]
    public void A_track_that_stays_where_it_is_cannot_tell_the_geofence_story()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "round.csv");
        File.WriteAllText(file, "t_unix_s,lat_deg,lon_deg\n0,52,5\n10,52.0001,5\n20,52,5.0001\n");
        var problem = Assert.ThrowsExactly<DemoException>(() => DemoScript.Write(new DemoOptions { Tracks = [file] }, DateTimeOffset.UnixEpoch));
        Assert.Contains("300 m", problem.Message);
    }

    [TestMethod]
    public async Task A_folder_with_reports_is_refused_so_that_the_count_means_something()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        await using (var first = new DemoRun(new DemoOptions { Speed = 0, DataFolder = folder }, TextWriter.Null))
        {
            Assert.IsTrue((await first.PlayAsync(TestContext.CancellationToken)).Ok);
        }

        await using var second = new DemoRun(new DemoOptions { Speed = 0, DataFolder = folder }, TextWriter.Null);
        var problem = await Assert.ThrowsExactlyAsync<DemoException>(() => second.PlayAsync(TestContext.CancellationToken));
        Assert.Contains("--data", problem.Message);
    }

    [TestMethod]
    public async Task The_command_prints_one_JSON_object_and_exits_with_0()
    {
        var (exit, output, errors) = await RunAsync("demo", "--speed", "1200", "--duration", "25m", "--json");
        Assert.AreEqual(0, exit, errors);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.IsTrue(result.GetProperty("ok").GetBoolean());
        Assert.AreEqual(3, result.GetProperty("expectedAlerts").GetInt32());
        Assert.AreEqual(3, result.GetProperty("raisedAlerts").GetInt32());
        Assert.AreEqual(result.GetProperty("acceptedReports").GetInt32(), result.GetProperty("storedReports").GetInt32());
        Assert.AreEqual(0, result.GetProperty("duplicates").GetInt32());
        Assert.AreEqual(0, result.GetProperty("lost").GetInt32());
        foreach (var alert in result.GetProperty("alerts").EnumerateArray())
        {
            Assert.IsGreaterThanOrEqualTo(0, alert.GetProperty("ageSeconds").GetDouble());
            Assert.AreNotEqual("", alert.GetProperty("device").GetString());
        }

        Assert.Contains("presses SOS", errors);
    }

    [TestMethod]
    [DataRow("10m", "at least 25m")]
    [DataRow("soon", "a span such as 30m")]
    [DataRow("3d", "at most 24h")]
    public async Task A_duration_that_cannot_be_is_wrong_usage(string duration, string problem)
    {
        var (exit, output, errors) = await RunAsync("demo", "--duration", duration);
        Assert.AreEqual(2, exit);
        Assert.AreEqual("", output);
        Assert.Contains(problem, errors);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "traxxs.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
