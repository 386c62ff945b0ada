using System.Globalization;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Holds what a scenario came to against what it expects, and what every scenario must keep.</summary>
internal static class ExpectationCheck
{
    public static IReadOnlyList<ExpectationResult> All(SimulationRun run, ScenarioResult result, bool delivered, bool alertsKnown)
    {
        List<ExpectationResult> results =
        [
            new("every insole delivered all that it accepted", delivered,
                delivered ? "nothing left" : $"{run.Rigs.Sum(r => r.Waiting)} reports left {SimulationRun.DrainMax.TotalHours:0} h after the end"),
            new("every accepted report is stored exactly once", result.Lost == 0 && result.Duplicates == 0,
                $"{result.AcceptedReports} accepted, {result.StoredReports} stored, {result.Duplicates} doubled or refused"),
            new("no charge is used twice or given back", run.Rigs.All(EnergyAddsUp), string.Join(", ", run.Rigs.Select(r => Mah(r.UsedMah)))),
        ];
        foreach (var expectation in run.Scenario.Expectations)
        {
            results.Add(expectation switch
            {
                AlertExpectation alert when !alertsKnown => new ExpectationResult(alert.Text, null, "the server's alerts are not seen from here"),
                NoOtherAlertsExpectation when !alertsKnown => new ExpectationResult(expectation.Text, null, "the server's alerts are not seen from here"),
                FixesExpectation when !alertsKnown => new ExpectationResult(expectation.Text, null, "the server's reports are not seen from here"),
                AlertExpectation alert => Check(alert, run.Scenario.Start, result.Alerts),
                NoOtherAlertsExpectation => CheckNoOthers(run.Scenario, result.Alerts),
                EnergyExpectation energy => Check(energy, result.Devices),
                FixesExpectation fixes => Check(fixes, result.Devices),
                _ => throw new InvalidOperationException($"nobody checks {expectation.GetType().Name}"),
            });
        }

        return results;
    }

    // Consumers never give charge back, and the cell has lost what they drew.
    private static bool EnergyAddsUp(Rig.InsoleRig rig)
        => rig.UsedMah >= 0 && Enum.GetValues<Energy.EnergyConsumer>().All(c => rig.Energy.MahOf(c) >= 0) && rig.Battery.LeftMah >= 0 && rig.Battery.LeftMah <= rig.Battery.CapacityMah;

    private static ExpectationResult Check(AlertExpectation expected, DateTimeOffset start, IReadOnlyList<RaisedAlert> alerts)
    {
        var found = alerts.Where(a => a.DeviceId == expected.DeviceId && a.Rule == expected.Rule).ToList();
        var fitting = found.Count(a => Fits(a, expected, start));
        var detail = found.Count == 0 ? "none raised" : string.Join("; ", found.Select(a => Describe(a, start)));
        return new ExpectationResult(expected.Text, fitting == expected.Times && (expected.EventAtMs is not null || found.Count == expected.Times), detail);
    }

    private static bool Fits(RaisedAlert alert, AlertExpectation expected, DateTimeOffset start)
    {
        if (expected.EventAtMs is { } atMs && (alert.EventTime is not { } time || (time - start.AddMilliseconds(atMs)).Duration() > expected.Within)) return false;
        return expected.RaisedWithin is not { } most || alert.Age <= most;
    }

    private static ExpectationResult CheckNoOthers(Scenario scenario, IReadOnlyList<RaisedAlert> alerts)
    {
        var expected = scenario.Expectations.OfType<AlertExpectation>().ToList();
        var others = alerts.Where(a => !expected.Any(e => e.DeviceId == a.DeviceId && e.Rule == a.Rule && Fits(a, e, scenario.Start))).ToList();
        return new ExpectationResult("no other alerts", others.Count == 0, others.Count == 0 ? "none" : string.Join("; ", others.Select(a => Describe(a, scenario.Start))));
    }

    private static ExpectationResult Check(EnergyExpectation expected, IReadOnlyList<DeviceResult> devices)
    {
        var concerned = devices.Where(d => expected.DeviceId is null || d.DeviceId == expected.DeviceId).ToList();
        return new ExpectationResult(expected.Text, concerned.All(d => d.MAhPerDay <= expected.AtMostMAhPerDay),
            string.Join(", ", concerned.Select(d => $"{d.DeviceId} {Mah(d.MAhPerDay)} a day")));
    }

    private static ExpectationResult Check(FixesExpectation expected, IReadOnlyList<DeviceResult> devices)
    {
        var fixes = devices.Where(d => expected.DeviceId is null || d.DeviceId == expected.DeviceId).Sum(d => d.Fixes);
        return new ExpectationResult(expected.Text, fixes >= expected.AtLeast, $"{fixes} fixes");
    }

    private static string Describe(RaisedAlert alert, DateTimeOffset start)
    {
        var happened = alert.EventTime is { } time ? $"happened {Span(time - start)}, " : "";
        return $"{alert.DeviceId} {alert.Rule}: {happened}raised {Span(alert.RaisedAt - start)}";
    }

    private static string Span(TimeSpan span) => $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}";

    private static string Mah(double mah) => mah.ToString("0.00", CultureInfo.InvariantCulture) + " mAh";
}
