namespace Traxxs.Cli.Replay;

/// <summary>What the comparison found.</summary>
/// <param name="StoredReports">Reports of this replay the server holds.</param>
/// <param name="ReadBackFixes">Positions of this replay it gave back.</param>
/// <param name="Mismatches">Positions that are missing, doubled or different.</param>
internal readonly record struct ReplayCheckResult(long StoredReports, long ReadBackFixes, long Mismatches)
{
    public static ReplayCheckResult operator +(ReplayCheckResult a, ReplayCheckResult b) =>
        new(a.StoredReports + b.StoredReports, a.ReadBackFixes + b.ReadBackFixes, a.Mismatches + b.Mismatches);
}

/// <summary>Compares what was sent with what the API gives back: positions at 1e-5 degrees, seconds exactly, each once.</summary>
internal static class ReplayCheck
{
    public static ReplayCheckResult Compare(ReplayDevice device, IEnumerable<ApiPosition> positions)
    {
        // How many more were sent than came back, by place and second: 0 everywhere where all is well.
        var balance = new Dictionary<(uint, int, int), long>();
        foreach (var point in device.Points) Add((point.TimeS, point.LatitudeE5, point.LongitudeE5), 1);
        var reports = new HashSet<(int, long)>();
        long readBack = 0;
        foreach (var position in positions)
        {
            if (!device.Epochs.Contains(position.Epoch)) continue; // an earlier replay with other blocks
            readBack++;
            reports.Add((position.Epoch, position.Sequence));
            Add((position.TimeS, position.LatitudeE5, position.LongitudeE5), -1);
        }

        return new ReplayCheckResult(reports.Count, readBack, balance.Values.Sum(Math.Abs));

        void Add((uint, int, int) key, long count) => balance[key] = balance.GetValueOrDefault(key) + count;
    }
}
