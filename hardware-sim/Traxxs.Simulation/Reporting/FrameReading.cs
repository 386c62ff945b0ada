using Traxxs.Protocol;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>What an insole's own frames say, whatever became of them on their way.</summary>
/// <param name="Events">Alarms and events.</param>
/// <param name="Fixes">Fixes by their own time.</param>
internal sealed record FrameReading(IReadOnlyList<PlotMark> Events, IReadOnlyList<PlotFix> Fixes)
{
    // Worse than this is no disc on a map, m: the last class but one of the wire format.
    private const int AccuracyMaxM = 300;

    /// <summary>Reads the accepted frames, the first ones where there are too many.</summary>
    public static FrameReading Of(InsoleRig rig, DateTimeOffset start, int framesMax)
    {
        var reader = new ReportReader();
        var report = new Report();
        var events = new List<PlotMark>();
        var fixes = new List<PlotFix>();
        foreach (var accepted in rig.Accepted.Take(framesMax))
        {
            if (reader.Read(accepted.Frame, 0, accepted.Frame.Length, report) != DecodeResult.Ok) continue;
            AddEvents(events, report, accepted.TimeMs, start);
            for (var i = 0; i < report.FixCount; i++)
            {
                fixes.Add(Fix(rig, (report.FixTimeS[i] - start.ToUnixTimeSeconds()) * 1000, report.LatitudeE5[i] / 1e5, report.LongitudeE5[i] / 1e5, report.HasAccuracy ? AccuracyClass.ToMetres(report.AccuracyClass[i]) : null));
            }
        }

        return new FrameReading(events, [.. fixes.OrderBy(fix => fix.TimeMs)]);
    }

    /// <summary>A fix and how far off it was.</summary>
    public static PlotFix Fix(InsoleRig rig, long timeMs, double latitude, double longitude, int? accuracyM)
    {
        var error = rig.Wearer.PositionAt(Math.Max(0, timeMs)).DistanceTo(new GeoPoint(latitude, longitude));
        return new PlotFix(timeMs, Math.Round(latitude, 5), Math.Round(longitude, 5), accuracyM <= AccuracyMaxM ? accuracyM : null, Math.Round(error, 1));
    }

    // A time counted from the insole's start is not one of the run: such an event stands where its report was closed.
    private static void AddEvents(List<PlotMark> events, Report report, long closedMs, DateTimeOffset start)
    {
        for (var i = 0; i < report.EventCount; i++)
        {
            var ownMs = (report.EventTimeS[i] - start.ToUnixTimeSeconds()) * 1000;
            var known = !report.TimeIsUptime && ownMs >= 0 && ownMs <= closedMs + 1000;
            var code = report.EventCodes[i];
            events.Add(new PlotMark(known ? ownMs : closedMs, PlotWords.EventClass(code), PlotWords.Event(code, report.EventValue[i])));
        }
    }
}
