using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Comparison;

/// <summary>One insole in two runs, over each other: current, charge, cell, fixes, reports, alerts; and both tracks on one map.</summary>
internal static class ComparisonPlots
{
    private const int Lane = 16;
    private const double LowUa = 10, HighUa = 400_000;
    private const int PointsMax = 1024;

    public static Svg Timeline(RunPlots runA, DevicePlots a, RunPlots runB, DevicePlots b)
    {
        var field = new TimeField(Math.Max(runA.EndMs, runB.EndMs), runA.Start);
        field.Group("wearer");
        var top = field.Row(a.Wearer, Lane);
        foreach (var span in a.Activity) field.Bar(top, Lane, span.FromMs, span.ToMs, span.What, $"{span.Text}: {field.Clock(span.FromMs)} to {field.Clock(span.ToMs)}");
        field.Group("data");
        foreach (var (name, style, device) in new[] { ("fixes, A", "run-a", a), ("fixes, B", "run-b", b) })
        {
            top = field.Row(name, Lane);
            foreach (var fix in device.Fixes) field.Tick(top + 1, Lane - 2, fix.TimeMs, style, $"fix at {field.Clock(fix.TimeMs)}, {PlotWords.Number(fix.ErrorM, "0.#")} m off");
        }

        foreach (var (name, style, device) in new[] { ("reports, A", "run-a", a), ("reports, B", "run-b", b) })
        {
            top = field.Row(name, Lane);
            foreach (var report in device.Reports) field.Tick(top + 1, Lane - 2, report.TimeMs, style, $"report {report.Sequence} at {field.Clock(report.TimeMs)}{(report.StoredMs is { } stored ? $", stored after {PlotWords.Span((stored - report.TimeMs) / 1000.0)}" : "")}");
        }

        foreach (var (name, style, device) in new[] { ("alerts, A", "run-a", a), ("alerts, B", "run-b", b) }.Where(_ => a.Alerts.Count + b.Alerts.Count > 0))
        {
            top = field.Row(name, Lane);
            foreach (var alert in device.Alerts)
            {
                field.Tick(top, Lane, alert.RaisedMs, style + " wide", $"{alert.Summary}, raised {field.Clock(alert.RaisedMs)}");
                field.Label(top, Lane, alert.RaisedMs, alert.Rule);
            }
        }

        Power(field, a, b);
        return field.Draw($"{a.DeviceId} in both runs: fixes, reports, alerts, current, charge");
    }

    public static Svg? Map(RunPlots run, DevicePlots a, DevicePlots b)
    {
        var path = MapPlot.Path(a.TruePath);
        if (path.Count == 0) return null;
        var (fixesA, fixesB) = (Points(a), Points(b));
        var frame = new MapFrame([.. path.Select(step => step.Point), .. fixesA.Select(fix => fix.Point), .. fixesB.Select(fix => fix.Point)]);
        var svg = new Svg();
        svg.Add($"<svg class=\"map\" viewBox=\"0 0 {MapFrame.Width:0} {frame.Height:0}\" role=\"img\" aria-label=\"tracks of {Svg.Text(a.DeviceId)} in both runs\">");
        MapPlot.Places(svg, frame, run.Places);
        svg.Raw("<path class=\"truth\" d=\"").Raw(MapPlot.Line(frame, path.Select(step => step.Point))).Raw("\"/>");
        foreach (var (style, fixes) in new[] { ("run-a", fixesA), ("run-b", fixesB) })
        {
            svg.Add($"<path class=\"{style}\" d=\"").Raw(MapPlot.Track(frame, fixes)).Raw("\"/>");
            foreach (var (fix, point) in fixes)
            {
                var (x, y) = frame.At(point);
                svg.Add($"<path class=\"dot {style}\" d=\"M{x:0.#} {y:0.#}h0\"><title>{run.Start.AddMilliseconds(fix.TimeMs):HH:mm:ss}, {fix.ErrorM:0.#} m off</title></path>");
            }
        }

        MapPlot.Scale(svg, frame);
        return svg.Raw("</svg>");
    }

    private static void Power(TimeField field, DevicePlots a, DevicePlots b)
    {
        if (a.Current is not { } currentA || b.Current is not { } currentB) return;
        field.Group("power");
        var top = field.Row("current, mean", 90);
        foreach (var (ua, text) in new[] { (100.0, "100 µA"), (1000, "1 mA"), (10_000, "10 mA"), (100_000, "100 mA") }) field.Beside(top + 90 - 90 * Share(ua), text);
        Draw(field, top, 90, Means(currentA), Means(currentB));
        if (a.Charge is not { } chargeA || b.Charge is not { } chargeB) return;
        var (usedA, usedB) = (Used(chargeA), Used(chargeB));
        var most = Math.Max(usedA[^1].Value, usedB[^1].Value);
        field.Gap(6);
        top = field.Row("charge used", 80);
        field.Beside(top + 4, PlotWords.Number(most, "0.00"));
        field.Beside(top + 15, "mAh");
        Draw(field, top, 80, [.. usedA.Select(p => (p.TimeMs, p.Value / most))], [.. usedB.Select(p => (p.TimeMs, p.Value / most))]);
        field.Gap(6);
        top = field.Row("cell", 60);
        field.Beside(top + 4, "100 %");
        field.Beside(top + 56, "0 %");
        Draw(field, top, 60, Cell(chargeA), Cell(chargeB));
    }

    private static void Draw(TimeField field, int top, int height, List<(long TimeMs, double Share)> a, List<(long TimeMs, double Share)> b)
    {
        foreach (var (style, line) in new[] { ("run-a", a), ("run-b", b) })
        {
            field.Shapes.Add($"<path class=\"{style}\" d=\"");
            for (var i = 0; i < line.Count; i++) field.Shapes.Add($"{(i == 0 ? "M" : "L")}{field.X(line[i].TimeMs):0.#} {top + height - height * line[i].Share:0.#}");
            field.Shapes.Raw("\"/>");
        }
    }

    // A mean over so much time that two runs can be told apart.
    private static List<(long TimeMs, double Share)> Means(PlotCurrent current)
    {
        var merge = (current.MeanUa.Count + PointsMax - 1) / PointsMax;
        return [.. current.MeanUa.Chunk(merge).Select((chunk, index) => ((long)((index + 0.5) * merge * current.SliceMs), Share(chunk.Average())))];
    }

    private static double Share(double ua) => Math.Log10(Math.Clamp(ua, LowUa, HighUa) / LowUa) / Math.Log10(HighUa / LowUa);

    private static List<(long TimeMs, double Value)> Used(PlotCharge charge) => [.. charge.TimesMs.Select((timeMs, i) => (timeMs, charge.UsedMAh.Sum(used => used[i])))];

    private static List<(long TimeMs, double Share)> Cell(PlotCharge charge) => [.. charge.TimesMs.Select((timeMs, i) => (timeMs, charge.Percent[i] / 100))];

    private static List<(PlotFix Fix, GeoPoint Point)> Points(DevicePlots device) => [.. device.Fixes.Select(fix => (fix, new GeoPoint(fix.Latitude, fix.Longitude)))];
}
