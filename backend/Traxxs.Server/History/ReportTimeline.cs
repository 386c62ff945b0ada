using Traxxs.Server.Api;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.History;

/// <summary>
/// Reports of a device by when it closed them, each numbering in its own order: what steps, activity and battery are read
/// from, with or without fixes. Reports closed without a known time are left out.
/// </summary>
internal sealed class ReportTimeline(ReportArchive archive)
{
    // What happened in a range may be told by a report closed this long after it: a usual batch's age and some.
    private const int ToldLaterS = 3600;

    private const int ReportsAtOnce = 200;

    // A device that starts without a time sends at most a few such reports before it has one.
    private const int WithoutTimeMax = 64;

    /// <summary>
    /// Numbering by numbering, the report before a range (the baseline of its totals), those in it, and those closed within
    /// an hour behind it.
    /// </summary>
    public IEnumerable<IEnumerable<AcceptedReport>> Read(string deviceId, long fromS, long toS) =>
        archive.Store.ReadNumberings(deviceId).Select(numbering => Of(deviceId, numbering, fromS, toS + ToldLaterS));

    private IEnumerable<AcceptedReport> Of(string deviceId, Numbering numbering, long fromS, long toS)
    {
        if (FirstFrom(deviceId, numbering, fromS) is not { } sequence) yield break;
        if (Before(deviceId, numbering, sequence) is { } baseline) yield return baseline;
        while (archive.Store.ReadBySequence(deviceId, numbering.Epoch, sequence, ReportsAtOnce) is { Count: > 0 } page)
        {
            foreach (var report in page.Select(archive.Decode))
            {
                if (report?.DeviceTime is not { } closed) continue;
                if (closed.ToUnixTimeSeconds() > toS) yield break;
                yield return report;
            }

            sequence = page[^1].Report.Sequence + 1;
        }
    }

    // Halves the numbers until the first report closed at or behind a time is found; device time grows with the number.
    private long? FirstFrom(string deviceId, Numbering numbering, long fromS)
    {
        var (low, high) = (numbering.FirstSequence, numbering.LastSequence + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (ClosedFrom(deviceId, numbering.Epoch, middle) is { } closed && closed < fromS) low = middle + 1;
            else high = middle;
        }

        return low <= numbering.LastSequence ? low : null;
    }

    private long? ClosedFrom(string deviceId, int epoch, long sequence) =>
        archive.Store.ReadBySequence(deviceId, epoch, sequence, WithoutTimeMax).FirstOrDefault(stored => stored.Report.DeviceTimeS is not null)?.Report.DeviceTimeS;

    private AcceptedReport? Before(string deviceId, Numbering numbering, long sequence)
    {
        if (sequence <= numbering.FirstSequence) return null;
        return archive.Store.ReadBySequence(deviceId, numbering.Epoch, Math.Max(numbering.FirstSequence, sequence - WithoutTimeMax), WithoutTimeMax)
            .Where(stored => stored.Report.Sequence < sequence && stored.Report.DeviceTimeS is not null)
            .Select(archive.Decode).LastOrDefault();
    }
}
