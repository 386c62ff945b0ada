using System.Text.Json;
using Traxxs.Cli.Record;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Record;

/// <summary>The whole way as a user goes it: record what devices say, send it again elsewhere, read it back.</summary>
[TestClass]
public sealed class RecordTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-record-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task What_a_tap_wrote_down_is_sent_again_and_reads_back_the_same()
    {
        using var broker = TraxxsProcess.Start("broker", "--port", "0", "--anonymous");
        var behind = await PortAsync(broker);
        using var tap = TraxxsProcess.Start("record", In("day.jsonl"), "--tap", "0", "--to", $"mqtt://127.0.0.1:{behind}", "--seconds", "600", "--json");
        await tap.UntilErrorsAsync("devices connect to port ");
        var port = tap.Errors.Split("devices connect to port ")[1].Split('\n')[0].Trim();
        var run = await Tool.RunAsync(TestContext, "sim", "run", "courier-ride", "--server", $"mqtt://127.0.0.1:{port}", "--no-report", "--json");
        var accepted = JsonDocument.Parse(run.Output).RootElement.GetProperty("acceptedReports").GetInt32();
        tap.Interrupt();
        var recorded = await tap.ReadJsonAsync();
        Assert.AreEqual(0, await tap.ExitAsync(), tap.Errors);
        Assert.IsGreaterThan(accepted, recorded.GetProperty("messages").GetInt32(), "reports, and what the device says of itself");

        var rows = CaptureReader.Read(In("day.jsonl")).ToList();
        Assert.HasCount(accepted, rows.Where(row => row.IsReport).Select(row => row.Payload).Distinct().ToList());
        Assert.IsTrue(rows.Exists(row => row.Way == "up" && row.Topic.EndsWith("/state", StringComparison.Ordinal) && row.Retain));
        var replay = await Tool.RunAsync(TestContext, "replay", In("day.jsonl"), "--json");
        Assert.AreEqual(0, replay.Exit, replay.Output + replay.Errors);
        var summary = JsonDocument.Parse(replay.Output).RootElement;
        Assert.AreEqual(accepted, summary.GetProperty("acknowledged").GetInt32());
        Assert.AreEqual(summary.GetProperty("fixes").GetInt32(), summary.GetProperty("readBackFixes").GetInt32());
        Assert.AreEqual(0, summary.GetProperty("mismatches").GetInt32());
    }

    [TestMethod]
    public async Task A_subscriber_writes_down_what_the_broker_hands_on_until_it_has_enough()
    {
        using var broker = TraxxsProcess.Start("broker", "--port", "0", "--anonymous");
        var port = await PortAsync(broker);
        using var record = TraxxsProcess.Start("record", In("some.jsonl"), "--server", $"mqtt://127.0.0.1:{port}", "--topic", "xsole/v1/+/up", "--count", "3", "--json");
        // Until it has subscribed, what is sent reaches nobody: days are sent until it has seen enough.
        while (!record.HasExited) await Tool.RunAsync(TestContext, "sim", "run", "courier-ride", "--server", $"mqtt://127.0.0.1:{port}", "--no-report");
        Assert.AreEqual(0, await record.ExitAsync(), record.Errors);
        Assert.AreEqual(3, (await record.ReadJsonAsync()).GetProperty("messages").GetInt32());
        var rows = CaptureReader.Read(In("some.jsonl")).ToList();
        Assert.HasCount(3, rows);
        Assert.IsTrue(rows.All(row => row is { IsReport: true, Way: "seen", QoS: 1 }));
    }

    [TestMethod]
    public async Task A_traxxs_server_lets_no_stranger_listen_and_the_message_says_what_to_do()
    {
        using var server = TraxxsProcess.Start("server", "--data", In("data"), "--mqtt-port", "0", "--http-port", "0", "--json");
        var mqtt = new Uri((await server.ReadJsonAsync()).GetProperty("mqtt").GetString()!);
        var provisioned = await Tool.RunAsync(TestContext, "provision", "eve", "--data", In("data"), "--json");
        var secret = JsonDocument.Parse(provisioned.Output).RootElement.GetProperty("secret").GetString();
        var record = await Tool.RunAsync(TestContext, "record", In("all.jsonl"), "--server", $"mqtt://eve:{secret}@127.0.0.1:{mqtt.Port}", "--seconds", "30");
        Assert.AreEqual(1, record.Exit);
        Assert.Contains("use --tap there", record.Errors);
        Assert.DoesNotContain(secret!, await File.ReadAllTextAsync(In("all.jsonl"), TestContext.CancellationToken));
    }

    [TestMethod]
    public void A_capture_that_was_broken_off_is_good_up_to_there()
    {
        var head = "{\"format\":\"traxxs-capture\",\"version\":1,\"startedAt\":\"2026-03-02T00:00:00Z\"}\n";
        var row = "{\"t\":5,\"device\":\"a\",\"way\":\"up\",\"topic\":\"xsole/v1/a/up\",\"qos\":1,\"retain\":false,\"dup\":false,\"payload\":\"0102\"}\n";
        File.WriteAllText(In("a.jsonl"), head + row + row[..40]);
        Assert.HasCount(1, CaptureReader.Read(In("a.jsonl")).ToList());
        File.WriteAllText(In("a.jsonl"), head + row[..40] + "\n" + row);
        Assert.Contains("line 2", Assert.ThrowsExactly<CaptureException>(() => CaptureReader.Read(In("a.jsonl")).ToList()).Message);
        File.WriteAllText(In("a.jsonl"), head.Replace(":1,", ":7,", StringComparison.Ordinal) + row);
        Assert.Contains("version 7", Assert.ThrowsExactly<CaptureException>(() => CaptureReader.Read(In("a.jsonl")).ToList()).Message);
    }

    [TestMethod]
    [DataRow("", "give one of")]
    [DataRow("--tap 0", "go together")]
    [DataRow("--tap 0 --to mqtts://x", "cannot be written down")]
    [DataRow("--tap x --to mqtt://x", "--tap is a port")]
    [DataRow("--server http://x", "--server is mqtt://")]
    [DataRow("--server mqtt://x --topic a/#/b", "not a topic filter")]
    public async Task What_cannot_be_recorded_is_wrong_usage(string arguments, string problem)
    {
        var result = await Tool.RunAsync(TestContext, ["record", In("x.jsonl"), .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.AreEqual(2, result.Exit, result.Errors);
        Assert.Contains(problem, result.Errors);
        Assert.IsFalse(File.Exists(In("x.jsonl")));
    }

    private static async Task<string> PortAsync(TraxxsProcess broker) => (await broker.ReadLineAsync()).Split(':')[^1];

    private string In(string name) => Path.Combine(_folder, name);
}
