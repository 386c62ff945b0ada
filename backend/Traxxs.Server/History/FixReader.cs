using Traxxs.Server.Api;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.History;

/// <summary>
/// Fixes of a device in the order of their times, read as they are asked for: a year of them needs no more memory than an
/// hour. Reports come by their first fix and may overlap (a late batch, two numberings); what a later report could still
/// precede is held back.
/// </summary>
internal sealed class FixReader(ReportArchive archive)
{
    /// <summary>Fixes held back at most: a thousand full reports that overlap in one place. Beyond it the earliest is given out.</summary>
    public const int HeldMax = 65_536;

    private const int ReportsAtOnce = 200;

    /// <summary>Fixes of a time range, both ends included (s since 1970 UTC).</summary>
    public IEnumerable<TrackFix> Read(string deviceId, long fromS, long toS)
    {
        var held = new PriorityQueue<TrackFix, (long Time, long Order)>();
        long order = 0;
        foreach (var report in Reports(deviceId, fromS, toS))
        {
            while (held.TryPeek(out _, out var first) && (first.Time <= report.Fixes[0].FixTime.ToUnixTimeSeconds() || held.Count > HeldMax))
                yield return held.Dequeue();
            foreach (var fix in FixesOf(report, fromS, toS)) held.Enqueue(fix, (fix.Time, order++));
        }

        while (held.TryDequeue(out var fix, out _)) yield return fix;
    }

    /// <summary>The fixes of a report inside a range, in the order of their times.</summary>
    public static IEnumerable<TrackFix> FixesOf(AcceptedReport report, long fromS, long toS)
    {
        foreach (var fix in report.Fixes)
        {
            var time = fix.FixTime.ToUnixTimeSeconds();
            if (time >= fromS && time <= toS)
                yield return new TrackFix(report.DeviceId, time, fix.Latitude, fix.Longitude, fix.AccuracyM, report.Epoch, report.Sequence);
        }
    }

    private IEnumerable<AcceptedReport> Reports(string deviceId, long fromS, long toS)
    {
        (long FirstFixTimeS, long Position)? after = null;
        while (true)
        {
            var page = archive.Store.ReadByFixTime(deviceId, fromS, toS, after, ReportsAtOnce);
            foreach (var stored in page)
            {
                after = (stored.Report.FirstFixTimeS!.Value, stored.Position);
                if (archive.Decode(stored) is { Fixes.IsEmpty: false } report) yield return report;
            }

            if (page.Count < ReportsAtOnce) yield break;
        }
    }
}
