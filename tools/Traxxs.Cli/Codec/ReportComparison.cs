using Traxxs.Protocol;

namespace Traxxs.Cli.Codec;

/// <summary>Compares two reports by what the wire carries.</summary>
internal static class ReportComparison
{
    /// <summary>The first field that differs, with both values; null where none does.</summary>
    public static string? Difference(Report a, Report b) =>
        Fields(a).Zip(Fields(b)).Where(pair => pair.First != pair.Second)
            .Select(pair => $"{pair.First.Name} is {pair.Second.Value}, was {pair.First.Value}").FirstOrDefault()
        ?? (Fields(a).Count() == Fields(b).Count() ? null : "the number of fields differs");

    private static IEnumerable<(string Name, long Value)> Fields(Report report)
    {
        yield return ("identity", report.HasIdentity ? ((long)report.Epoch << 32) | report.Sequence : -1);
        yield return ("deviceTime", report.HasDeviceTime ? report.DeviceTimeS : -1);
        yield return ("timeIsUptime", report.TimeIsUptime ? 1 : 0);
        yield return ("batteryMv", report.HasBattery ? report.BatteryMv / ReportLayout.BatteryStepMv : -1);
        yield return ("batteryPercent", report.HasBattery ? report.BatteryPercent : -1);
        yield return ("charging", report.HasBattery && report.Charging ? 1 : 0);
        yield return ("steps", report.HasSteps ? report.StepsTotal : -1);
        yield return ("nextContact", report.HasContract ? report.NextContactS : -1);
        yield return ("backlogReports", report.HasBacklog ? report.BacklogReports : -1);
        yield return ("backlogAge", report.HasBacklog ? report.BacklogAgeS : -1);
        yield return ("activity", report.HasActivity ? (long)report.Activity : -1);
        yield return ("fixCount", report.FixCount);
        yield return ("eventCount", report.EventCount);
        for (var i = 0; i < report.FixCount; i++)
        {
            yield return ($"fix {i} time", report.FixTimeS[i]);
            yield return ($"fix {i} latitude", report.LatitudeE5[i]);
            yield return ($"fix {i} longitude", report.LongitudeE5[i]);
            yield return ($"fix {i} accuracy", report.HasAccuracy ? report.AccuracyClass[i] : -1);
        }

        for (var i = 0; i < report.EventCount; i++)
        {
            yield return ($"event {i} code", (long)report.EventCodes[i]);
            yield return ($"event {i} time", report.EventTimeS[i]);
            yield return ($"event {i} value", report.EventValue[i]);
        }
    }
}
