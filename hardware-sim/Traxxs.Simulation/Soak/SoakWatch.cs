using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Soak;

/// <summary>Looks at insoles, store and alerts at every tick, and keeps the first thing that does not hold.</summary>
internal sealed class SoakWatch
{
    private readonly SimulationRun _run;
    private readonly SoakServer _server;
    private readonly SoakFindings _findings;
    private readonly SpeakingTime _speaking;
    private readonly DeviceWatch[] _devices;
    private long _lookedMs;

    /// <summary>Watches a run and its server.</summary>
    public SoakWatch(SimulationRun run, SoakServer server)
    {
        _run = run;
        _server = server;
        _findings = new SoakFindings(() => run.NowMs);
        _speaking = new SpeakingTime(run.Scenario, server);
        Store = new StoreWatch(server, _findings);
        Alarms = new AlarmWatch(server, _speaking, _findings, run.Scenario.Start);
        _devices = [.. run.Rigs.Select(rig => new DeviceWatch(rig, new FlashFaults(server.Parts.Told(run.Scenario), rig.DeviceId), _findings))];
    }

    /// <summary>The first thing that does not hold; null while all does.</summary>
    public SoakViolation? Violation => _findings.First;

    /// <summary>Reports on the server's disk.</summary>
    public StoreWatch Store { get; }

    /// <summary>Alarms and alerts.</summary>
    public AlarmWatch Alarms { get; }

    /// <summary>Looks taken.</summary>
    public int Ticks { get; private set; }

    /// <summary>Whether the rules have read all that is stored, and every alert was told.</summary>
    public bool IsQuiet => _server.Process is { IsWell: true } process && process.Cursor == _server.Disk.Reports.LastPosition && Alarms.AllTold;

    /// <summary>A tick.</summary>
    public void Look()
    {
        if (Violation is not null) return;
        Ticks++;
        var nowMs = _run.NowMs;
        Store.Look();
        _speaking.Look(nowMs);
        foreach (var device in _devices)
        {
            foreach (var alarm in device.Look(Store)) Alarms.Note(device.Rig, alarm, () => device.MayHaveLost(alarm.Frame));
        }

        var spoke = _run.Rigs.ToDictionary(rig => rig.DeviceId, rig => _speaking.CouldSpeak(rig, _lookedMs, nowMs), StringComparer.Ordinal);
        Alarms.Look(Store, rig => spoke[rig.DeviceId], nowMs - _lookedMs);
        CheckServer();
        _lookedMs = nowMs;
    }

    /// <summary>The world is healed and the insoles have had their time.</summary>
    public void LookAtEnd()
    {
        Look();
        if (Violation is not null) return;
        _findings.Require(_run.AllDelivered, SoakInvariant.AllComesThrough, () => string.Join("; ", _run.Rigs.Where(rig => !rig.IsReady || rig.Waiting > 0).Select(Describe)));
        foreach (var device in _devices)
        {
            _findings.Require(device.Unstored.Count <= device.LostMax, SoakInvariant.AcceptedIsKept,
                () => $"{device.Rig.DeviceId}: {device.Unstored.Count} accepted reports are nowhere at the end, the first is {device.Unstored[0].Epoch}/{device.Unstored[0].Sequence}");
        }

        _findings.Require(_server.Process is { IsWell: true } process && process.Cursor == _server.Disk.Reports.LastPosition, SoakInvariant.AllComesThrough,
            () => $"the rules stand at {_server.Process?.Cursor} of {_server.Disk.Reports.LastPosition}: {_server.Process?.Trouble}");
        Alarms.LookAtEnd(Store);
    }

    private void CheckServer()
    {
        _findings.Require((_server.Process?.Queued ?? 0) <= FaultyReportStore.QueueMax, SoakInvariant.QueuesAreBounded, () => $"{_server.Process!.Queued} appends wait for a commit");
        _findings.Require(_server.DownlinksWaiting <= SoakServer.DownlinksMax, SoakInvariant.QueuesAreBounded, () => $"{_server.DownlinksWaiting} frames wait for one device");
    }

    private static string Describe(InsoleRig rig) => $"{rig.DeviceId} has {rig.Waiting} reports left{(rig.IsReady ? "" : ", and is not ready")}{(rig.IsOn ? "" : ": it has no supply")}";
}
