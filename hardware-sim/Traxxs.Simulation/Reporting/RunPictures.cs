using System.Globalization;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>A plot as a page of its own, for who takes pictures of pages.</summary>
/// <param name="Name">What to call it, without an ending: <c>timeline-insole-ann</c>.</param>
/// <param name="Html">The page.</param>
/// <param name="Width">How wide the plot is.</param>
/// <param name="Height">How high it is.</param>
public sealed record RunPicture(string Name, string Html, int Width, int Height);

/// <summary>The plots of a run, one by one.</summary>
public static class RunPictures
{
    /// <summary>Timeline and map of each insole, and the latencies.</summary>
    public static IReadOnlyList<RunPicture> Of(ScenarioResult result, RunPlots run)
    {
        var pictures = new List<RunPicture>();
        var flags = result.Expectations.Where(e => e.Passed == false).Select((e, index) => (Number: index + 1, Result: e)).ToList();
        foreach (var device in run.Devices)
        {
            pictures.Add(Picture($"timeline-{device.DeviceId}", TimelinePlot.Of(run, device, [.. flags.Where(flag => flag.Result.DeviceId == device.DeviceId)])));
            if (MapPlot.Of(run, device) is { } map) pictures.Add(Picture($"map-{device.DeviceId}", map));
        }

        if (LatencyPlot.Of(run) is { } latency) pictures.Add(Picture("latency", latency));
        return pictures;
    }

    private static RunPicture Picture(string name, Svg svg)
    {
        var text = svg.ToString();
        var box = text[(text.IndexOf("viewBox=\"", StringComparison.Ordinal) + 9)..].Split('"')[0].Split(' ');
        int Side(int index) => (int)Math.Ceiling(double.Parse(box[index], CultureInfo.InvariantCulture));
        return new RunPicture(name, HtmlPage.Picture(text), Side(2), Side(3));
    }
}
