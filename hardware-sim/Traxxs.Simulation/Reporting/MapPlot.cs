using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>True path, stored track, fixes with their accuracy, places, and where alarms came from.</summary>
internal static class MapPlot
{
    // Fixes further apart in time are not joined, ms: nobody knows what lay between.
    private const long JoinedMs = 600_000;

    /// <summary>The map of one insole; null where its wearer is nowhere.</summary>
    public static Svg? Of(RunPlots run, DevicePlots device)
    {
        var path = Path(device.TruePath);
        if (path.Count == 0) return null;
        var fixes = device.Fixes.Select(fix => (Fix: fix, Point: new GeoPoint(fix.Latitude, fix.Longitude))).ToList();
        var frame = new MapFrame([.. path.Select(step => step.Point), .. fixes.Select(fix => fix.Point), .. run.Places.Select(place => new GeoPoint(place.Points[0], place.Points[1])).Where(point => point.DistanceTo(path[0].Point) < 5000)]);
        var svg = new Svg();
        svg.Add($"<svg class=\"map\" viewBox=\"0 0 {MapFrame.Width:0} {frame.Height:0}\" role=\"img\" aria-label=\"map of {Svg.Text(device.DeviceId)}: true path, stored fixes, places\">");
        Places(svg, frame, run.Places);
        svg.Raw("<path class=\"truth\" d=\"").Raw(Line(frame, path.Select(step => step.Point))).Raw("\"/>");
        foreach (var (fix, point) in fixes.Where(one => one.Fix.AccuracyM is not null))
        {
            var (x, y) = frame.At(point);
            svg.Add($"<circle class=\"accuracy\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{fix.AccuracyM!.Value * frame.Scale:0.#}\"/>");
        }

        svg.Raw("<path class=\"track\" d=\"").Raw(Track(frame, fixes)).Raw("\"/>");
        foreach (var (fix, point) in fixes) Fix(svg, frame, fix, point, run.Start);
        Ends(svg, frame, path);
        foreach (var alarm in device.Events.Where(e => e.What == "alarm")) Pin(svg, frame, At(path, alarm.TimeMs), alarm.Text, run.Start.AddMilliseconds(alarm.TimeMs));
        Scale(svg, frame);
        return svg.Raw("</svg>");
    }

    /// <summary>Time and point of each step.</summary>
    internal static List<(long TimeMs, GeoPoint Point)> Path(IReadOnlyList<double> path)
        => [.. Enumerable.Range(0, path.Count / 3).Select(i => ((long)path[3 * i], new GeoPoint(path[3 * i + 1], path[3 * i + 2])))];

    internal static Svg Line(MapFrame frame, IEnumerable<GeoPoint> points)
    {
        var line = new Svg();
        var (lastX, lastY) = (double.MinValue, double.MinValue);
        foreach (var (x, y) in points.Select(frame.At))
        {
            // What is less than half a pixel away is the same point.
            if (Math.Abs(x - lastX) + Math.Abs(y - lastY) < 0.5) continue;
            line.Add($"{(lastX == double.MinValue ? "M" : "L")}{x:0.#} {y:0.#}");
            (lastX, lastY) = (x, y);
        }

        return line;
    }

    internal static Svg Track(MapFrame frame, IReadOnlyList<(PlotFix Fix, GeoPoint Point)> fixes)
    {
        var line = new Svg();
        for (var i = 0; i < fixes.Count; i++)
        {
            var (x, y) = frame.At(fixes[i].Point);
            line.Add($"{(i == 0 || fixes[i].Fix.TimeMs - fixes[i - 1].Fix.TimeMs > JoinedMs ? "M" : "L")}{x:0.#} {y:0.#}");
        }

        return line;
    }

    /// <summary>The places, and their names where none covers another.</summary>
    internal static void Places(Svg svg, MapFrame frame, IReadOnlyList<PlotPlace> places)
    {
        var taken = new List<(double X, double Y)>();
        foreach (var place in places)
        {
            var (left, top) = Place(svg, frame, place);
            var (x, y) = (Math.Clamp(left, 50, MapFrame.Width - 50), Math.Clamp(top - 4, 14, frame.Height - 6));
            while (taken.Any(other => Math.Abs(other.X - x) < 110 && Math.Abs(other.Y - y) < 13) && y < frame.Height - 20) y += 13;
            taken.Add((x, y));
            svg.Add($"<text class=\"place-name\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"middle\">{Svg.Text(place.Name)}</text>");
        }
    }

    private static (double Left, double Top) Place(Svg svg, MapFrame frame, PlotPlace place)
    {
        var corners = Enumerable.Range(0, place.Points.Count / 2).Select(i => frame.At(new GeoPoint(place.Points[2 * i], place.Points[2 * i + 1]))).ToList();
        var (x, y) = corners[0];
        if (corners.Count > 1) svg.Add($"<polygon class=\"place {place.Kind}\" points=\"{string.Join(' ', corners.Select(corner => FormattableString.Invariant($"{corner.X:0.#},{corner.Y:0.#}")))}\"/>");
        else svg.Add($"<circle class=\"place {place.Kind}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{place.RadiusM * frame.Scale:0.#}\"/>");
        return corners.Count > 1 ? (corners.Average(corner => corner.X), corners.Min(corner => corner.Y)) : (x, y - place.RadiusM * frame.Scale);
    }

    internal static void Scale(Svg svg, MapFrame frame)
    {
        var metres = new[] { 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000 }.Last(m => m == 10 || m * frame.Scale <= 180);
        var y = frame.Height - 16;
        var text = metres >= 1000 ? $"{metres / 1000} km" : $"{metres} m";
        svg.Add($"<g class=\"scale-bar\"><path d=\"M16 {y - 5:0.#}v5h{metres * frame.Scale:0.#}v-5\"/><text x=\"20\" y=\"{y - 6:0.#}\">{text}</text>");
        svg.Add($"<path d=\"M{MapFrame.Width - 22:0} 38V14l-5 9M{MapFrame.Width - 22:0} 14l5 9\"/><text x=\"{MapFrame.Width - 22:0}\" y=\"50\" text-anchor=\"middle\">N</text></g>");
    }

    private static void Fix(Svg svg, MapFrame frame, PlotFix fix, GeoPoint point, DateTimeOffset start)
    {
        var (x, y) = frame.At(point);
        var accuracy = fix.AccuracyM is { } claimed ? $", within {claimed} m by its own account" : "";
        svg.Add($"<path class=\"dot{(TimelinePlot.IsOff(fix) ? " off" : "")}\" d=\"M{x:0.#} {y:0.#}h0\"><title>{start.AddMilliseconds(fix.TimeMs):HH:mm:ss}{accuracy}, {fix.ErrorM:0.#} m off</title></path>");
    }

    private static void Ends(Svg svg, MapFrame frame, List<(long TimeMs, GeoPoint Point)> path)
    {
        var (x, y) = frame.At(path[0].Point);
        var (endX, endY) = frame.At(path[^1].Point);
        if (Math.Abs(x - endX) + Math.Abs(y - endY) < 4)
        {
            svg.Add($"<circle class=\"end\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"5\"/><text class=\"end-name\" x=\"{x + 9:0.#}\" y=\"{y + 14:0.#}\">start and end</text>");
            return;
        }

        svg.Add($"<circle class=\"end\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"5\"/><text class=\"end-name\" x=\"{x + 9:0.#}\" y=\"{y + 14:0.#}\">start</text>");
        svg.Add($"<circle class=\"end\" cx=\"{endX:0.#}\" cy=\"{endY:0.#}\" r=\"5\"/><text class=\"end-name\" x=\"{endX + 9:0.#}\" y=\"{endY + 14:0.#}\">end</text>");
    }

    private static void Pin(Svg svg, MapFrame frame, GeoPoint point, string text, DateTimeOffset time)
    {
        var (x, y) = frame.At(point);
        svg.Add($"<g class=\"pin\"><path d=\"M{x:0.#} {y:0.#}l-7 -13a8 8 0 1 1 14 0z\"/><text x=\"{x + 12:0.#}\" y=\"{y - 12:0.#}\">{Svg.Text(text)}, {time:HH:mm:ss}</text></g>");
    }

    // Where the wearer was: the path has no steps where nobody moved.
    private static GeoPoint At(List<(long TimeMs, GeoPoint Point)> path, long timeMs) => path.LastOrDefault(step => step.TimeMs <= timeMs, path[0]).Point;
}
