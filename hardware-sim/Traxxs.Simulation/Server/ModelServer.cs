using System.Collections.Immutable;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Server;

/// <summary>
/// The server's own synchronous cores in simulated time: identify, store once, evaluate the rules, promise proofs, and people who
/// deal with alerts. No sockets, no disk, no threads; what the same reports in the same order come to is the same on every run.
/// </summary>
public sealed class ModelServer : IModelServer, IFixHistory
{
    /// <summary>How often the rules look at the time, ms.</summary>
    public const int HeartbeatMs = 5000;

    private readonly Scenario _scenario;
    private readonly Func<DateTimeOffset> _trueTime;
    private readonly GeofenceCatalog _fences;
    private readonly Dictionary<(string DeviceId, int Epoch, long Sequence), StoredFrame> _stored = [];
    private readonly List<AcceptedReport> _reports = [];
    private readonly Dictionary<string, Queue<byte[]>> _downlinks = new(StringComparer.Ordinal);
    private readonly AlertBoard _board = new();
    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private readonly UpdateOffers _offers;
    private AlertEngine _engine;
    private DateTimeOffset _listeningSince;
    private bool _killed;
    private uint _commandId;

    /// <summary>An empty server; <paramref name="trueTime"/> is simulated time, which its own clock may leave.</summary>
    public ModelServer(Scenario scenario, Func<DateTimeOffset> trueTime)
    {
        _scenario = scenario;
        _trueTime = trueTime;
        _fences = FencesOf(scenario);
        _offers = new UpdateOffers(scenario, trueTime, () => ++_commandId);
        _engine = NewEngine([], 0);
        _listeningSince = Now;
    }

    /// <summary>Reports stored, one for each (device, epoch, sequence).</summary>
    public IReadOnlyDictionary<(string DeviceId, int Epoch, long Sequence), StoredFrame> Stored => _stored;

    /// <summary>Stored reports decoded, in order of arrival.</summary>
    public IReadOnlyList<AcceptedReport> Reports => _reports;

    /// <summary>Frames that came again after they were stored: the price of at-least-once delivery, not a doubled report.</summary>
    public int Repeats { get; private set; }

    /// <summary>Frames of another content under a number that was taken.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Frames that could not be read.</summary>
    public int Rejected { get; private set; }

    /// <summary>Times the process began anew.</summary>
    public int Restarts { get; private set; }

    /// <summary>Alerts in the order raised, as they stand.</summary>
    public IReadOnlyList<Alert> Alerts => _board.All;

    /// <summary>Firmware images in the order offered, and how each came out.</summary>
    public IReadOnlyList<DeviceUpdate> Updates => _offers.All;

    // The server's own clock.
    private DateTimeOffset Now
    {
        get
        {
            var now = _trueTime();
            var sinceMs = (long)(now - _scenario.Start).TotalMilliseconds;
            return now.AddSeconds(_scenario.Faults.Where(fault => fault.Kind == FaultKind.ServerClockJump && fault.FromMs <= sinceMs).Sum(fault => (long)fault.Amount));
        }
    }

    private bool IsDown
    {
        get
        {
            var sinceMs = (long)(_trueTime() - _scenario.Start).TotalMilliseconds;
            return _scenario.Faults.Any(fault => fault.Kind == FaultKind.ServerKill && fault.HoldsAt(sinceMs));
        }
    }

    /// <inheritdoc/>
    public void Receive(string deviceId, ReadOnlyMemory<byte> frame)
    {
        RestartIfDue();
        var bytes = frame.ToArray();
        if (_reader.Read(bytes, 0, bytes.Length, _report) != DecodeResult.Ok || !_report.HasIdentity)
        {
            Rejected++;
            return;
        }

        var key = (deviceId, (int)_report.Epoch, (long)_report.Sequence);
        if (_stored.TryGetValue(key, out var known))
        {
            if (known.Frame.AsSpan().SequenceEqual(bytes)) Repeats++;
            else Conflicts++;
            return;
        }

        var record = new ReportRecord(deviceId, key.Item2, key.Item3, Now.ToUnixTimeMilliseconds(), null, null, null, _report.FixCount, bytes);
        var report = AcceptedReport.From(new StoredReport(_reports.Count + 1, record))!;
        _stored.Add(key, new StoredFrame(bytes, report, _trueTime()));
        _reports.Add(report);
        _offers.Heed(report);
        Commit(_engine.Evaluate([report], report.Position, Now));
    }

    /// <summary>Time has passed.</summary>
    public void Tick()
    {
        if (IsDown)
        {
            _killed = true;
            return;
        }

        RestartIfDue();
        _offers.Tick();
        Commit(_engine.Tick(Now, _listeningSince));
        foreach (var acknowledged in _board.LetPeopleAct(_scenario.Supervisors, Now))
        {
            if (acknowledged is { Epoch: { } epoch, Sequence: { } sequence }) Tell(acknowledged.DeviceId, CommandCode.AlarmAcknowledged, epoch, sequence);
        }
    }

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected)
    {
        if (connected) _offers.Arrived(deviceId);
    }

    /// <inheritdoc/>
    public bool HasDownlink(string deviceId) => (_downlinks.TryGetValue(deviceId, out var queue) && queue.Count > 0) || _offers.HasFrame(deviceId);

    /// <inheritdoc/>
    public bool TryTakeDownlink(string deviceId, out byte[] frame)
    {
        if (_downlinks.TryGetValue(deviceId, out var queue) && queue.TryDequeue(out frame!)) return true;
        frame = _offers.TakeFrame(deviceId) ?? [];
        return frame.Length > 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition)
        => [.. _reports.Where(report => report.DeviceId == deviceId && report.Position <= throughPosition)
            .SelectMany(report => report.Fixes).Where(fix => fix.FixTime >= from && fix.FixTime <= to).OrderBy(fix => fix.FixTime)];

    // A new process goes on with what the old one had committed; nobody was listening meanwhile.
    private void RestartIfDue()
    {
        if (!_killed || IsDown) return;
        _killed = false;
        Restarts++;
        var devices = _reports.Select(report => report.DeviceId).Distinct();
        _engine = NewEngine([.. devices.Select(id => KeyValuePair.Create(id, _engine.StateOf(id)))], _engine.Cursor);
        _listeningSince = Now;
    }

    private AlertEngine NewEngine(IReadOnlyList<KeyValuePair<string, DeviceRuleState>> states, long cursor)
        => new(AlertRules.All(new RuleOptions(), _fences, this), states, cursor);

    private void Commit(AlertBatch batch)
    {
        _engine.Confirm(batch);
        _board.Take(batch);
        foreach (var proof in batch.Proofs) Tell(proof.DeviceId, CommandCode.AlarmReceived, proof.Epoch, proof.Sequence);
    }

    private void Tell(string deviceId, CommandCode code, int epoch, long sequence)
    {
        var command = new Command { Id = ++_commandId, Code = code, Epoch = (ushort)epoch, Sequence = (uint)sequence };
        var buffer = new byte[CommandFrame.FrameSizeMax];
        var length = CommandFrame.Write(command, buffer, 0);
        if (!_downlinks.TryGetValue(deviceId, out var queue)) _downlinks.Add(deviceId, queue = new Queue<byte[]>());
        queue.Enqueue(buffer[..length]);
    }

    /// <summary>The geofences of a scenario's places.</summary>
    internal static GeofenceCatalog FencesOf(Scenario scenario)
        => new() { Current = [.. scenario.Places.All.Where(place => place.Kind == PlaceKind.Geofence).Select(Fence)] };

    private static Geofence Fence(Place place)
    {
        GeofenceShape shape = place.Polygon.Count == 0
            ? new CircleShape(Point(place.Centre), place.RadiusM)
            : new PolygonShape([[.. place.Polygon.Select(Point), Point(place.Polygon[0])]]);
        var crossings = place.Alert switch { FenceAlert.Enter => FenceCrossings.Enter, FenceAlert.Both => FenceCrossings.Enter | FenceCrossings.Leave, _ => FenceCrossings.Leave };
        return new Geofence(place.Name, 1, place.Name, shape, crossings, AlertSeverity.High, ImmutableArray<string>.Empty);
    }

    private static Traxxs.Server.Alerts.Geofences.GeoPoint Point(World.GeoPoint point) => new(point.Latitude, point.Longitude);
}

/// <summary>A report as stored.</summary>
/// <param name="Frame">Its bytes.</param>
/// <param name="Report">Decoded.</param>
/// <param name="ArrivedAt">When it came, by true time.</param>
public sealed record StoredFrame(byte[] Frame, AcceptedReport Report, DateTimeOffset ArrivedAt);
