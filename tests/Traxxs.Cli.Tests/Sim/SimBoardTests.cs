using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Cli.Tests.Shared;
using Traxxs.Engines;
using Traxxs.Protocol;

namespace Traxxs.Cli.Tests.Sim;

[TestClass]
public sealed class SimBoardTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-sim-board-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_provisioned_board_speaks_TLS_with_the_server_and_does_what_it_is_told()
    {
        DayCertificate.WriteSigned(_folder);
        using var server = TraxxsProcess.Start("server", "--data", In("data"), "--mqtt-port", "0", "--http-port", "0", "--tls-cert", In("server.pem"), "--tls-key", In("server.key"), "--json");
        var said = await server.ReadJsonAsync();
        var mqtt = new Uri(said.GetProperty("mqtt").GetString()!);
        Assert.AreEqual("mqtts", mqtt.Scheme);
        var provisioned = await Tool.RunAsync(TestContext, "provision", "shoe-1", "--data", In("data"), "--bundle", In("bundle"), "--wifi-ssid", "hall", "--wifi-open",
            "--host", "localhost", "--port", $"{mqtt.Port}", "--ca", In("ca.pem"));
        Assert.AreEqual(0, provisioned.Exit, provisioned.Errors);
        using var api = Api(new Uri(said.GetProperty("page").GetString()!), await File.ReadAllTextAsync(said.GetProperty("adminTokenFile").GetString()!, TestContext.CancellationToken));

        using var board = TraxxsProcess.Start("sim", "board", "shoe-1", "--bundle", In("bundle"), "--json");
        await board.UntilErrorsAsync("device shoe-1 runs");
        // The link opens with an alarm and stays open to hear of it: commands come at once.
        await board.WriteLineAsync("sos");
        await board.UntilErrorsAsync("[felt: alarm-received]");
        await TellAsync(api, "find-me");
        await board.UntilErrorsAsync("[felt: find-me]");
        await TellAsync(api, "self-test");
        await board.UntilErrorsAsync("self-test: ");
        await TellAsync(api, "reboot");
        await board.UntilErrorsAsync("boot reason", times: 2);
        await board.WriteLineAsync("quit");
        var account = await board.ReadJsonAsync();
        Assert.AreEqual(0, await board.ExitAsync(), board.Errors);
        Assert.AreEqual(2, account.GetProperty("starts").GetInt32());
        Assert.AreEqual(1, account.GetProperty("restarts").GetInt32());
        var parts = account.GetProperty("board").GetProperty("selfTest");
        Assert.HasCount(7, parts.EnumerateObject().ToList());
        Assert.IsTrue(parts.EnumerateObject().All(part => part.Value.GetBoolean()), parts.ToString());
        var alerts = await api.GetFromJsonAsync<JsonElement>("/api/v1/alerts?rule=sos", TestContext.CancellationToken);
        Assert.AreEqual(1, alerts.GetProperty("alerts").GetArrayLength(), "one press, one alert");
    }

    [TestMethod]
    public async Task The_monitor_watches_it_on_a_serial_port()
    {
        if (!OperatingSystem.IsLinux()) Assert.Inconclusive("pseudo-terminals are made on Linux only");
        using var broker = TraxxsProcess.Start("broker", "--port", "0", "--anonymous");
        var port = int.Parse((await broker.ReadLineAsync()).Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        await SpeaksAsync(port, async board =>
        {
            await board.UntilErrorsAsync("serial port /dev/");
            var pty = board.Errors.Split('\n').First(line => line.StartsWith("serial port ", StringComparison.Ordinal))["serial port ".Length..].Trim();
            var monitor = await Tool.RunAsync(TestContext, "monitor", "--port", pty, "--until", "runs", "--seconds", "60", "--json");
            Assert.AreEqual(0, monitor.Exit, monitor.Output + monitor.Errors);
        });
    }

    [TestMethod]
    public async Task It_speaks_with_mosquitto()
    {
        if (new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists) is not { } program)
        {
            Assert.Inconclusive("mosquitto is not installed");
            return;
        }

        var port = EngineProcess.FreePort();
        await File.WriteAllTextAsync(In("mosquitto.conf"), $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser {Environment.UserName}\n", TestContext.CancellationToken);
        using var mosquitto = Process.Start(new ProcessStartInfo(program, ["-c", In("mosquitto.conf")]))!;
        try
        {
            await SpeaksAsync(port, board => board.UntilErrorsAsync("device shoe-2 runs"));
        }
        finally
        {
            mosquitto.Kill();
            await mosquitto.WaitForExitAsync(CancellationToken.None);
        }
    }

    [TestMethod]
    [DataRow("shoe-1", "give --server or --bundle")]
    [DataRow("shoe/1 --server mqtt://x", "is not a device id")]
    [DataRow("shoe-1 --server http://x", "--server is mqtt://")]
    [DataRow("shoe-1 --server mqtts://x", "go together")]
    [DataRow("shoe-1 --bundle /nowhere", "is not on the board")]
    [DataRow("shoe-1 --server mqtt://x --scenario no-such-day", "neither a file nor a scenario")]
    [DataRow("shoe-1 --server mqtt://x --from yesterday", "--from is a span")]
    public async Task What_cannot_be_run_is_wrong_usage(string arguments, string problem)
    {
        var result = await Tool.RunAsync(TestContext, ["sim", "board", .. arguments.Split(' ')]);
        Assert.AreEqual(2, result.Exit, result.Errors);
        Assert.Contains(problem, result.Errors);
    }

    // A press of SOS on a board is a report at whatever broker it was told of.
    private static async Task SpeaksAsync(int port, Func<TraxxsProcess, Task> runs)
    {
        await using var observer = await Observer.ConnectAsync(port);
        using var board = TraxxsProcess.Start("sim", "board", "shoe-2", "--server", $"mqtt://127.0.0.1:{port}", "--pty", "--json");
        await runs(board);
        await board.WriteLineAsync("sos");
        var frame = await observer.ReportAsync("xsole/v1/shoe-2/up");
        var report = new Report();
        Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(frame, 0, frame.Length, report));
        await board.WriteLineAsync("quit");
        Assert.AreEqual(0, await board.ExitAsync(), board.Errors);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private async Task TellAsync(HttpClient api, string command)
    {
        using var answer = await api.PostAsJsonAsync("/api/v1/devices/shoe-1/commands", new { command }, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.Accepted, answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.CancellationToken));
    }

    // The test's own authority is nobody else's.
    private static HttpClient Api(Uri address, string token)
    {
        var api = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true }) { BaseAddress = address };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return api;
    }
}
