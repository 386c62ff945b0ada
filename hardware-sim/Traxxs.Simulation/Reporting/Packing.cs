namespace Traxxs.Simulation.Reporting;

/// <summary>Puts things that last into as few rows as keep them apart.</summary>
internal static class Packing
{
    /// <summary>Most rows; what finds none goes over the last.</summary>
    private const int RowsMax = 12;

    public static List<List<T>> Rows<T>(IReadOnlyList<T> things, Func<T, (long FromMs, long ToMs)> spanOf)
    {
        var rows = new List<(List<T> Things, long FreeMs)>();
        foreach (var thing in things.OrderBy(thing => spanOf(thing).FromMs))
        {
            var (fromMs, toMs) = spanOf(thing);
            var index = rows.FindIndex(row => row.FreeMs <= fromMs);
            if (index < 0 && rows.Count < RowsMax) rows.Add(([thing], toMs));
            else
            {
                index = index < 0 ? rows.Count - 1 : index;
                rows[index].Things.Add(thing);
                rows[index] = rows[index] with { FreeMs = toMs };
            }
        }

        return [.. rows.Select(row => row.Things)];
    }
}
