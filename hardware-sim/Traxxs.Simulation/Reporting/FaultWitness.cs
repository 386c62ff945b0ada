namespace Traxxs.Simulation.Reporting;

/// <summary>What a run shows while a planned fault holds, and shortly after.</summary>
internal static class FaultWitness
{
    // What a fault does shows within this after it, ms: the time of a few retries.
    private const long AfterMs = 120_000;

    /// <summary>In a sentence; "nothing out of the ordinary" where there is nothing.</summary>
    public static string Saw(RunPlots run, PlotFault fault)
    {
        var devices = run.Devices.Where(device => fault.Strikes(device.DeviceId)).ToList();
        var (fromMs, toMs) = (fault.FromMs, Math.Min(run.EndMs, fault.ToMs + AfterMs));
        List<string> seen = [];
        Count(devices.Sum(d => d.LinkFailures.Count(Within)), "failure of the link", "failures of the link");
        Count(devices.Sum(d => d.Events.Count(e => e.What == "started" && Within(e.TimeMs))), "start of the firmware", "starts of the firmware");
        Fixes();
        Reports();
        foreach (var text in devices.SelectMany(d => d.Events).Where(e => e.What == "alarm" && Within(e.TimeMs) || e.What == "trouble" && Within(e.TimeMs)).Select(e => e.Text).Distinct().Take(4)) seen.Add(text);
        foreach (var rule in devices.SelectMany(d => d.Alerts).Where(alert => Within(alert.RaisedMs)).GroupBy(alert => alert.Rule)) seen.Add($"{rule.Count()} × alert {rule.Key}");
        return seen.Count > 0 ? string.Join("; ", seen) : "nothing out of the ordinary";

        bool Within(long timeMs) => timeMs >= fromMs && timeMs <= toMs;

        void Count(int count, string one, string many)
        {
            if (count > 0) seen.Add(PlotWords.Count(count, one, many));
        }

        void Fixes()
        {
            if (!fault.Kind.StartsWith("gnss", StringComparison.Ordinal)) return;
            var fixes = devices.SelectMany(d => d.Fixes).Where(fix => fix.TimeMs >= fromMs && fix.TimeMs < fault.ToMs).ToList();
            seen.Add(fixes.Count == 0 ? "no fix of that time" : $"{PlotWords.Count(fixes.Count, "fix", "fixes")}, up to {PlotWords.Number(fixes.Max(fix => fix.ErrorM), "0")} m off");
        }

        void Reports()
        {
            var waited = devices.SelectMany(d => d.Reports).Where(report => report.TimeMs >= fromMs && report.TimeMs <= Math.Max(toMs - AfterMs, fromMs)).ToList();
            if (waited.Count == 0) return;
            var longest = waited.Where(report => report.StoredMs is not null).Select(report => (report.StoredMs!.Value - report.TimeMs) / 1000.0).DefaultIfEmpty(-1).Max();
            var missing = waited.Count(report => report.StoredMs is null);
            seen.Add($"{PlotWords.Count(waited.Count, "report", "reports")} accepted meanwhile, {(!run.ServerSeen ? "storage not seen from here" : longest < 0 ? "none stored" : $"stored after up to {PlotWords.Span(longest)}")}{(run.ServerSeen && longest >= 0 && missing > 0 ? $", {missing} not" : "")}");
        }
    }
}
