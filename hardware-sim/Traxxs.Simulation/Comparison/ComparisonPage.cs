using Traxxs.Simulation.Reporting;

namespace Traxxs.Simulation.Comparison;

/// <summary>Two runs side by side on one page that needs no other file.</summary>
public static class ComparisonPage
{
    // Most insoles that get plots.
    private const int DevicesMax = 6;

    /// <summary>The page; plots are there where both runs have them.</summary>
    public static string Of(RunComparison comparison, StoredRun a, StoredRun b)
    {
        var html = new Svg();
        Head(html, comparison, a, b);
        html.Raw("<main>");
        Worse(html, comparison);
        Plots(html, a.Plots, b.Plots);
        Numbers(html, comparison);
        Alerts(html, comparison);
        Expectations(html, comparison);
        return html.Raw("</main>").Raw(HtmlPage.End).ToString();
    }

    private static void Head(Svg html, RunComparison comparison, StoredRun a, StoredRun b)
    {
        var worse = comparison.Worse.Count;
        var verdict = comparison.SameBytes ? "<span class=\"verdict good\">the same bytes</span>"
            : worse == 0 ? "<span class=\"verdict good\">B is not worse</span>" : $"<span class=\"verdict bad\">B is worse in {worse}</span>";
        html.Raw(HtmlPage.Begin($"{comparison.Scenario}: two runs"));
        html.Add($"<header><p class=\"kicker\">two runs of</p><h1>{Svg.Text(comparison.Scenario)} {verdict}</h1>");
        html.Add($"<p><b class=\"run-a\">A</b> {Svg.Text(comparison.A)}, seed {a.Result.Seed} &nbsp; <b class=\"run-b\">B</b> {Svg.Text(comparison.B)}, seed {b.Result.Seed}</p>");
        html.Add($"<p class=\"quiet\">B is held against A: worse is what is worse by more than {comparison.MaxWorsePercent:0.##} % and by more than the slack of each number.{(comparison.SeedA == comparison.SeedB ? "" : " The seeds differ: part of every difference is chance.")}</p></header>");
    }

    private static void Worse(Svg html, RunComparison comparison)
    {
        if (comparison.Worse.Count == 0) return;
        html.Raw("<section class=\"failures\"><h2>Worse</h2><ol>");
        foreach (var sentence in comparison.Worse) html.Add($"<li>{Svg.Text(sentence)}</li>");
        html.Raw("</ol></section>");
    }

    private static void Plots(Svg html, RunPlots? a, RunPlots? b)
    {
        if (a is null || b is null)
        {
            html.Raw("<section><p class=\"quiet\">No plots: of at least one run only the summary is here.</p></section>");
            return;
        }

        foreach (var device in a.Devices.Where(device => b.Devices.Any(other => other.DeviceId == device.DeviceId)).Take(DevicesMax))
        {
            var other = b.Devices.First(one => one.DeviceId == device.DeviceId);
            html.Add($"<section class=\"device\"><h2>{Svg.Text(device.DeviceId)} <small>worn by {Svg.Text(device.Wearer)}</small></h2><figure class=\"timeline\">");
            html.Raw(ComparisonPlots.Timeline(a, device, b, other)).Raw("<figcaption><span><i class=\"line run-a\"></i>A</span><span><i class=\"line run-b\"></i>B</span><span class=\"how\">drag over a span to look closer, double-click to go back</span></figcaption></figure>");
            if (ComparisonPlots.Map(a, device, other) is { } map) html.Raw("<figure class=\"mapped\">").Raw(map).Raw("<figcaption><span><i class=\"line truth\"></i>true path</span><span><i class=\"line run-a\"></i>track of A</span><span><i class=\"line run-b\"></i>track of B</span></figcaption></figure>");
            html.Raw("</section>");
        }
    }

    private static void Numbers(Svg html, RunComparison comparison)
    {
        html.Raw("<section><h2>Numbers</h2><table><thead><tr><th>insole<th>number<th class=n>A<th class=n>B<th class=n>change<th>verdict</thead>");
        foreach (var number in comparison.Numbers.Where(n => n.A is not null || n.B is not null))
        {
            html.Add($"<tr><td>{Svg.Text(number.DeviceId ?? "")}<td>{Svg.Text(number.Name)}<td class=n>{RunComparison.Text(number.A)}<td class=n>{RunComparison.Text(number.B)}<td class=n>{(number.Percent is { } percent ? PlotWords.Number(percent, "+0.0;-0.0;0.0") + " %" : "")}<td class=\"word {number.Change.ToString().ToLowerInvariant()}\">{Word(number.Change)}");
        }

        html.Raw("</table></section>");
    }

    private static void Alerts(Svg html, RunComparison comparison)
    {
        if (comparison.Alerts.Count == 0) return;
        html.Raw("<section><h2>Alerts: how old the news was</h2><table><thead><tr><th>insole<th>rule<th class=n>A<th class=n>B<th>verdict<th></thead>");
        foreach (var alert in comparison.Alerts)
        {
            html.Add($"<tr><td>{Svg.Text(alert.DeviceId)}<td>{Svg.Text(alert.Rule)} {alert.Number}<td class=n>{Age(alert.AgeA)}<td class=n>{Age(alert.AgeB)}<td class=\"word {alert.Change.ToString().ToLowerInvariant()}\">{Word(alert.Change)}<td>{Svg.Text(alert.Note)}");
        }

        html.Raw("</table></section>");

        static string Age(double? seconds) => seconds is { } known ? PlotWords.Span(known) : "–";
    }

    private static void Expectations(Svg html, RunComparison comparison)
    {
        if (comparison.Expectations.Count == 0) return;
        html.Raw("<section><h2>Expectations that changed</h2><table><thead><tr><th>expected<th>A<th>B<th>found in B</thead>");
        foreach (var e in comparison.Expectations)
        {
            html.Add($"<tr><td>{Svg.Text(e.Meaning)}<td>{e.A}<td class=\"word {e.Change.ToString().ToLowerInvariant()}\">{e.B}<td>{Svg.Text(e.Detail)}");
        }

        html.Raw("</table></section>");
    }

    private static string Word(Change change) => change switch { Change.Same => "", Change.Changed => "changed", Change.Better => "better", _ => "worse" };
}
