namespace Traxxs.Simulation.Traces;

/// <summary>Stretches of time in which something holds, ascending, ends not included, ms.</summary>
internal sealed class Intervals
{
    private const int LookEveryMs = 250;    // What holds for less than this may be missed: 35 cm of a walk.

    private readonly long[] _edges;         // holds from the first to the second, from the third to the fourth...

    public Intervals(IEnumerable<long> edges)
    {
        _edges = [.. edges];
        var ascends = _edges.Length % 2 == 0 && _edges.Zip(_edges.Skip(1), static (a, b) => a < b).All(static rises => rises);
        if (!ascends) throw new InvalidDataException("intervals ascend and have two ends each");
    }

    public IReadOnlyList<long> Edges => _edges;

    public bool Hold(long timeMs)
    {
        var at = Array.BinarySearch(_edges, timeMs);
        return (at >= 0 ? at + 1 : ~at) % 2 == 1;
    }

    /// <summary>Asks when something holds until a time; edges to the millisecond.</summary>
    public static Intervals Record(Func<long, bool> holds, long endMs)
    {
        var edges = new List<long>();
        var before = false;
        for (long fromMs = 0; fromMs <= endMs; fromMs += LookEveryMs)
        {
            var now = holds(fromMs);
            if (now == before) continue;
            edges.Add(fromMs == 0 ? 0 : Edge(holds, fromMs - LookEveryMs, fromMs, now));
            before = now;
        }

        if (before) edges.Add(long.MaxValue);
        return new Intervals(edges);
    }

    private static long Edge(Func<long, bool> holds, long low, long high, bool now)
    {
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (holds(middle) == now) high = middle;
            else low = middle;
        }

        return high;
    }
}
