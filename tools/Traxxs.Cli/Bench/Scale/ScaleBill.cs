namespace Traxxs.Cli.Bench.Scale;

/// <summary>What a phase cost, out of the accounts before and after.</summary>
internal static class ScaleBill
{
    private const double Per = 100_000;
    private const double BusyPercent = 90;      // what is left are moments in which everybody waits for a disk
    private const double InLinePercent = 50;

    /// <summary>The bill of a phase at full speed. Times are s from the first report on.</summary>
    public static FullResult Of(int fixes, ScaleAnswer sent, double storedS, double evaluatedS, ScaleAccount before, ScaleAccount after, double lineWaitPercent)
    {
        var positions = (double)sent.Count * fixes;
        var cpu = CpuOf(before, after, positions / Per);
        var busy = Math.Round(100 * (after.Machine.Busy - before.Machine.Busy) / (after.Machine.All - before.Machine.All), 1);
        return new FullResult(fixes, sent.Count, Math.Round(sent.Within * fixes / sent.Seconds), Math.Round(positions / storedS), Math.Round(positions / evaluatedS), sent.P50Ms, sent.P99Ms,
            cpu, DiskOf(before, after, positions), PerPosition(before.NetworkBytes, after.NetworkBytes, positions), Math.Round(sent.FrameBytes / positions, 2),
            busy, lineWaitPercent, CeilingOf(cpu, busy, lineWaitPercent, sent.Within * fixes / sent.Seconds, positions / storedS));
    }

    /// <summary>CPU s by process, for so many units.</summary>
    public static IReadOnlyDictionary<string, double> CpuOf(ScaleAccount before, ScaleAccount after, double units) =>
        after.Processes.ToDictionary(pair => pair.Key, pair => Math.Round((pair.Value.CpuSeconds - before.Processes[pair.Key].CpuSeconds) / Math.Max(units, 1e-9), 3));

    /// <summary>The same without what stands still for so many minutes takes, by its CPU s a minute.</summary>
    public static IReadOnlyDictionary<string, double> CpuOf(ScaleAccount before, ScaleAccount after, double units, IReadOnlyDictionary<string, double> standing, double minutes) =>
        CpuOf(before, after, units).ToDictionary(pair => pair.Key, pair => Math.Max(0, Math.Round(pair.Value - (standing.GetValueOrDefault(pair.Key) * minutes / units), 3)));

    private static Dictionary<string, double> DiskOf(ScaleAccount before, ScaleAccount after, double positions)
    {
        var bytes = after.Processes.Where(pair => pair.Key is "rabbitmq" or "postgres" or "server")
            .ToDictionary(pair => $"{pair.Key} written", pair => pair.Value.WrittenBytes - before.Processes[pair.Key].WrittenBytes);
        bytes["store"] = after.StoreBytes - before.StoreBytes;
        if (after.LogBytes > 0) bytes["log"] = after.LogBytes - before.LogBytes;
        return bytes.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value / positions, 1));
    }

    private static Dictionary<string, double> PerPosition(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after, double positions) =>
        after.Where(pair => pair.Value > 0).ToDictionary(pair => pair.Key, pair => Math.Round((pair.Value - before.GetValueOrDefault(pair.Key)) / positions, 1));

    private static string CeilingOf(IReadOnlyDictionary<string, double> cpu, double busyPercent, double lineWaitPercent, double acknowledgedPerSecond, double storedPerSecond)
    {
        var (all, most) = (cpu.Values.Sum(), cpu.Where(pair => pair.Key != "load").MaxBy(pair => pair.Value));
        var share = $"{most.Key} takes {100 * most.Value / all:0} % of the work, the load program {100 * cpu["load"] / all:0} %";
        var limit = busyPercent >= BusyPercent ? $"the machine's cores ({busyPercent:0} % busy)"
            : lineWaitPercent >= InLinePercent ? $"the line of commits in PostgreSQL (a writer waits in {lineWaitPercent:0} % of the looks)"
            : $"waiting, for the disk above all (cores {busyPercent:0} % busy)";
        var slower = acknowledgedPerSecond > storedPerSecond * 1.1 ? "; the store's side is slower than RabbitMQ takes reports" : "";
        return $"{limit}; {share}{slower}";
    }
}
