using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Alerts;

/// <summary>Fixes from the report store.</summary>
public sealed class StoredFixHistory(IReportStore store, Func<StoredReport, AcceptedReport?> decode) : IFixHistory
{
    private const int PageMax = 200;

    /// <inheritdoc/>
    public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition)
    {
        var fixes = new List<ReportFix>();
        (long FirstFixTimeS, long Position)? after = null;
        while (true)
        {
            var page = store.ReadByFixTime(deviceId, Math.Max(0, from.ToUnixTimeSeconds()), to.ToUnixTimeSeconds(), after, PageMax);
            foreach (var stored in page)
            {
                if (stored.Position > throughPosition || decode(stored) is not { } report) continue;
                fixes.AddRange(report.Fixes.Where(fix => fix.FixTime >= from && fix.FixTime <= to));
            }

            if (page.Count < PageMax) break;
            after = (page[^1].Report.FirstFixTimeS!.Value, page[^1].Position);
        }

        fixes.Sort((a, b) => a.FixTime.CompareTo(b.FixTime));
        return fixes;
    }
}
