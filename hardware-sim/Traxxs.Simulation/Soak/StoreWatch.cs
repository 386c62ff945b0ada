using Traxxs.Protocol;
using Traxxs.Simulation.Storage;
using Traxxs.Store;

namespace Traxxs.Simulation.Soak;

/// <summary>Holds the reports on the server's disk against what was acknowledged to the insoles.</summary>
internal sealed class StoreWatch(SoakServer server, SoakFindings findings)
{
    private const int PageMax = 256;

    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private readonly Dictionary<(string DeviceId, int Epoch, long Sequence), StoredReport> _stored = [];
    private readonly Dictionary<(string DeviceId, int Epoch, long Sequence), byte[]> _acknowledged = [];
    private readonly Dictionary<string, HashSet<DateTimeOffset>> _heard = new(StringComparer.Ordinal);
    private long _position;
    private int _startsSeen;

    /// <summary>Reports in the store in the order stored.</summary>
    public IEnumerable<StoredReport> Stored => _stored.Values.OrderBy(stored => stored.Position);

    /// <summary>Reports that were acknowledged.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>A frame was acknowledged to its device.</summary>
    public void Note(string deviceId, byte[] frame)
    {
        // What is no report is acknowledged too, and kept elsewhere.
        if (_reader.Read(frame, 0, frame.Length, _report) != DecodeResult.Ok || !_report.HasIdentity) return;
        var key = (deviceId, (int)_report.Epoch, (long)_report.Sequence);
        _acknowledged[key] = frame;
        if (server.Process is null) return;
        ReadOn();
        Check(key, frame);
    }

    /// <summary>Whether the server heard a device after a time, until another.</summary>
    public bool WasHeard(string deviceId, DateTimeOffset after, DateTimeOffset until)
        => _heard.TryGetValue(deviceId, out var times) && times.Any(time => time > after && time <= until);

    /// <summary>Whether a report is stored as it was accepted.</summary>
    public bool Has(string deviceId, AcceptedFrame frame)
        => _stored.TryGetValue((deviceId, frame.Epoch, frame.Sequence), out var stored) && frame.IsStoredAs(stored.Report.Payload.ToArray());

    /// <summary>Reads what is new; after a death everything, and holds all that was ever acknowledged against it.</summary>
    public void Look()
    {
        if (server.Process is null) return;
        if (_startsSeen == server.Starts)
        {
            ReadOn();
            return;
        }

        _startsSeen = server.Starts;
        _stored.Clear();
        _position = 0;
        ReadOn();
        foreach (var (key, frame) in _acknowledged) Check(key, frame);
    }

    private void ReadOn()
    {
        while (server.Disk.Reports.ReadAfter(_position, PageMax) is { Count: > 0 } page)
        {
            foreach (var stored in page) Take(stored);
        }

        findings.Require(server.Counters.Conflicts == 0, SoakInvariant.StoredOnce, () => $"{server.Counters.Conflicts} frames came under a number that another report has");
    }

    private void Take(StoredReport stored)
    {
        var report = stored.Report;
        findings.Require(stored.Position > _position, SoakInvariant.StoredOnce, () => $"position {stored.Position} after {_position}");
        _position = Math.Max(_position + 1, stored.Position);
        findings.Require(_stored.TryAdd((report.DeviceId, report.Epoch, report.Sequence), stored), SoakInvariant.StoredOnce,
            () => $"{report.DeviceId} epoch {report.Epoch} report {report.Sequence} stands in the store twice");
        if (!_heard.TryGetValue(report.DeviceId, out var times)) _heard.Add(report.DeviceId, times = []);
        times.Add(DateTimeOffset.FromUnixTimeMilliseconds(report.ServerTimeMs));
    }

    private void Check((string DeviceId, int Epoch, long Sequence) key, byte[] frame)
        => findings.Require(_stored.TryGetValue(key, out var stored) && AcceptedFrame.IsStored(frame, stored.Report.Payload.ToArray()), SoakInvariant.AcknowledgedIsStored,
            () => $"{key.DeviceId} epoch {key.Epoch} report {key.Sequence} was acknowledged and is {(stored is null ? "not in the store" : "stored otherwise")}");
}
