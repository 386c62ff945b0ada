using System.Collections.Immutable;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.World;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Server;

/// <summary>
/// The server's own synchronous cores in simulated time: identify, store once, evaluate the rules, promise proofs. No
/// sockets, no disk, no threads; what the same reports in the same order come to is the same on every run.
/// </summary>
public sealed class ModelServer : IModelServer, IFixHistory
{
    /// <summary>How often the rules look at the time, ms.</summary>
    public const int HeartbeatMs = 5000;

    private readonly AlertEngine _engine;
    private readonly Func<DateTimeOffset> _now;
    private readonly DateTimeOffset _listeningSince;
    private readonly Dictionary<(string DeviceId, int Epoch, long Sequence), StoredFrame> _stored = [];
    private readonly List<AcceptedReport> _reports = [];
    private readonly Dictionary<string, Queue<byte[]>> _downlinks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Alert> _alerts = new(StringComparer.Ordinal);
    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private uint _commandId;

    /// <summary>An empty server; <paramref name="now"/> is simulated time.</summary>
    public ModelServer(Places places, Func<DateTimeOffset> now)
    {
        _now = now;
        _listeningSince = now();
        var fences = new GeofenceCatalog { Current = [.. places.All.Where(place => place.Kind == PlaceKind.Geofence).Select(Fence)] };
        _engine = new AlertEngine(AlertRules.All(new RuleOptions(), fences, this), [], 0);
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

    /// <summary>Alerts in the order raised.</summary>
    public List<Alert> Alerts { get; } = [];

    /// <inheritdoc/>
    public void Receive(string deviceId, ReadOnlyMemory<byte> frame)
    {
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

        var record = new ReportRecord(deviceId, key.Item2, key.Item3, _now().ToUnixTimeMilliseconds(), null, null, null, _report.FixCount, bytes);
        var report = AcceptedReport.From(new StoredReport(_reports.Count + 1, record))!;
        _stored.Add(key, new StoredFrame(bytes, report));
        _reports.Add(report);
        Commit(_engine.Evaluate([report], report.Position, _now()));
    }

    /// <summary>Time has passed.</summary>
    public void Tick() => Commit(_engine.Tick(_now(), _listeningSince));

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected)
    {
    }

    /// <inheritdoc/>
    public bool HasDownlink(string deviceId) => _downlinks.TryGetValue(deviceId, out var queue) && queue.Count > 0;

    /// <inheritdoc/>
    public bool TryTakeDownlink(string deviceId, out byte[] frame)
    {
        frame = [];
        return _downlinks.TryGetValue(deviceId, out var queue) && queue.TryDequeue(out frame!);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition)
        => [.. _reports.Where(report => report.DeviceId == deviceId && report.Position <= throughPosition)
            .SelectMany(report => report.Fixes).Where(fix => fix.FixTime >= from && fix.FixTime <= to).OrderBy(fix => fix.FixTime)];

    private void Commit(AlertBatch batch)
    {
        _engine.Confirm(batch);
        foreach (var alert in batch.Raised)
        {
            if (_alerts.TryAdd(alert.Id, alert)) Alerts.Add(alert);
        }

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

    private static Geofence Fence(Place place)
    {
        GeofenceShape shape = place.Polygon.Count == 0
            ? new CircleShape(Point(place.Centre), place.RadiusM)
            : new PolygonShape([[.. place.Polygon.Select(Point), Point(place.Polygon[0])]]);
        return new Geofence(place.Name, 1, place.Name, shape, FenceCrossings.Leave, AlertSeverity.High, ImmutableArray<string>.Empty);
    }

    private static Traxxs.Server.Alerts.Geofences.GeoPoint Point(World.GeoPoint point) => new(point.Latitude, point.Longitude);
}

/// <summary>A report as stored.</summary>
/// <param name="Frame">Its bytes.</param>
/// <param name="Report">Decoded.</param>
public sealed record StoredFrame(byte[] Frame, AcceptedReport Report);
