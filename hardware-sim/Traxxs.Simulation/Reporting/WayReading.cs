using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>Where a wearer was over a run, thinned to what a map and a lane can show.</summary>
internal static class WayReading
{
    private const long StepMs = 5000;

    // Most points of a path; a longer way is sampled more coarsely.
    private const int PathMax = 4000;

    /// <summary>Time, latitude and longitude in turn, on the move only.</summary>
    public static List<double> TruePath(Person wearer, long endMs)
    {
        var moves = wearer.Timeline.Spans.Where(span => Timeline.Moves(span.Activity) && span.StartMs < endMs).ToList();
        var stepMs = Math.Max(StepMs, moves.Sum(span => span.EndMs - span.StartMs) / PathMax);
        List<double> path = [];
        Add(0);
        foreach (var span in moves)
        {
            var toMs = Math.Min(span.EndMs, endMs);
            for (var timeMs = span.StartMs; timeMs < toMs; timeMs += stepMs) Add(timeMs);
            Add(toMs);
        }

        return path;

        void Add(long timeMs)
        {
            var point = wearer.PositionAt(timeMs);
            path.AddRange([timeMs, Math.Round(point.Latitude, 6), Math.Round(point.Longitude, 6)]);
        }
    }

    /// <summary>The places that do something to an insole, while the wearer was in them; the worst where there are several.</summary>
    public static List<PlotSpan> Surroundings(Person wearer, Places places, long endMs)
    {
        PlaceKind[] worstFirst = [PlaceKind.Garage, PlaceKind.DeadZone, PlaceKind.Indoors, PlaceKind.Canyon, PlaceKind.Trees];
        var around = new List<PlotSpan>();
        foreach (var span in wearer.Timeline.Spans.Where(span => span.StartMs < endMs))
        {
            var toMs = Math.Min(span.EndMs, endMs);
            // Who stays in place is looked at once.
            var stepMs = Timeline.Moves(span.Activity) ? StepMs : toMs - span.StartMs;
            for (var timeMs = span.StartMs; timeMs < toMs; timeMs += stepMs)
            {
                var point = wearer.PositionAt(timeMs);
                var place = worstFirst.SelectMany(kind => places.All.Where(one => one.Kind == kind)).FirstOrDefault(one => one.Contains(point));
                if (place is not null) Extend(place, timeMs, Math.Min(toMs, timeMs + stepMs));
            }
        }

        return around;

        void Extend(Place place, long fromMs, long toMs)
        {
            if (around.Count > 0 && around[^1].ToMs == fromMs && around[^1].Text == place.Name) around[^1] = around[^1] with { ToMs = toMs };
            else around.Add(new PlotSpan(fromMs, toMs, PlotWords.Kebab(place.Kind), place.Name));
        }
    }
}
