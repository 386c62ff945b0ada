using System.Globalization;
using System.Text;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>True path, stored fixes and places, north up.</summary>
internal static class MapPlot
{
    private const double Width = 1000, HeightMax = 620, Margin = 20;
    private const int FixesMax = 5000;

    public static string Of(FinishedRun finished, InsoleRig rig)
    {
        var path = TruePath(finished, rig);
        var fixes = finished.Server is { } server
            ? server.Reports.Where(r => r.DeviceId == rig.DeviceId).SelectMany(r => r.Fixes).Select(f => new GeoPoint(f.Latitude, f.Longitude)).Take(FixesMax).ToList()
            : [];
        var origin = path[0];
        var all = path.Concat(fixes).Select(origin.MetresTo).ToList();
        var (west, east) = (all.Min(p => p.East), all.Max(p => p.East));
        var (south, north) = (all.Min(p => p.North), all.Max(p => p.North));
        var scale = Math.Min((Width - 2 * Margin) / Math.Max(50, east - west), (HeightMax - 2 * Margin) / Math.Max(50, north - south));
        var height = (north - south) * scale + 2 * Margin;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width:0} {height:0}\" role=\"img\" aria-label=\"map\">");
        foreach (var place in finished.Run.Scenario.Places.All) AddPlace(svg, place);
        svg.Append("<polyline fill=\"none\" stroke=\"#3a4352\" stroke-width=\"1.5\" points=\"");
        foreach (var point in path) svg.Append(Position(point)).Append(' ');
        svg.Append("\"/>");
        foreach (var fix in fixes)
        {
            var (x, y) = Project(fix);
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3\" fill=\"#1b5e9e\" fill-opacity=\".7\"/>");
        }

        return svg.Append("</svg>").ToString();

        (double X, double Y) Project(GeoPoint point)
        {
            var (e, n) = origin.MetresTo(point);
            return (Margin + (e - west) * scale, Margin + (north - n) * scale);
        }

        string Position(GeoPoint point)
        {
            var (x, y) = Project(point);
            return string.Create(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");
        }

        void AddPlace(StringBuilder target, Place place)
        {
            var (x, y) = Project(place.Centre);
            var style = $"fill=\"{ColourOf(place.Kind)}\" fill-opacity=\".25\" stroke=\"{ColourOf(place.Kind)}\"";
            if (place.Polygon.Count > 0) target.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{string.Join(' ', place.Polygon.Select(Position))}\" {style}/>");
            else target.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{place.RadiusM * scale:0.#}\" {style}/>");
            target.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 4:0.#}\" y=\"{y:0.#}\">{HtmlReport.Text(place.Name)}</text>");
        }
    }

    // Where the wearer was, every ten seconds on the move.
    private static List<GeoPoint> TruePath(FinishedRun finished, InsoleRig rig)
    {
        var path = new List<GeoPoint> { rig.Wearer.PositionAt(0) };
        foreach (var span in rig.Wearer.Timeline.Spans.Where(s => Timeline.Moves(s.Activity)))
        {
            for (var t = span.StartMs; t <= Math.Min(span.EndMs, finished.Run.NowMs); t += 10_000) path.Add(rig.Wearer.PositionAt(t));
        }

        return path;
    }

    private static string ColourOf(PlaceKind kind) => kind switch
    {
        PlaceKind.DeadZone => "#a3152b",
        PlaceKind.Indoors => "#b7791f",
        PlaceKind.Geofence => "#2f855a",
        _ => "#6b7280",
    };
}
