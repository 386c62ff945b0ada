using Traxxs.Core.Ports;
using Traxxs.Protocol;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Rig;

/// <summary>The clocks a lone worker is given, set by the server, at a board that sleeps deeply between its steps.</summary>
[TestClass]
public sealed class WearerTimerTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    [TestMethod]
    [DataRow(SettingCode.ImmobileS, EventCode.Immobile)]
    [DataRow(SettingCode.CheckInS, EventCode.CheckInMissed)]
    public void A_limit_the_server_has_set_raises_its_alarm_out_of_deep_sleep(SettingCode limit, EventCode alarm)
    {
        const int limitS = 5400;
        var server = new Mailbox();
        server.Configure(1, (limit, limitS), (SettingCode.OffFoot, 0));
        using var rig = Rig(server);
        rig.RunUntil(4 * 3600_000);
        Assert.IsGreaterThan(1, rig.Wakes, "it slept deeply");
        Assert.AreEqual(1, rig.Starts);
        var raised = server.Events.Single(one => one.Code == alarm);
        var dueMs = (limit == SettingCode.ImmobileS ? 60_000 : server.ConfiguredMs) + limitS * 1000L;
        Assert.AreEqual(dueMs, raised.TimeMs, 120_000.0, $"{alarm}");
    }

    [TestMethod]
    public void The_reminder_before_a_check_in_comes_out_of_deep_sleep()
    {
        var server = new Mailbox();
        server.Configure(1, (SettingCode.CheckInS, 5400), (SettingCode.CheckInReminderS, 600), (SettingCode.OffFoot, 0));
        using var rig = Rig(server);
        rig.RunUntil(4 * 3600_000);
        Assert.IsGreaterThan(1, rig.Wakes, "it slept deeply");
        var warned = rig.Shown.Single(one => one.Pattern == IndicatorPattern.FallWarning);
        Assert.AreEqual(server.ConfiguredMs + (5400 - 600) * 1000L, warned.TimeMs, 30_000.0);
    }

    // Who walks a minute and then does not move a foot any more.
    private static InsoleRig Rig(Mailbox server)
    {
        var day = new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(1)).Then(Activity.ShoeOff, TimeSpan.FromHours(4));
        var wearer = new Person("Una", new Route([new GeoPoint(52.0, 5.1), new GeoPoint(52.01, 5.1)]), day);
        return server.Rig = new InsoleRig(new RigOptions { DeviceId = "u", Wearer = wearer, Start = Start, Seed = 1 }, new DirectServerPath("u", server));
    }

    /// <summary>Keeps what comes and gives out what waits.</summary>
    private sealed class Mailbox : IModelServer
    {
        private readonly Queue<byte[]> _downlink = new();
        private readonly ReportReader _reader = new();
        private readonly HashSet<uint> _known = [];

        public InsoleRig? Rig { get; set; }

        /// <summary>When the device was told its configuration, on the rig's clock.</summary>
        public long ConfiguredMs { get; private set; }

        public List<(EventCode Code, long TimeMs)> Events { get; } = [];

        public void Configure(uint version, params (SettingCode Code, int Value)[] settings)
        {
            var command = new Command { Code = CommandCode.Configure, Id = version, SettingCount = settings.Length };
            for (var i = 0; i < settings.Length; i++) (command.SettingIds[i], command.SettingValues[i]) = ((byte)settings[i].Code, settings[i].Value);
            var buffer = new byte[CommandFrame.FrameSizeMax];
            _downlink.Enqueue(buffer[..CommandFrame.Write(command, buffer, 0)]);
        }

        public void Receive(string deviceId, ReadOnlyMemory<byte> frame)
        {
            var report = new Report();
            Assert.AreEqual(DecodeResult.Ok, _reader.Read(frame.ToArray(), 0, frame.Length, report));
            if (!_known.Add(report.Sequence)) return;
            for (var i = 0; i < report.EventCount; i++) Events.Add((report.EventCodes[i], report.EventTimeS[i] * 1000L - Start.ToUnixTimeMilliseconds()));
        }

        public void ContactChanged(string deviceId, bool connected)
        {
        }

        public bool HasDownlink(string deviceId) => _downlink.Count > 0;

        public bool TryTakeDownlink(string deviceId, out byte[] frame)
        {
            if (!_downlink.TryDequeue(out frame!)) return false;
            ConfiguredMs = Rig!.Clock.NowMs;
            return true;
        }
    }
}
