using System.Diagnostics;
using nanoFramework.Hardware.Esp32;
using nanoFramework.Runtime.Native;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Uplink;
using Traxxs.NanoHost;
using Traxxs.Protocol;

namespace Traxxs.Device.Tests;

/// <summary>The device image as a whole, on NanoHost with simulated chips, against a real MQTT server.</summary>
[TestClass]
public class ProgramTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TestInitialize]
    public void MakeFolder() => Directory.CreateDirectory(_folder);

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public async Task It_starts_and_an_SOS_press_reaches_the_server_as_a_report()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        using var board = new RealTimeBoard();
        board.Start(_folder, Image());
        Eventually.True(() => board.Runs, "the device runs");
        board.PressSos();
        Eventually.True(() => CountSos(server) == 1, "the SOS is at the server");
        Assert.AreEqual(Board.GnssRxPin, board.Board.PinOf((int)DeviceFunction.COM2_RX));
        Assert.AreEqual(Board.I2cDataPin, board.Board.PinOf((int)DeviceFunction.I2C1_DATA));
        Assert.IsNull(board.Ended, board.Ended?.ToString());
    }

    [TestMethod]
    public async Task What_was_pressed_in_a_dead_zone_survives_a_power_cut_and_arrives_once()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        using (var board = new RealTimeBoard())
        {
            board.Board.Wifi = (_, _) => false;
            board.Start(_folder, Image());
            Eventually.True(() => board.Runs, "the device runs");
            var before = Segments();
            board.PressSos();
            Eventually.True(() => Segments() > before, "the alarm is in flash");
            board.CutPower();
        }

        Assert.AreEqual(0, CountSos(server));
        using var again = new RealTimeBoard();
        again.Start(_folder, Image());
        Eventually.True(() => CountSos(server) > 0, "the SOS is at the server after the restart");
        again.PressSos();
        Eventually.True(() => CountSos(server) > 1, "the next press is at the server");
        var identities = Reports(server).Select(report => (report.Epoch, report.Sequence)).ToList();
        Assert.HasCount(identities.Count, identities.Distinct().ToList(), "a number was given twice");
        Assert.AreEqual(2, CountSos(server), "two presses are two events");
    }

    [TestMethod]
    public async Task A_restart_command_restarts_the_board_once()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        var buffer = new byte[CommandFrame.FrameSizeMax];
        var count = CommandFrame.Write(new Command { Id = 1, Code = CommandCode.Reboot }, buffer, 0);
        await server.SendDownAsync(buffer[..count], retain: true);
        using (var board = new RealTimeBoard())
        {
            board.Start(_folder, Image());
            Eventually.True(() => board.Runs, "the device runs");
            board.PressSos();                               // Opens the link at once.
            Eventually.True(() => board.Board.Reboots == 1, "the board restarts");
            Eventually.True(() => board.Ended is BoardOffException, "the program has ended");
        }

        using var again = new RealTimeBoard();
        again.Start(_folder, Image());
        Eventually.True(() => again.Runs, "the device runs again");
        again.PressSos();
        Eventually.True(() => server.Connections > 1 && CountSos(server) > 1, "the device is back, with the same command waiting");
        Assert.AreEqual(0, again.Board.Reboots, "the command is done: it must not be done again");
    }

    [TestMethod]
    public async Task A_join_that_never_returns_ends_with_a_restart_and_a_press_meanwhile_arrives()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        using var knocked = new ManualResetEventSlim(false);
        using var never = new ManualResetEventSlim(false);
        using (var board = new RealTimeBoard())
        {
            var started = Stopwatch.StartNew();
            long skippedUs = 0;
            board.Board.ClockUs = () => (ulong)(started.Elapsed.TotalMicroseconds + Interlocked.Read(ref skippedUs));
            board.Board.Wifi = (_, _) =>
            {
                knocked.Set();
                return never.Wait(Timeout.Infinite);
            };
            board.Start(_folder, Image());
            Eventually.True(() => board.Runs, "the device runs");
            board.PressSos();
            Assert.IsTrue(knocked.Wait(TimeSpan.FromSeconds(60)), "the device wants the network");
            Interlocked.Add(ref skippedUs, 1000L * UplinkPolicy.BusyMaxMs);
            board.PressSos();
            Eventually.True(() => board.Board.Reboots == 1, "the board restarts");
            Eventually.True(() => board.Ended is BoardOffException, "the program has ended");
        }

        Assert.AreEqual(0, CountSos(server));
        using var again = new RealTimeBoard();
        again.Start(_folder, Image());
        Eventually.True(() => CountSos(server) == 2, "both presses are at the server");
        Eventually.True(() => Reports(server).Any(report => Has(report, EventCode.Degraded, 1 << SelfTest.Radio)), "and what failed");
        never.Set();
    }

    [TestMethod]
    public async Task A_press_that_ended_a_deep_sleep_is_a_press()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        using var board = new RealTimeBoard();
        board.Board.WokenBy = 1ul << Board.SosPin;
        board.Start(_folder, Image());
        Eventually.True(() => CountSos(server) == 1, "the SOS is at the server, though its button was let go before the chip was up");
    }

    [TestMethod]
    public void An_image_whose_power_was_cut_touches_no_later_board()
    {
        using var cut = new RealTimeBoard();
        cut.Board.CutPower();
        using var next = new RealTimeBoard();
        Exception? ended = null;
        var late = new Thread(() =>
        {
            cut.Board.Enter();
            ended = Assert.ThrowsExactly<BoardOffException>(() => Power.RebootDevice(RebootOption.NormalReboot));
        });
        late.Start();
        late.Join();
        Assert.IsNotNull(ended);
        Assert.AreEqual(0, next.Board.Reboots, "the restart of the board before is not this board's");
    }

    [TestMethod]
    public void Without_an_identity_it_says_so_and_touches_nothing()
    {
        using var board = new RealTimeBoard();
        var led = board.Board.Pin(Board.LedPin);
        var blinks = 0;
        led.Written = level => blinks += level ? 1 : 0;
        board.Start(_folder, Image());
        Eventually.True(() => Volatile.Read(ref blinks) >= 4, "the fault pattern plays");
        Assert.IsNull(board.Ended);
        Assert.IsEmpty(Directory.GetFiles(_folder));
        Assert.IsFalse(board.Board.WifiJoined);
    }

    /// <summary>What a start runs on the files of a folder.</summary>
    protected virtual Action<string> Image() => Boot.Start;

    private void Provision(int port) => File.WriteAllText(
        Path.Combine(_folder, Board.ConfigFile),
        $"id={TestServer.DeviceId}\nsecret={TestServer.Secret}\nssid=factory\npsk=hall 7\nhost=localhost\nport={port}\n");

    private long Segments() => Directory.GetFiles(_folder, "segment*.bin").Sum(file => new FileInfo(file).Length);

    private static List<Report> Reports(TestServer server)
    {
        var reports = new List<Report>();
        foreach (var payload in server.Reports)
        {
            var report = new Report();
            Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(payload, 0, payload.Length, report));
            reports.Add(report);
        }

        return reports;
    }

    private static bool Has(Report report, EventCode code, int value)
        => Enumerable.Range(0, report.EventCount).Any(row => report.EventCodes[row] == code && report.EventValue[row] == value);

    // A report sent again after a lost acknowledgement is one report.
    private static int CountSos(TestServer server) => Reports(server)
        .DistinctBy(report => (report.Epoch, report.Sequence))
        .Sum(report => report.EventCodes.Take(report.EventCount).Count(code => code == EventCode.Sos));
}
