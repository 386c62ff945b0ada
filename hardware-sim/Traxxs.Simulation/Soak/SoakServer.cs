using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Server;
using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// The server of a soak: a disk, at most one process that runs on it, and the sessions of that process. It has a schedule of its
/// own and is brought up to simulated time whenever a device or the run asks it anything.
/// </summary>
internal sealed class SoakServer : IDisposable
{
    /// <summary>Most downlink frames kept for a device; the broker's own bound is far higher, a device's needs far lower.</summary>
    public const int DownlinksMax = 256;

    private readonly Scenario _scenario;
    private readonly Func<long> _nowMs;
    private readonly List<PlannedFault> _armed = [];
    private readonly Dictionary<string, SoakSession> _sessions = new(StringComparer.Ordinal);
    // Outlives the process: the broker keeps sessions and what is on its way down on disk.
    private readonly Dictionary<string, Queue<byte[]>> _downlinks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _refusals = new(StringComparer.Ordinal);
    private long _downUntilMs;

    /// <summary>A server whose process has just started. <paramref name="nowMs"/> is the time of the run.</summary>
    public SoakServer(Scenario scenario, ulong seed, SoakParts parts, Func<long> nowMs)
    {
        _scenario = scenario;
        _nowMs = nowMs;
        Parts = parts;
        Scheduler = new Scheduler(new VirtualClock(scenario.Start));
        Time = new SoakTime(Scheduler.Clock, scenario);
        Random = DeterministicRandom.For(seed, "soak/server");
        Faults = new SoakFaults(scenario, seed);
        Fences = ModelServer.FencesOf(scenario);
        Disk = new SoakDisk(scenario.Store ?? SoakStore.Memory, seed, parts.Memory?.Invoke());
        foreach (var fault in scenario.Faults) Plan(fault);
        Start();
    }

    /// <summary>What stands in the place of its own parts.</summary>
    public SoakParts Parts { get; }

    /// <summary>What is due at the server.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>Its clock.</summary>
    public SoakTime Time { get; }

    /// <summary>Its chance.</summary>
    public DeterministicRandom Random { get; }

    /// <summary>What goes wrong on its side.</summary>
    public SoakFaults Faults { get; }

    /// <summary>The geofences in force.</summary>
    public GeofenceCatalog Fences { get; }

    /// <summary>What survives a death.</summary>
    public SoakDisk Disk { get; }

    /// <summary>Where notifications arrive.</summary>
    public SoakInbox Inbox { get; } = new();

    /// <summary>Counted over all lives of the process.</summary>
    public IngestCounters Counters { get; } = new();

    /// <summary>The process that runs; null while none does.</summary>
    public SoakProcess? Process { get; private set; }

    /// <summary>Deaths of the process.</summary>
    public int Kills { get; private set; }

    /// <summary>Lives of the process.</summary>
    public int Starts { get; private set; }

    /// <summary>When the last life began, ms of the run.</summary>
    public long StartedMs { get; private set; }

    /// <summary>Alerts are new or changed since somebody looked.</summary>
    public bool AlertsChanged { get; set; }

    /// <summary>Where it stands in simulated time, ms of the run.</summary>
    public long NowMs => Scheduler.Clock.NowMs;

    /// <summary>Most downlink frames that wait for a device.</summary>
    public int DownlinksWaiting => _downlinks.Values.Select(queue => queue.Count).DefaultIfEmpty().Max();

    /// <summary>Brings it up to the time of the run.</summary>
    public void Advance()
    {
        if (_nowMs() > NowMs) Scheduler.RunUntil(_nowMs());
    }

    /// <summary>Time has passed: the heartbeat.</summary>
    public void Tick()
    {
        Advance();
        Process?.Wake();
    }

    /// <summary>All faults are over: it runs, and goes on running.</summary>
    public void Heal()
    {
        Advance();
        Faults.Healed = true;
        _armed.Clear();
        if (Process is null) Start();
        else Disk.Service.LimitSize(null);
    }

    /// <summary>A device connects; an earlier session of its is taken over. Null: nobody is there.</summary>
    public SoakSession? Connect(string deviceId)
    {
        Advance();
        if (Process is not { } process) return null;
        if (_sessions.TryGetValue(deviceId, out var earlier)) earlier.End();
        var session = _sessions[deviceId] = new SoakSession(deviceId);
        process.DeviceCame(deviceId);
        return session;
    }

    /// <summary>A device says goodbye.</summary>
    public void Disconnect(SoakSession session)
    {
        session.End();
        if (_sessions.TryGetValue(session.DeviceId, out var standing) && standing == session) _sessions.Remove(session.DeviceId);
    }

    /// <summary>Whether a device has a session that stands.</summary>
    public bool IsConnected(string deviceId) => _sessions.TryGetValue(deviceId, out var session) && session.IsAlive;

    /// <summary>A frame arrives, once, twice or late. False: the connection is gone.</summary>
    public bool Receive(SoakSession session, int token, byte[] frame)
    {
        if (Faults.Find(FaultKind.FrameLate, NowMs, session.DeviceId) is { } late && Random.Next(100) < late.Percent)
        {
            Scheduler.After(late.Amount, () => Take(session, token, frame));
            return false;
        }

        session.Begin(token);
        Take(session, token, frame);
        if (Faults.Strikes(FaultKind.FrameTwice, NowMs, session.DeviceId)) Take(session, token, frame);
        return session.IsAlive;
    }

    /// <summary>When it would not keep a report of a device, ms of the run.</summary>
    public IReadOnlyList<long> RefusalsOf(string deviceId) => _refusals.TryGetValue(deviceId, out var times) ? times : [];

    /// <summary>Whether a downlink frame waits for a device.</summary>
    public bool HasDownlink(string deviceId) => _downlinks.TryGetValue(deviceId, out var queue) && queue.Count > 0;

    /// <summary>Takes it.</summary>
    public bool TryTakeDownlink(string deviceId, out byte[] frame)
    {
        frame = [];
        return _downlinks.TryGetValue(deviceId, out var queue) && queue.TryDequeue(out frame!);
    }

    /// <summary>A command is with the device's session.</summary>
    public void SendDown(string deviceId, byte[] frame)
    {
        if (!_downlinks.TryGetValue(deviceId, out var queue)) _downlinks.Add(deviceId, queue = new Queue<byte[]>());
        queue.Enqueue(frame);
    }

    /// <summary>The process comes to a moment. False: it has died there.</summary>
    public bool Passes(CrashMoment moment)
    {
        if (Process is null) return false;
        var index = _armed.FindIndex(fault => fault.Moment == moment);
        if (index < 0) return true;
        var crash = _armed[index];
        _armed.RemoveAt(index);
        Die(moment, NowMs + crash.Amount);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Process?.Die();
        Disk.Dispose();
    }

    private void Take(SoakSession session, int token, byte[] frame)
    {
        if (Process is not { } process) return;
        var taken = process.Ingest.TryTake(session.DeviceId, frame, (_, outcome) =>
        {
            // What cannot be kept is not acknowledged: the connection ends and the device sends it again.
            if (outcome == IngestOutcome.Unavailable) Refuse(session);
            else session.Acknowledge(token);
        }, null);
        if (!taken) Refuse(session);
    }

    private void Refuse(SoakSession session)
    {
        if (!_refusals.TryGetValue(session.DeviceId, out var times)) _refusals.Add(session.DeviceId, times = []);
        times.Add(NowMs);
        Disconnect(session);
    }

    private void Plan(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.ServerKill:
                Scheduler.At(fault.FromMs, () => { if (!Faults.Healed) Die(null, fault.ToMs); });
                break;
            case FaultKind.ServerCrash:
                Scheduler.At(fault.FromMs, () => { if (!Faults.Healed) _armed.Add(fault); });
                break;
            case FaultKind.SessionTakeover:
                Scheduler.At(fault.FromMs, () => TakeOver(fault.DeviceId));
                break;
            case FaultKind.JournalFull:
                Scheduler.At(fault.FromMs, LimitService);
                Scheduler.At(fault.ToMs, LimitService);
                break;
        }
    }

    private void TakeOver(string? deviceId)
    {
        if (Faults.Healed) return;
        foreach (var device in _scenario.Devices.Where(device => deviceId is null || device.Id == deviceId))
        {
            if (_sessions.TryGetValue(device.Id, out var session)) Disconnect(session);
        }
    }

    // A page is the least a file can be held to: from here on it cannot grow.
    private void LimitService()
    {
        if (Process is not null) Disk.Service.LimitSize(Faults.Find(FaultKind.JournalFull, NowMs) is null ? null : 1);
    }

    private void Die(CrashMoment? moment, long untilMs)
    {
        _downUntilMs = Math.Max(_downUntilMs, untilMs);
        Scheduler.At(untilMs, Start);
        if (Process is not { } process) return;
        Kills++;
        Process = null;
        process.Die();
        foreach (var session in _sessions.Values) session.End();
        _sessions.Clear();
        Disk.Die(moment);
    }

    private void Start()
    {
        if (Process is not null || (NowMs < _downUntilMs && !Faults.Healed)) return;
        Disk.Open();
        Process = new SoakProcess(this);
        Starts++;
        StartedMs = NowMs;
        LimitService();
    }
}
