using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>One page a tester can open and pass on: what failed and where, timelines, maps, energy, alerts, faults. Needs no other file and no script.</summary>
public static class HtmlReport
{
    /// <summary>Most insoles that get plots of their own; those with failures come first.</summary>
    private const int DevicesMax = 12;

    /// <summary>The page of a finished run.</summary>
    public static string Of(FinishedRun finished) => Of(finished.Result, RunPlotsReading.Of(finished));

    /// <summary>The page from what a run's folder holds.</summary>
    public static string Of(ScenarioResult result, RunPlots run)
    {
        var flags = result.Expectations.Where(e => e.Passed == false).Select((e, index) => (Number: index + 1, Result: e)).ToList();
        var html = new Svg();
        Head(html, result, run);
        html.Raw("<main>");
        Tiles(html, result, run);
        Failures(html, flags, run);
        foreach (var device in Chosen(run, flags)) Device(html, device, result, run, [.. flags.Where(flag => flag.Result.DeviceId == device.DeviceId)]);
        if (run.Devices.Count > DevicesMax) html.Add($"<p class=\"quiet\">Plots of {run.Devices.Count - DevicesMax} more insoles are left out; their numbers stand in summary.json.</p>");
        AlertSection.Add(html, run);
        Faults(html, run);
        Expectations(html, result);
        html.Add($"<footer>Again: <code>traxxs sim run {Svg.Text(result.Scenario)} --seed {result.Seed}</code>. The same seed gives the same bytes: <code>{result.Hash}</code></footer></main>");
        return html.Raw(HtmlPage.End).ToString();
    }

    private static IEnumerable<DevicePlots> Chosen(RunPlots run, List<(int Number, ExpectationResult Result)> flags)
        => run.Devices.OrderByDescending(device => flags.Any(flag => flag.Result.DeviceId == device.DeviceId)).Take(DevicesMax);

    private static void Head(Svg html, ScenarioResult result, RunPlots run)
    {
        var verdict = result.ExpectationsFailed == 0
            ? $"<span class=\"verdict good\">as expected, {result.ExpectationsPassed} of {result.Expectations.Count}{(result.ExpectationsSkipped > 0 ? $", {result.ExpectationsSkipped} not checked" : "")}</span>"
            : $"<span class=\"verdict bad\">{result.ExpectationsFailed} of {result.Expectations.Count} not as expected</span>";
        html.Raw(HtmlPage.Begin($"{result.Scenario}, seed {result.Seed}"));
        html.Add($"<header><p class=\"kicker\">scenario</p><h1>{Svg.Text(result.Scenario)} {verdict}</h1><p class=\"about\">{Svg.Text(run.About)}</p>");
        html.Add($"<p class=\"quiet\">{run.Start:ddd d MMM yyyy, HH:mm} UTC, {PlotWords.Span(result.VirtualSeconds)} simulated{(result.WallSeconds > 0 ? $" in {PlotWords.Span(result.WallSeconds)} ({PlotWords.Number(result.Speedup, "N0")} times real time)" : "")}, seed {result.Seed}</p></header>");
    }

    private static void Tiles(Svg html, ScenarioResult result, RunPlots run)
    {
        html.Raw("<section class=\"tiles\">");
        Tile("on the cell", PlotWords.Number(result.ProjectedDays, "0.0"), "days", $"{PlotWords.Number(result.MAhPerDay, "0.00")} mAh a day");
        Tile("reports", $"{result.AcceptedReports}", "accepted", result.Lost + result.Duplicates == 0 ? run.ServerSeen ? "each stored once" : "all acknowledged" : $"{result.Lost} lost, {result.Duplicates} doubled", result.Lost + result.Duplicates > 0);
        Tile("way covered", Worst(result.Devices.Select(d => d.PathCoveredPercent), least: true, "0.0"), "%", "within 25 m of the track");
        Tile("position", Worst(result.Devices.Select(d => d.PositionErrorP95M), least: false, "0"), "m", $"95 % of {PlotWords.Count(result.Devices.Sum(d => d.Fixes), "fix", "fixes")} within");
        Tile("latency", result.Devices.Max(d => d.LatencyP95S) is { } latency ? PlotWords.Span(latency) : "–", "", "95 % of the reports within");
        Tile("alerts", $"{result.Alerts.Count}", "", result.Alerts.Count == 0 ? "nobody was called" : string.Join(", ", result.Alerts.Select(a => a.Rule).Distinct().Take(3)));
        Tile("on the air", PlotWords.Number(result.BytesOnAirPerDay / 1000, "N0"), "kB a day", PlotWords.Count(run.Faults.Count, "planned fault", "planned faults"));
        html.Raw("</section>");

        void Tile(string name, string value, string unit, string note, bool bad = false)
            => html.Add($"<div class=\"tile{(bad ? " bad" : "")}\"><p>{name}</p><b{(value.Length > 7 ? " class=long" : "")}>{value}</b> <span>{(value == "–" ? "" : unit)}</span><small>{Svg.Text(note)}</small></div>");
    }

    private static string Worst(IEnumerable<double?> values, bool least, string format)
        => (least ? values.Min() : values.Max()) is { } known ? PlotWords.Number(known, format) : "–";

    private static void Failures(Svg html, List<(int Number, ExpectationResult Result)> flags, RunPlots run)
    {
        if (flags.Count == 0) return;
        html.Raw("<section class=\"failures\"><h2>Not as expected</h2><ol>");
        foreach (var (number, result) in flags)
        {
            var link = result.AtMs is { } atMs ? $" <a href=\"#moment-{number}\">look at {Svg.Text(ExpectationWords.Clock(atMs, run.Start))}</a>"
                : result.DeviceId is { } device ? $" <a href=\"#insole-{Svg.Text(device)}\">see {Svg.Text(device)}</a>" : "";
            html.Add($"<li><b>{Svg.Text(result.Meaning)}</b><br>found: {Svg.Text(result.Detail)}{link}</li>");
        }

        html.Raw("</ol></section>");
    }

    private static void Device(Svg html, DevicePlots device, ScenarioResult result, RunPlots run, IReadOnlyList<(int Number, ExpectationResult Result)> flags)
    {
        var account = result.Devices.First(d => d.DeviceId == device.DeviceId);
        html.Add($"<section class=\"device\" id=\"insole-{Svg.Text(device.DeviceId)}\"><h2>{Svg.Text(device.DeviceId)} <small>worn by {Svg.Text(device.Wearer)}; {PlotWords.Count(account.Accepted, "report", "reports")}, {PlotWords.Count(account.Fixes, "fix", "fixes")}, {PlotWords.Count(account.Searches, "search", "searches")}, {PlotWords.Count(account.Starts, "start", "starts")}</small></h2>");
        html.Raw("<figure class=\"timeline\" data-plot=\"timeline\">").Raw(TimelinePlot.Of(run, device, flags)).Raw(Legends.Timeline(device));
        if (device.Current is { } current) html.Raw("<script type=\"application/json\" class=\"values\">").Raw(HtmlPage.Values(current, device.Charge)).Raw("</script>");
        html.Raw("</figure>");
        html.Raw("<div class=\"beside\">");
        if (MapPlot.Of(run, device) is { } map) html.Raw("<figure class=\"mapped\" data-plot=\"map\">").Raw(map).Raw(Legends.Map).Raw("</figure>");
        html.Raw(EnergySection.Of(account, result.VirtualSeconds / 86_400, device.CapacityMAh)).Raw("</div></section>");
    }

    private static void Faults(Svg html, RunPlots run)
    {
        if (run.Faults.Count == 0) return;
        html.Raw("<section><h2>Planned faults</h2><table><thead><tr><th>fault<th>insole<th>from<th>for<th>what was seen</thead>");
        foreach (var fault in run.Faults)
        {
            html.Add($"<tr><td>{Svg.Text(fault.Text)}<td>{Svg.Text(fault.DeviceId ?? "all")}<td class=t>{ExpectationWords.Clock(fault.FromMs, run.Start)}<td class=t>{(fault.IsInstant ? "an instant" : PlotWords.Span((fault.ToMs - fault.FromMs) / 1000.0))}<td>{Svg.Text(FaultWitness.Saw(run, fault))}");
        }

        html.Raw("</table></section>");
    }

    private static void Expectations(Svg html, ScenarioResult result)
    {
        html.Raw("<section><h2>All expectations</h2><table><thead><tr><th>result<th>expected<th>found</thead>");
        foreach (var e in result.Expectations)
        {
            var (style, word) = e.Passed switch { true => ("good", "holds"), false => ("bad", "fails"), null => ("quiet", "not checked") };
            html.Add($"<tr><td class=\"word {style}\">{word}<td><span title=\"{Svg.Text(e.Text)}\">{Svg.Text(e.Meaning)}</span><td>{Svg.Text(e.Detail)}");
        }

        html.Raw("</table></section>");
    }
}
