using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>Which position stands for an event.</summary>
internal static class ReportPositions
{
    public static AlertPosition ToPosition(this ReportFix fix) =>
        new(fix.FixTime, (int)Math.Round(fix.Latitude * 1e5), (int)Math.Round(fix.Longitude * 1e5), fix.AccuracyM);

    public static ReportFix ToFix(this AlertPosition position) =>
        new(position.FixTime, position.LatitudeE5 / 1e5, position.LongitudeE5 / 1e5, position.AccuracyM);

    /// <summary>The known position nearest in time, or the newest one where the event's time is not known.</summary>
    public static AlertPosition? Nearest(AcceptedReport report, AlertPosition? last, DateTimeOffset? time)
    {
        var best = last;
        foreach (var fix in report.Fixes)
        {
            var better = best is null
                || (time is { } at ? (fix.FixTime - at).Duration() < (best.FixTime - at).Duration() : fix.FixTime > best.FixTime);
            if (better) best = fix.ToPosition();
        }

        return best;
    }
}
