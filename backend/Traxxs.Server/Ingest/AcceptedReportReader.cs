using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Traxxs.Protocol;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>From the wire's columns to what the server works with.</summary>
internal static class AcceptedReportReader
{
    private const double DegreesPerE5 = 1e-5;

    /// <summary>A report as the store gives it; decoded unless it is still in memory as it was when it came in.</summary>
    public static AcceptedReport? Read(StoredReport stored)
    {
        var record = stored.Report;
        if (record.Decoded is AcceptedReport known) return known.At(stored.Position);
        if (ReportFrame.Decode(FrameOf(record), out var report) != DecodeResult.Ok) return null;
        return Read(record.DeviceId, record.ServerTimeMs, report).At(stored.Position);
    }

    /// <summary>A decoded report that has no position yet.</summary>
    public static AcceptedReport Read(string deviceId, long serverTimeMs, Report report)
    {
        var serverTime = DateTimeOffset.FromUnixTimeMilliseconds(serverTimeMs);
        return new AcceptedReport
        {
            DeviceId = deviceId,
            Epoch = report.Epoch,
            Sequence = report.Sequence,
            ServerTime = serverTime,
            DeviceTime = report.HasDeviceTime && !report.TimeIsUptime ? DateTimeOffset.FromUnixTimeSeconds(report.DeviceTimeS) : null,
            UptimeS = report.HasDeviceTime && report.TimeIsUptime ? report.DeviceTimeS : null,
            NextContact = report.HasContract ? TimeSpan.FromSeconds(report.NextContactS) : null,
            Battery = report.HasBattery ? new BatteryReading(report.BatteryMv, report.BatteryPercent, report.Charging) : null,
            StepsTotal = report.HasSteps ? report.StepsTotal : null,
            Activity = report.HasActivity ? report.Activity : null,
            Backlog = report.HasBacklog ? (report.BacklogReports, TimeSpan.FromSeconds(report.BacklogAgeS)) : null,
            Fixes = Fixes(report),
            Events = Events(report, serverTime),
            News = DeviceNews.Of(report),
        };
    }

    private static byte[] FrameOf(ReportRecord record) =>
        MemoryMarshal.TryGetArray(record.Payload, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : record.Payload.ToArray();

    private static ImmutableArray<ReportFix> Fixes(Report report)
    {
        var fixes = new ReportFix[report.FixCount];
        for (var i = 0; i < fixes.Length; i++)
        {
            fixes[i] = new ReportFix(
                DateTimeOffset.FromUnixTimeSeconds(report.FixTimeS[i]),
                Degrees(report.LatitudeE5[i]),
                Degrees(report.LongitudeE5[i]),
                report.HasAccuracy ? AccuracyClass.ToMetres(report.AccuracyClass[i]) : null);
        }

        if (!IsInOrder(fixes)) fixes = [.. fixes.OrderBy(fix => fix.FixTime)];
        return ImmutableCollectionsMarshal.AsImmutableArray(fixes);
    }

    // As devices write them: then nothing needs sorting.
    private static bool IsInOrder(ReportFix[] fixes)
    {
        for (var i = 1; i < fixes.Length; i++)
        {
            if (fixes[i].FixTime < fixes[i - 1].FixTime) return false;
        }

        return true;
    }

    /// <summary>The double nearest to the decimal number, so that it prints with five places.</summary>
    private static double Degrees(int degreesE5) => Math.Round(degreesE5 * DegreesPerE5, 5);

    private static ImmutableArray<ReportEvent> Events(Report report, DateTimeOffset serverTime)
    {
        if (report.EventCount == 0) return [];
        var events = new ReportEvent[report.EventCount];
        for (var i = 0; i < events.Length; i++)
            events[i] = new ReportEvent(report.EventCodes[i], EventTime(report, report.EventTimeS[i], serverTime), report.EventValue[i]);

        // Sorting is stable: events of one second, or without a time, stay in the order noticed.
        return [.. events.OrderBy(one => one.Time ?? serverTime)];
    }

    private static DateTimeOffset? EventTime(Report report, uint timeS, DateTimeOffset serverTime)
    {
        if (!report.TimeIsUptime) return DateTimeOffset.FromUnixTimeSeconds(timeS);
        if (!report.HasDeviceTime || timeS > report.DeviceTimeS) return null;
        return serverTime - TimeSpan.FromSeconds(report.DeviceTimeS - timeS);
    }
}
