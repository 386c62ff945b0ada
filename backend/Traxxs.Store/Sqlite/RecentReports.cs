namespace Traxxs.Store.Sqlite;

/// <summary>
/// The newest committed reports as they were appended. Who follows the log closely, as dispatcher and rules do, gets them
/// from here: no file is read, no payload copied, and what the appender knew of a report is still there
/// (<see cref="ReportRecord.Decoded"/>). Who is behind reads the file.
/// </summary>
internal sealed class RecentReports(int countMax)
{
    /// <summary>Bytes of payload kept: the usual report has 20 to 70, so that this holds off the unusual ones only.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly StoredReport[] _ring = new StoredReport[countMax];
    private int _first, _count;
    private long _floor; // everything committed behind this position is in the ring
    private long _lastPosition;
    private long _bytes;

    /// <summary>Position of the last committed report.</summary>
    public long LastPosition => Volatile.Read(ref _lastPosition);

    /// <summary>Forgets all and begins behind a position: after opening and reopening the file.</summary>
    public void Reset(long lastPosition)
    {
        lock (_lock)
        {
            Array.Clear(_ring);
            (_first, _count, _bytes) = (0, 0, 0);
            _floor = lastPosition;
            Volatile.Write(ref _lastPosition, lastPosition);
        }
    }

    /// <summary>Takes in what one commit stored, in its order; duplicates and refused frames of the group are passed over.</summary>
    public void Add(List<PendingAppend> group, List<AppendResult> results)
    {
        lock (_lock)
        {
            for (var i = 0; i < group.Count; i++)
            {
                if (group[i].Report is { } report && results[i].Outcome == AppendOutcome.Stored) Add(new StoredReport(results[i].Position, report));
            }
        }
    }

    /// <summary>Reports behind a position, at most <paramref name="limit"/>; false where some of them are in the file only.</summary>
    public bool TryReadAfter(long position, int limit, out List<StoredReport> found)
    {
        found = [];
        lock (_lock)
        {
            if (position < _floor) return false;
            for (var i = IndexBehind(position); i < _count && found.Count < limit; i++) found.Add(At(i));
            return true;
        }
    }

    private void Add(StoredReport report)
    {
        Volatile.Write(ref _lastPosition, report.Position);
        if (countMax == 0)
        {
            _floor = report.Position;
            return;
        }

        while (_count == countMax || _count > 0 && _bytes + report.Report.Payload.Length > BytesMax) DropOldest();
        _count++;
        At(_count - 1) = report;
        _bytes += report.Report.Payload.Length;
    }

    private void DropOldest()
    {
        ref var oldest = ref At(0);
        _floor = oldest.Position;
        _bytes -= oldest.Report.Payload.Length;
        oldest = null!;
        _first = (_first + 1) % countMax;
        _count--;
    }

    private int IndexBehind(long position)
    {
        int from = 0, to = _count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (At(middle).Position > position) to = middle;
            else from = middle + 1;
        }

        return from;
    }

    private ref StoredReport At(int index) => ref _ring[(_first + index) % countMax];
}
