using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>Alerts as a table, and how long each step took as a plot.</summary>
internal static class AlertSection
{
    public static void Add(Svg html, RunPlots run)
    {
        html.Raw("<section><h2>Alerts and latency</h2>");
        if (LatencyPlot.Of(run) is { } plot) html.Raw("<figure data-plot=\"latency\">").Raw(plot).Raw(Legends.Latency).Raw("</figure>");
        var alerts = run.Devices.SelectMany(device => device.Alerts.Select(alert => (device.DeviceId, Alert: alert))).OrderBy(one => one.Alert.RaisedMs).ToList();
        if (alerts.Count == 0) html.Add($"<p class=\"quiet\">{(run.ServerSeen ? "No alert was raised." : "The server was another process: its alerts are not seen from here.")}</p>");
        else Table(html, run, alerts);
        html.Raw("</section>");
    }

    private static void Table(Svg html, RunPlots run, List<(string DeviceId, PlotAlert Alert)> alerts)
    {
        html.Raw("<table><thead><tr><th>insole<th>rule<th>happened<th>raised<th class=n>after<th>acknowledged<th class=n>after<th>ended<th>by</thead>");
        foreach (var (deviceId, alert) in alerts)
        {
            html.Add($"<tr title=\"{Svg.Text(alert.Summary)}\"><td>{Svg.Text(deviceId)}<td><b>{Svg.Text(alert.Rule)}</b><td class=t>{Clock(alert.EventMs)}<td class=t>{Clock(alert.RaisedMs)}<td class=n>{After(alert.EventMs, alert.RaisedMs)}");
            html.Add($"<td class=t>{Clock(alert.AcknowledgedMs)}<td class=n>{After(alert.RaisedMs, alert.AcknowledgedMs)}<td class=t>{Clock(alert.EndedMs)}<td>{Svg.Text(alert.EndedBy ?? "stands open")}");
        }

        html.Raw("</table>");

        string Clock(long? timeMs) => timeMs is { } known ? ExpectationWords.Clock(known, run.Start) : "–";
    }

    private static string After(long? fromMs, long? toMs) => toMs - fromMs is { } ms ? PlotWords.Span(ms / 1000.0) : "–";
}
