using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Soak;

/// <summary>Says when an insole and the server could speak with each other, by the plan and by where the wearer was.</summary>
internal sealed class SpeakingTime(Scenario scenario, SoakServer server)
{
    // What cuts or troubles the way of a report from the insole to an alert.
    private static readonly FaultKind[] Troubles =
    [
        FaultKind.LinkDown, FaultKind.LinkLoss, FaultKind.AckLoss, FaultKind.LinkLatency, FaultKind.ServerDown, FaultKind.ServerKill, FaultKind.SlowDisk,
        FaultKind.StoreFails, FaultKind.StoreFull, FaultKind.JournalFull, FaultKind.SessionTakeover, FaultKind.FrameLate, FaultKind.PowerCut, FaultKind.BrownOut,
        FaultKind.FlashFull, FaultKind.FlashTorn, FaultKind.FlashFlips,
    ];

    private readonly Dictionary<string, int> _startsSeen = new(StringComparer.Ordinal);
    private int _serverStartsSeen;
    private readonly List<long> _deafMs = [];

    /// <summary>Whether the server's clock jumps, so that its spans say nothing.</summary>
    public bool ClocksJump { get; } = scenario.Faults.Any(fault => fault.Kind == FaultKind.ServerClockJump);

    /// <summary>When, until a time, the server last heard nobody, or would not keep what a device sent, ms of the run; null where neither happened.</summary>
    public long? DeafUntilMs(string deviceId, long timeMs)
    {
        var latest = _deafMs.Concat(server.RefusalsOf(deviceId)).Where(deafMs => deafMs <= timeMs).DefaultIfEmpty(long.MinValue).Max();
        return latest == long.MinValue ? null : latest;
    }

    /// <summary>Whether nothing stood between an insole and an alert since an earlier look.</summary>
    public bool CouldSpeak(InsoleRig rig, long sinceMs, long nowMs)
    {
        var started = rig.Starts + rig.Wakes;
        var steady = _startsSeen.TryGetValue(rig.DeviceId, out var starts) && starts == started;
        _startsSeen[rig.DeviceId] = started;
        return rig.IsOn && steady && server.Process is { IsWell: true } && !IsTroubled(rig.DeviceId, sinceMs, nowMs) && !IsInDeadZone(rig, sinceMs) && !IsInDeadZone(rig, nowMs);
    }

    /// <summary>Looks whether the server listened since an earlier look.</summary>
    public void Look(long nowMs)
    {
        // The start of a server is no outage of its.
        if (server.Process is null) _deafMs.Add(nowMs);
        else if (server.Starts != _serverStartsSeen && _serverStartsSeen > 0) _deafMs.Add(server.StartedMs);
        _serverStartsSeen = server.Starts;
    }

    private bool IsTroubled(string deviceId, long sinceMs, long nowMs) => !server.Faults.Healed && scenario.Faults.Any(fault =>
        Troubles.Contains(fault.Kind) && fault.FromMs <= nowMs && fault.ToMs >= sinceMs && (fault.DeviceId is null || fault.DeviceId == deviceId));

    private bool IsInDeadZone(InsoleRig rig, long timeMs)
    {
        if (server.Faults.Healed || scenario.Places.All.Count == 0) return false;
        var position = rig.Wearer.PositionAt(timeMs);
        return scenario.Places.Has(PlaceKind.DeadZone, position) || scenario.Places.Has(PlaceKind.Garage, position);
    }
}
