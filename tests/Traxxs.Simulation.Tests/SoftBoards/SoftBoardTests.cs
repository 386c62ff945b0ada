using System.Collections.Concurrent;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Protocol;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.SoftBoards;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.SoftBoards;

/// <summary>The device image as a whole, in real time, with a real MQTT server.</summary>
[TestClass]
public sealed class SoftBoardTests
{
    private const string Id = "soft-1";

    private static readonly GeoPoint Home = new(52.08, 5.1);

    private readonly string _flash = Directory.CreateTempSubdirectory("traxxs-soft-").FullName;
    private readonly CancellationTokenSource _off = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Collector _collector = new();
    private MqttServer _server = null!;
    private Task _running = Task.CompletedTask;

    [TestInitialize]
    public async Task StartServerAsync()
    {
        var options = new MqttServerOptions();
        options.Listeners.Add(new MqttListener());
        _server = new MqttServer(options, _collector);
        await _server.StartAsync();
        File.WriteAllText(Path.Combine(_flash, Device.Board.ConfigFile), $"id={Id}\nsecret=x\nssid=soft\nhost=127.0.0.1\nport={_server.Endpoints[0].Port}\n");
    }

    [TestCleanup]
    public async Task EndAsync()
    {
        await _off.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        await _server.DisposeAsync();
        _off.Dispose();
        Directory.Delete(_flash, recursive: true);
    }

    [TestMethod]
    public void Deep_sleep_enters_the_image_anew_and_a_press_wakes_it()
    {
        // Under a roof: the first search ends in vain, and the insole may rest after a minute.
        var board = Start(Sitter([Place.Circle("house", PlaceKind.Indoors, Home, 50)]));
        Until(() => board.IsInDeepSleep, "it sleeps deeply", 240);
        Assert.AreEqual(1, board.Starts);
        Assert.Contains("sleeps until moved", _lines.Last(), "the line before a deep sleep is the last one");
        var before = Reports();
        Assert.HasCount(1, before, "what it had to say is said before it sleeps");
        Assert.IsFalse(File.Exists(Path.Combine(_flash, "restart")), "what an image writes without power is not in flash");

        board.Ask(Deed.PressSos);
        Until(() => Reports().Exists(HasSos), "the SOS is at the server", 60);
        Assert.AreEqual(2, board.Starts);
        Assert.AreEqual(1, board.DeepSleeps);
        Assert.AreEqual(0, board.Restarts);
        var sos = Reports().Single(HasSos);
        Assert.AreEqual(before[0].Epoch, sos.Epoch, "a wake goes on with the numbering");
        Assert.IsGreaterThan(before[0].Sequence, sos.Sequence);
        Assert.IsFalse(Events(sos).Contains(EventCode.Started), "a wake is no start");
    }

    [TestMethod]
    public async Task A_reboot_command_restarts_it_once_and_what_waits_is_kept()
    {
        var board = Start(Sitter([]));
        Until(() => Runs() == 1, "it runs", 60);     // a press while the chip starts is nobody's
        board.Ask(Deed.PressSos);
        Until(() => Reports().Exists(HasSos), "the SOS is at the server", 60);
        await _server.PublishAsync($"xsole/v1/{Id}/down", Command(CommandCode.Reboot), MqttQoS.AtLeastOnce);
        Until(() => board.Restarts == 1 && Runs() == 2, "it runs again", 60);
        Until(() => Reports().Count(report => Events(report).Contains(EventCode.Started)) == 2, "its second start is at the server", 120);
        Assert.AreEqual(1, board.Restarts, "the command is done once");
        Assert.HasCount(1, Reports().Where(HasSos).ToList(), "one press is one report");
    }

    [TestMethod]
    public void A_cut_of_the_supply_in_a_dead_zone_loses_no_press()
    {
        var faults = new List<PlannedFault>
        {
            new(FaultKind.LinkDown, 0, 20_000, null, 100),
            new(FaultKind.PowerCut, 12_000, 12_000, null, 100),
        };
        var board = Start(Sitter([]) with { Faults = faults });
        Until(() => Runs() == 1, "it runs", 60);
        board.Ask(Deed.PressSos);
        Until(() => board.Starts == 2, "the supply was cut", 60);
        Until(() => Reports().Exists(HasSos), "the press of before the cut is at the server", 120);
        Assert.AreEqual(1, Reports().Sum(report => Events(report).Count(code => code == EventCode.Sos)));
        Assert.AreEqual(0, board.Restarts);
    }

    private SoftBoard Start(SoftBoardOptions options)
    {
        var board = new SoftBoard(options, DateTimeOffset.UtcNow);
        board.Printed += _lines.Enqueue;
        _running = Task.Factory.StartNew(() => board.Run(_off.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return board;
    }

    private SoftBoardOptions Sitter(IReadOnlyList<Place> places) => new()
    {
        Flash = _flash,
        Wearer = new Person("sitter", new Route([Home]), new Timeline().Then(Activity.Sit, TimeSpan.FromHours(1))),
        Places = new Places(places),
        BootMs = 200,
    };

    private void Until(Func<bool> condition, string what, int seconds)
    {
        var holds = SpinWait.SpinUntil(() => _running.IsFaulted || condition(), TimeSpan.FromSeconds(seconds));
        if (_running.IsFaulted) _running.GetAwaiter().GetResult();
        Assert.IsTrue(holds, $"{what}; it said: {string.Join(" | ", _lines)}");
    }

    private int Runs() => _lines.Count(line => line.EndsWith(" runs", StringComparison.Ordinal));

    // A report sent again after a lost acknowledgement is one report.
    private List<Report> Reports() => [.. _collector.Frames.Select(Read).DistinctBy(report => (report.Epoch, report.Sequence))];

    private static bool HasSos(Report report) => Events(report).Contains(EventCode.Sos);

    private static IEnumerable<EventCode> Events(Report report) => report.EventCodes.Take(report.EventCount);

    private static Report Read(byte[] frame)
    {
        var report = new Report();
        Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(frame, 0, frame.Length, report));
        return report;
    }

    private static byte[] Command(CommandCode code)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        return buffer[..CommandFrame.Write(new Command { Id = 1, Code = code }, buffer, 0)];
    }

    private sealed class Collector : MqttOpenHandler
    {
        public ConcurrentQueue<byte[]> Frames { get; } = new();

        public override MqttPublishDisposition OnPublish(in MqttInboundPublish publish)
        {
            if (publish.Topic.EndsWith("/up", StringComparison.Ordinal)) Frames.Enqueue(publish.Payload.ToArray());
            return MqttPublishDisposition.Acknowledge();
        }
    }
}
