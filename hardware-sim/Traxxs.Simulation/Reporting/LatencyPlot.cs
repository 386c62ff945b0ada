namespace Traxxs.Simulation.Reporting;

/// <summary>How long things took, on one log scale from a tenth of a second to a week: alerts step by step, and the way of every report.</summary>
internal static class LatencyPlot
{
    private const int Left = 250, Width = 870, Lane = 24, Top = 30;
    private const double LeastS = 0.1, MostS = 700_000;

    private static readonly (double Seconds, string Text)[] Ticks =
        [(0.1, "0.1 s"), (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (21_600, "6 h"), (86_400, "1 d"), (604_800, "1 week")];

    /// <summary>The plot; null where nothing was sent.</summary>
    public static Svg? Of(RunPlots run)
    {
        var alerts = run.Devices.SelectMany(device => device.Alerts.Select(alert => (device.DeviceId, Alert: alert))).OrderBy(one => one.Alert.RaisedMs).Take(40).ToList();
        var ways = run.Devices.Select(device => (device.DeviceId, Seconds: device.Reports.Where(r => r.StoredMs is not null).Select(r => (r.StoredMs!.Value - r.TimeMs) / 1000.0).ToList())).Where(way => way.Seconds.Count > 0).Take(12).ToList();
        if (alerts.Count + ways.Count == 0) return null;
        var height = Top + (alerts.Count + ways.Count) * Lane + 12;
        var svg = new Svg();
        svg.Add($"<svg class=\"latency\" viewBox=\"0 0 {Left + Width + 60} {height}\" role=\"img\" aria-label=\"how old alerts were when raised, acknowledged and ended, and how long reports took\">");
        foreach (var (seconds, text) in Ticks) svg.Add($"<path class=\"grid\" d=\"M{X(seconds):0.#} {Top - 6}V{height - 8}\"/><text class=\"scale\" x=\"{X(seconds):0.#}\" y=\"{Top - 12}\" text-anchor=\"middle\">{text}</text>");
        var y = Top + Lane / 2;
        foreach (var (deviceId, alert) in alerts)
        {
            Alert(svg, y, deviceId, alert);
            y += Lane;
        }

        foreach (var (deviceId, seconds) in ways)
        {
            svg.Add($"<text class=\"name\" x=\"6\" y=\"{y + 4}\">{Svg.Text(deviceId)}: reports stored after</text>");
            foreach (var value in seconds) svg.Add($"<path class=\"tick report\" d=\"M{X(value):0.#} {y - 7}v14\"/>");
            y += Lane;
        }

        return svg.Raw("</svg>");
    }

    private static void Alert(Svg svg, int y, string deviceId, PlotAlert alert)
    {
        svg.Add($"<text class=\"name\" x=\"6\" y=\"{y + 4}\">{Svg.Text(deviceId)}: {Svg.Text(alert.Rule)}</text>");
        if (alert.EventMs is not { } happened)
        {
            svg.Add($"<text class=\"name\" x=\"{Left + 6}\" y=\"{y + 4}\">nobody knows when it happened</text>");
            return;
        }

        double Since(long ms) => Math.Max(0, (ms - happened) / 1000.0);
        var end = Since(alert.EndedMs ?? alert.AcknowledgedMs ?? alert.RaisedMs);
        svg.Add($"<path class=\"since\" d=\"M{X(Since(alert.RaisedMs)):0.#} {y}H{X(end):0.#}\"/>");
        svg.Add($"<circle class=\"raised\" cx=\"{X(Since(alert.RaisedMs)):0.#}\" cy=\"{y}\" r=\"5.5\"><title>raised after {PlotWords.Span(Since(alert.RaisedMs))}</title></circle>");
        if (alert.AcknowledgedMs is { } taken) svg.Add($"<path class=\"taken\" d=\"M{X(Since(taken)):0.#} {y - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z\"><title>acknowledged after {PlotWords.Span(Since(taken))}</title></path>");
        if (alert.EndedMs is { } over) svg.Add($"<rect class=\"over\" x=\"{X(Since(over)) - 4.5:0.#}\" y=\"{y - 4.5}\" width=\"9\" height=\"9\"><title>ended after {PlotWords.Span(Since(over))} by {Svg.Text(alert.EndedBy ?? "")}</title></rect>");
    }

    private static double X(double seconds) => Left + Width * Math.Log(Math.Clamp(seconds, LeastS, MostS) / LeastS) / Math.Log(MostS / LeastS);
}
