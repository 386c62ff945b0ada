using System.Globalization;
using System.Text;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>Time from left to right, one lane for each thing that was on or off.</summary>
internal static class TimelinePlot
{
    private const int Left = 84, Width = 916, Lane = 22, Top = 24;

    public static string Of(FinishedRun finished, InsoleRig rig)
    {
        var endMs = Math.Max(1, finished.Run.NowMs);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Left + Width + 16} {Top + 7 * Lane + 66}\" role=\"img\" aria-label=\"timeline\">");
        Axis(svg, finished, endMs);
        Label(svg, 0, "wearer");
        foreach (var span in rig.Wearer.Timeline.Spans)
        {
            if (span.StartMs < endMs) Bar(svg, 0, span.StartMs, Math.Min(span.EndMs, endMs), endMs, ColourOf(span.Activity), span.Activity.ToString());
        }

        Lanes(svg, rig, endMs);
        Label(svg, 4, "reports");
        foreach (var frame in rig.Accepted) Tick(svg, 4, frame.TimeMs, endMs, "#1b5e9e", $"report {frame.Sequence}, {frame.Frame.Length} bytes");
        Label(svg, 5, "deeds");
        foreach (var deed in rig.Wearer.Timeline.Deeds) Tick(svg, 5, deed.TimeMs, endMs, "#a3152b", deed.Deed.ToString());
        Label(svg, 6, "alerts");
        foreach (var alert in finished.Result.Alerts.Where(a => a.DeviceId == rig.DeviceId))
        {
            Tick(svg, 6, (long)(alert.RaisedAt - finished.Run.Scenario.Start).TotalMilliseconds, endMs, "#a3152b", alert.Summary);
        }

        Battery(svg, rig, endMs);
        return svg.Append("</svg>").ToString();
    }

    private static void Lanes(StringBuilder svg, InsoleRig rig, long endMs)
    {
        Label(svg, 1, "motion gate");
        Label(svg, 2, "receiver");
        Label(svg, 3, "link");
        var states = rig.Trace.States;
        for (var i = 0; i < states.Count; i++)
        {
            var (from, to) = (states[i].TimeMs, i + 1 < states.Count ? states[i + 1].TimeMs : endMs);
            if (!states[i].Running)
            {
                Bar(svg, 1, from, to, endMs, "#333333", "off");
                continue;
            }

            if (states[i].Motion != MotionState.Stationary) Bar(svg, 1, from, to, endMs, states[i].Motion == MotionState.Moving ? "#2f855a" : "#9ac7ab", states[i].Motion.ToString());
            if (states[i].Receiver) Bar(svg, 2, from, to, endMs, "#b7791f", "GNSS on");
            if (states[i].Link is LinkState.Opening or LinkState.Open) Bar(svg, 3, from, to, endMs, states[i].Link == LinkState.Open ? "#1b5e9e" : "#8db3d6", states[i].Link.ToString());
        }
    }

    private static void Battery(StringBuilder svg, InsoleRig rig, long endMs)
    {
        const int top = Top + 7 * Lane + 8, height = 44;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"4\" y=\"{top + 14}\">charge %</text><rect x=\"{Left}\" y=\"{top}\" width=\"{Width}\" height=\"{height}\" fill=\"#fff\" stroke=\"#d9dee6\"/><polyline fill=\"none\" stroke=\"#5b3e96\" stroke-width=\"1.5\" points=\"");
        foreach (var point in rig.Trace.Battery) svg.Append(CultureInfo.InvariantCulture, $"{X(point.TimeMs, endMs):0.#},{top + height - point.Percent * height / 100:0.#} ");
        svg.Append("\"/>");
    }

    private static void Axis(StringBuilder svg, FinishedRun finished, long endMs)
    {
        var stepMs = endMs > 10 * 3_600_000L ? 3_600_000L * 2 : endMs > 2 * 3_600_000L ? 1_800_000L : 300_000L;
        for (long t = 0; t <= endMs; t += stepMs)
        {
            var x = X(t, endMs);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top - 6}\" y2=\"{Top + 7 * Lane + 56}\" stroke=\"#e3e8ee\"/><text x=\"{x + 2:0.#}\" y=\"12\">{finished.Run.Scenario.Start.AddMilliseconds(t):HH:mm}</text>");
        }
    }

    private static void Label(StringBuilder svg, int lane, string text)
        => svg.Append(CultureInfo.InvariantCulture, $"<text x=\"4\" y=\"{Top + lane * Lane + 14}\">{text}</text>");

    private static void Bar(StringBuilder svg, int lane, long fromMs, long toMs, long endMs, string colour, string title)
    {
        var x = X(fromMs, endMs);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.##}\" y=\"{Top + lane * Lane + 2}\" width=\"{Math.Max(0.6, X(toMs, endMs) - x):0.##}\" height=\"{Lane - 6}\" fill=\"{colour}\"><title>{HtmlReport.Text(title)}</title></rect>");
    }

    private static void Tick(StringBuilder svg, int lane, long timeMs, long endMs, string colour, string title)
    {
        var x = X(timeMs, endMs);
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x - 1:0.##}\" y=\"{Top + lane * Lane + 2}\" width=\"2\" height=\"{Lane - 6}\" fill=\"{colour}\"><title>{HtmlReport.Text(title)}</title></rect>");
    }

    private static double X(long timeMs, long endMs) => Left + (double)Width * timeMs / endMs;

    private static string ColourOf(Activity activity) => activity switch
    {
        Activity.Walk => "#2f855a",
        Activity.Run => "#1f6f8b",
        Activity.Ride => "#6b46c1",
        Activity.Fall => "#a3152b",
        Activity.LieStill => "#c7cdd6",
        Activity.Sit => "#dfe4ea",
        Activity.Stand => "#cfe3d6",
        _ => "#eef1f4",
    };
}
