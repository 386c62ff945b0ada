using Traxxs.Core.Safety;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Storage;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Soak;

/// <summary>An alarm in a report that an insole accepted.</summary>
/// <param name="Frame">The report.</param>
/// <param name="Code">What.</param>
/// <param name="Time">When, by the device; null where it did not know.</param>
internal sealed record AcceptedAlarm(AcceptedFrame Frame, EventCode Code, DateTimeOffset? Time);

/// <summary>Holds one insole to what it owes by itself, and tells which alarms it accepted.</summary>
internal sealed class DeviceWatch
{
    /// <summary>From a press to its report in flash, ms: a start out of deep sleep, a step, and a flash that refused once.</summary>
    private const long PressMaxMs = 15_000;

    // Beside the press count of an SOS: given by the foot, not by the button.
    private const int ByGesture = 1 << 16;

    private readonly FlashFaults _flash;
    private readonly SoakFindings _findings;
    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private readonly double[] _mah = new double[Enum.GetValues<EnergyConsumer>().Length];
    private readonly List<AcceptedFrame> _unstored = [];
    private readonly Queue<long> _presses = new();
    private readonly Dictionary<int, uint> _highest = [];
    private int _taken;
    private long _clockMs;
    private int _startsSeen;

    /// <summary>Watches an insole. <paramref name="flash"/> says what goes wrong with its flash.</summary>
    public DeviceWatch(InsoleRig rig, FlashFaults flash, SoakFindings findings)
    {
        Rig = rig;
        _flash = flash;
        _findings = findings;
        rig.Did += (timeMs, deed) =>
        {
            if (deed == Deed.PressSos && rig.IsOn) _presses.Enqueue(timeMs);
        };
    }

    /// <summary>Which.</summary>
    public InsoleRig Rig { get; }

    /// <summary>Most reports it may have lost by now: dropped from a full ring, found damaged, and one for each bit that turned over.</summary>
    public int LostMax => Rig.Dropped + Rig.Corrupted + _flash.BitsUntil(_clockMs);

    /// <summary>Whether a report that is not stored may be among those whose bits turned over.</summary>
    public bool MayHaveLost(AcceptedFrame frame) => _unstored.Contains(frame) && _flash.BitsUntil(_clockMs) > _flash.BitsUntil(frame.TimeMs);

    /// <summary>Accepted reports that are not stored yet.</summary>
    public IReadOnlyList<AcceptedFrame> Unstored => _unstored;

    /// <summary>Looks at what happened since last asked, and gives the alarms accepted meanwhile.</summary>
    public List<AcceptedAlarm> Look(StoreWatch store)
    {
        CheckCharge();
        CheckQueues();
        _findings.Require(Rig.Clock.NowMs >= _clockMs, SoakInvariant.TimeGoesOn, () => $"{Rig.DeviceId} went back from {_clockMs} to {Rig.Clock.NowMs} ms");
        _clockMs = Rig.Clock.NowMs;
        // What was pressed and not yet written when the supply went is gone: nobody can promise more.
        if (Rig.Starts != _startsSeen || !Rig.IsOn || _flash.Refuses(_clockMs)) _presses.Clear();
        _startsSeen = Rig.Starts;

        var alarms = new List<AcceptedAlarm>();
        for (; _taken < Rig.Accepted.Count; _taken++) Take(Rig.Accepted[_taken], alarms);
        _findings.Require(_presses.Count == 0 || _clockMs - _presses.Peek() <= PressMaxMs, SoakInvariant.PressIsAccepted,
            () => $"{Rig.DeviceId}: SOS pressed at {TimeSpan.FromMilliseconds(_presses.Peek())}, in no report {PressMaxMs / 1000} s later");
        _unstored.RemoveAll(frame => store.Has(Rig.DeviceId, frame));
        _findings.Require(!Rig.IsReady || _unstored.Count <= Rig.Waiting + LostMax, SoakInvariant.AcceptedIsKept,
            () => $"{Rig.DeviceId}: {_unstored.Count} accepted reports are not stored, {Rig.Waiting} wait on the insole, {Rig.Dropped} were dropped, {Rig.Corrupted} damaged");
        return alarms;
    }

    private void Take(AcceptedFrame frame, List<AcceptedAlarm> alarms)
    {
        _unstored.Add(frame);
        _findings.Require(!_highest.TryGetValue(frame.Epoch, out var highest) || frame.Sequence > highest, SoakInvariant.TimeGoesOn,
            () => $"{Rig.DeviceId} epoch {frame.Epoch}: report {frame.Sequence} accepted after {highest}");
        _highest[frame.Epoch] = frame.Sequence;
        if (_reader.Read(frame.Frame, 0, frame.Frame.Length, _report) != DecodeResult.Ok) return;
        for (var i = 0; i < _report.EventCount; i++)
        {
            if (!Alarm.Is(_report.EventCodes[i])) continue;
            alarms.Add(new AcceptedAlarm(frame, _report.EventCodes[i], _report.HasDeviceTime && !_report.TimeIsUptime ? DateTimeOffset.FromUnixTimeSeconds(_report.EventTimeS[i]) : null));
            if (_report.EventCodes[i] == EventCode.Sos && (_report.EventValue[i] & ByGesture) == 0) _presses.TryDequeue(out _);
        }
    }

    private void CheckCharge()
    {
        foreach (var consumer in Enum.GetValues<EnergyConsumer>())
        {
            var mah = Rig.Energy.MahOf(consumer);
            var before = _mah[(int)consumer];
            _findings.Require(mah >= before, SoakInvariant.ChargeOnlyFalls, () => $"{Rig.DeviceId}: {consumer} gave back charge, {before} mAh became {mah}");
            _mah[(int)consumer] = mah;
        }

        _findings.Require(Rig.Battery.LeftMah >= 0 && Rig.Battery.LeftMah <= Rig.Battery.CapacityMah, SoakInvariant.ChargeOnlyFalls, () => $"{Rig.DeviceId}: {Rig.Battery.LeftMah} mAh left");
    }

    private void CheckQueues()
    {
        _findings.Require(Rig.Waiting <= ReportIndex.CountMax, SoakInvariant.QueuesAreBounded, () => $"{Rig.DeviceId}: {Rig.Waiting} reports wait");
        _findings.Require(Rig.Link.InFlight <= new LinkTiming().InFlightMax, SoakInvariant.QueuesAreBounded, () => $"{Rig.DeviceId}: {Rig.Link.InFlight} frames under way");
        _findings.Require((Rig.Tracker?.OpenAlarms ?? 0) <= AlarmDesk.AlarmsMax, SoakInvariant.QueuesAreBounded, () => $"{Rig.DeviceId}: {Rig.Tracker?.OpenAlarms} alarms followed");
    }
}
