using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Comparison;

/// <summary>The numbers in which two runs are compared, and which way each should go.</summary>
internal static class ComparedNumbers
{
    // What chance and rounding move where nothing has changed: a slack is no tolerance, it only keeps noise from being news.
    private const double ErrorSlackM = 1, LatencySlackS = 1, StepSlackPercent = 0.5, CoveredSlackPercent = 0.5;

    public static IEnumerable<ComparedNumber> Of(ScenarioResult a, ScenarioResult b)
    {
        yield return new("charge, mAh a day", null, a.MAhPerDay, b.MAhPerDay) { Wanted = Wanted.Less };
        yield return new("days on the cell", null, a.ProjectedDays, b.ProjectedDays) { Wanted = Wanted.More };
        foreach (var consumer in a.Devices[0].EnergyMAh.Keys.Union(b.Devices[0].EnergyMAh.Keys))
        {
            yield return new($"{EnergySection.NameOf(consumer)}, mAh a day", null, MAhPerDay(a, consumer), MAhPerDay(b, consumer)) { Wanted = Wanted.Neither };
        }

        yield return new("reports accepted", null, a.AcceptedReports, b.AcceptedReports) { Wanted = Wanted.Neither };
        yield return new("reports lost", null, a.Lost, b.Lost) { Wanted = Wanted.Less };
        yield return new("reports doubled", null, a.Duplicates, b.Duplicates) { Wanted = Wanted.Less };
        yield return new("bytes on the air a day", null, a.BytesOnAirPerDay, b.BytesOnAirPerDay) { Wanted = Wanted.Less };
        foreach (var id in a.Devices.Select(d => d.DeviceId).Union(b.Devices.Select(d => d.DeviceId)))
        {
            foreach (var number in OfDevice(id, a.Devices.FirstOrDefault(d => d.DeviceId == id), b.Devices.FirstOrDefault(d => d.DeviceId == id))) yield return number;
        }
    }

    private static IEnumerable<ComparedNumber> OfDevice(string id, DeviceResult? a, DeviceResult? b)
    {
        yield return new("way within 25 m of the track, %", id, a?.PathCoveredPercent, b?.PathCoveredPercent) { Wanted = Wanted.More, Slack = CoveredSlackPercent };
        yield return new("position error, 95 %, m", id, a?.PositionErrorP95M, b?.PositionErrorP95M) { Wanted = Wanted.Less, Slack = ErrorSlackM };
        yield return new("latency of reports, 95 %, s", id, a?.LatencyP95S, b?.LatencyP95S) { Wanted = Wanted.Less, Slack = LatencySlackS };
        yield return new("steps off, %", id, a?.StepErrorPercent, b?.StepErrorPercent) { Wanted = Wanted.Less, Slack = StepSlackPercent };
        yield return new("fixes", id, a?.Fixes, b?.Fixes) { Wanted = Wanted.Neither };
        yield return new("searches of the receiver", id, a?.Searches, b?.Searches) { Wanted = Wanted.Neither };
        yield return new("starts of the firmware", id, a?.Starts, b?.Starts) { Wanted = Wanted.Less };
        yield return new("reports dropped", id, a?.Dropped, b?.Dropped) { Wanted = Wanted.Less };
    }

    private static double? MAhPerDay(ScenarioResult result, string consumer)
        => result.Devices.All(d => d.EnergyMAh.ContainsKey(consumer)) ? Math.Round(result.Devices.Average(d => d.EnergyMAh[consumer]) / (result.VirtualSeconds / 86_400), 3) : null;
}
