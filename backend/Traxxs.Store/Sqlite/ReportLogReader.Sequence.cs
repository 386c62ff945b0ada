namespace Traxxs.Store.Sqlite;

/// <summary>Reading by sequence: the order in which a device closed its reports.</summary>
internal sealed partial class ReportLogReader
{
    public List<StoredReport> ReadBySequence(ReportLog log, string deviceId, int epoch, long fromSequence, int limit)
    {
        var found = new List<StoredReport>();
        if (!log.Numberings.TryFind(deviceId, epoch, out var numbering)) return found;
        var view = Look(log, deviceId);
        try
        {
            // A chunk has a report at least, though one that came after this query began does not count: look on until enough.
            for (var number = Chunk.NumberOf(fromSequence); found.Count < limit;)
            {
                var numbers = ChunkNumbers(view, numbering, number, limit);
                if (numbers.Count == 0) break;
                foreach (var next in numbers) AddFrom(view, numbering, next, fromSequence, limit, found);
                number = numbers[^1] + 1;
            }

            return found;
        }
        finally
        {
            Leave();
        }
    }

    public List<Numbering> ReadNumberings(ReportLog log, string deviceId)
    {
        var found = new List<Numbering>();
        var view = Look(log, deviceId);
        try
        {
            foreach (var numbering in view.Numberings)
            {
                var first = FirstThere(view, numbering, ChunkNumbers(view, numbering, 0, 1), positions => positions);
                var last = FirstThere(view, numbering, ChunkNumbersBack(view, numbering), positions => positions.Reverse());
                if (first is null || last is null) continue;
                found.Add(new Numbering(log.Numberings.NameOf(numbering).Epoch, first.Report.Sequence, last.Report.Sequence));
            }

            return found;
        }
        finally
        {
            Leave();
        }
    }

    // Of chunks in an order, the first report there is; what was erased is not.
    private StoredReport? FirstThere(View view, int numbering, IEnumerable<long> numbers, Func<IEnumerable<long>, IEnumerable<long>> order) =>
        numbers.SelectMany(number => order(PositionsOf(view, numbering, number))).Select(position => ReadAt(view.Log, position)).FirstOrDefault(report => report is not null);

    private void AddFrom(View view, int numbering, long number, long fromSequence, int limit, List<StoredReport> found)
    {
        foreach (var position in PositionsOf(view, numbering, number))
        {
            if (found.Count >= limit) return;
            if (ReadAt(view.Log, position) is { } report && report.Report.Sequence >= fromSequence) found.Add(report);
        }
    }

    // Numbers of chunks from one on, in memory and in the database together, at most about `limit` of each.
    private List<long> ChunkNumbers(View view, int numbering, long from, int limit)
    {
        var stored = new List<long>();
        _chunksFrom.Bind(1, numbering).Bind(2, from).Bind(3, limit);
        while (_chunksFrom.Step()) stored.Add(_chunksFrom.Int64(0));
        // Behind the last stored one looked at there may be more: what is in memory beyond it waits for the next look.
        var through = stored.Count < limit ? long.MaxValue : stored[^1];
        var unwritten = view.Unwritten.Values.Where(chunk => chunk.Numbering == numbering && chunk.Number >= from && chunk.Number <= through).Select(chunk => chunk.Number);
        return stored.Union(unwritten).Order().ToList();
    }

    // The last one first; what only came after this query began leaves its chunk empty, so the one before is asked too.
    private IEnumerable<long> ChunkNumbersBack(View view, int numbering)
    {
        var numbers = view.Unwritten.Values.Where(chunk => chunk.Numbering == numbering).Select(chunk => chunk.Number).ToHashSet();
        _chunksBack.Bind(1, numbering);
        while (_chunksBack.Step()) numbers.Add(_chunksBack.Int64(0));
        return numbers.OrderDescending();
    }
}
