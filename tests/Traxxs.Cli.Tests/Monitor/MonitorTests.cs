using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Traxxs.Cli.Monitor;
using Traxxs.Cli.Tests.Flash;

namespace Traxxs.Cli.Tests.Monitor;

[TestClass]
public sealed class MonitorTests
{
    private const string GoodStart = "ets boot\r\nTRAXXs XSole starts\r\ndevice shoe-1 runs\r\n";

    private readonly string _log = Path.GetTempFileName();

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveLog() => File.Delete(_log);

    [TestMethod]
    public void Text_and_packets_give_the_same_lines_whatever_the_chunks()
    {
        byte[] bytes =
        [
            .. "TRAXXs XSole starts\r\n"u8, .. Packet(1, "device sh"), .. Packet(0x20, "\n\nnoise\n"), .. Packet(1, "oe-1 runs\n"),
            .. "NFPKT is text here\nNNFPKTV1\n"u8, .. "the end"u8,
        ];
        CollectionAssert.AreEqual(new[] { "TRAXXs XSole starts", "device shoe-1 runs", "NFPKT is text here", "NNFPKTV1", "the end" }, Lines(bytes));
    }

    [TestMethod]
    public void Noise_at_a_wrong_rate_is_bounded()
    {
        var random = new Random(5);
        var noise = new byte[100_000];
        random.NextBytes(noise);
        Assert.IsTrue(Lines([.. noise, .. Encoding.UTF8.GetBytes(new string('x', 5000))]).All(line => line.Length <= BoardOutput.LineLengthMax * 2));
    }

    [TestMethod]
    [DataRow("TRAXXs XSole starts", "Starts")]
    [DataRow("TRAXXs XSole 0.1.0 starts, woken by a pin", "Starts")]
    [DataRow("device shoe-1 runs", "Runs")]
    [DataRow("fault: out of memory", "Fault")]
    [DataRow("I:\\device.cfg is not on the board: the board has no identity. Run 'traxxs provision ID'", "Problem")]
    [DataRow("device.cfg is not on the board. Make it with 'traxxs provision ID'", "Problem")]
    [DataRow("Wi-Fi network 'hall' did not let the device in", "Problem")]
    [DataRow("server refused the device, MQTT reason 5", "Problem")]
    [DataRow("self-test: fuel gauge pass", "SelfTest")]
    [DataRow("ESP-ROM:esp32s3-20210327", "Other")]
    public void A_line_is_known_by_its_words(string line, string kind) => Assert.AreEqual(kind, BoardLine.Of(line).Kind.ToString());

    [TestMethod]
    public async Task A_good_start_in_a_log_is_well()
    {
        var result = await RunAsync(GoodStart, "--json");
        Assert.AreEqual(0, result.Exit, result.Errors);
        var account = JsonDocument.Parse(result.Output).RootElement;
        Assert.AreEqual((1, 1, 0), (account.GetProperty("starts").GetInt32(), account.GetProperty("runs").GetInt32(), account.GetProperty("faults").GetInt32()));
        Assert.IsTrue(account.GetProperty("well").GetBoolean());
    }

    [TestMethod]
    [DataRow("fault: something\n", "")]
    [DataRow("self-test: accelerometer identity pass, radio FAIL\n", "")]
    [DataRow("TRAXXs XSole starts\n", "--until runs")]
    public async Task What_is_wrong_in_a_log_is_exit_code_1(string log, string arguments)
    {
        var result = await RunAsync(log, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.AreEqual(1, result.Exit);
    }

    [TestMethod]
    public async Task A_failed_part_is_named()
    {
        var result = await RunAsync("self-test: fuel gauge pass, radio FAIL\n", "--json");
        var parts = JsonDocument.Parse(result.Output).RootElement.GetProperty("selfTest");
        Assert.IsTrue(parts.GetProperty("fuel gauge").GetBoolean());
        Assert.IsFalse(parts.GetProperty("radio").GetBoolean());
    }

    [TestMethod]
    public async Task A_board_on_a_port_is_followed_until_it_runs()
    {
        if (!OperatingSystem.IsLinux()) Assert.Inconclusive("the pseudo-terminal's flags are Linux's");
        using var board = new PseudoTerminal();
        using var talk = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        var talking = Task.Run(async () =>
        {
            while (!talk.IsCancellationRequested)
            {
                board.Send(Encoding.UTF8.GetBytes(GoodStart));
                await Task.Delay(100, CancellationToken.None);
            }
        }, TestContext.CancellationToken);
        var result = await Tool.RunAsync(TestContext, "monitor", "--port", board.Port, "--until", "runs", "--seconds", "60", "--json");
        await talk.CancelAsync();
        await talking;
        Assert.AreEqual(0, result.Exit, result.Errors);
        Assert.AreEqual(1, JsonDocument.Parse(result.Output).RootElement.GetProperty("runs").GetInt32());
    }

    [TestMethod]
    public async Task A_silent_board_ends_with_the_time_it_was_given()
    {
        if (!OperatingSystem.IsLinux()) Assert.Inconclusive("the pseudo-terminal's flags are Linux's");
        using var board = new PseudoTerminal();
        var result = await Tool.RunAsync(TestContext, "monitor", "--port", board.Port, "--until", "runs", "--seconds", "1");
        Assert.AreEqual(1, result.Exit);
    }

    [TestMethod]
    public async Task A_port_that_is_not_there_is_said()
    {
        var result = await Tool.RunAsync(TestContext, "monitor", "--port", "/dev/tty-of-nobody");
        Assert.AreEqual(1, result.Exit);
        Assert.Contains("nanoff --listports", result.Errors);
    }

    private async Task<Tool.Result> RunAsync(string log, params string[] arguments)
    {
        await File.WriteAllTextAsync(_log, log, TestContext.CancellationToken);
        return await Tool.RunAsync(TestContext, ["monitor", "--file", _log, .. arguments]);
    }

    private static string[] Lines(byte[] bytes)
    {
        var output = new BoardOutput();
        var lines = new List<string>();
        foreach (var value in bytes)
        {
            if (output.Feed(value, out var line)) lines.Add(line);
        }

        if (output.Finish(out var last)) lines.Add(last);
        return [.. lines];
    }

    private static byte[] Packet(uint command, string payload)
    {
        var packet = new byte[32 + payload.Length];
        "NFPKTV1"u8.CopyTo(packet);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(16), command);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(28), (uint)payload.Length);
        Encoding.UTF8.GetBytes(payload).CopyTo(packet, 32);
        return packet;
    }
}
