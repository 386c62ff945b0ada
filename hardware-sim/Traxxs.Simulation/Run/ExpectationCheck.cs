using System.Globalization;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Holds what a scenario came to against what it expects, and what every scenario must keep.</summary>
internal static class ExpectationCheck
{
    public static IReadOnlyList<ExpectationResult> All(SimulationRun run, ScenarioResult account, DeviceEvidence evidence, bool delivered)
    {
        var alerts = account.Alerts;
        List<ExpectationResult> results =
        [
            new("every insole delivered all that it accepted", delivered,
                delivered ? "nothing left" : $"{run.Rigs.Sum(r => r.Waiting)} reports left {SimulationRun.DrainMax.TotalHours:0} h after the end"),
            StoredOnce(run, account),
            new("no charge is used twice or given back", run.Rigs.All(EnergyAddsUp), string.Join(", ", run.Rigs.Select(r => Mah(r.UsedMah)))),
        ];
        foreach (var expectation in run.Scenario.Expectations)
        {
            var result = expectation switch
            {
                FeltExpectation felt => Check(felt, run.Rigs),
                _ when !evidence.ServerSeen && NeedsServer(expectation) => new ExpectationResult(expectation.Text, null, "what the server has is not seen from here"),
                AlertExpectation alert => AlertCheck.Check(alert, run.Scenario.Start, alerts),
                UpdateExpectation update => UpdateCheck.Check(update, evidence.Updates),
                NoOtherAlertsExpectation => AlertCheck.NoOthers(run.Scenario, alerts),
                QuantityExpectation quantity => Check(quantity, run, evidence),
                _ => throw new InvalidOperationException($"nobody checks {expectation.GetType().Name}"),
            };
            results.Add(ExpectationMoments.Point(result with { Meaning = ExpectationWords.Of(expectation, run.Scenario.Start) }, expectation, run, evidence, alerts));
        }

        return results;
    }

    // A bit that turns over in flash costs at most the one report it hit, and the insole cannot know it where it starts afterwards.
    private static ExpectationResult StoredOnce(SimulationRun run, ScenarioResult result)
    {
        var bits = run.Scenario.Faults.Where(fault => fault.Kind == FaultKind.FlashFlips).Sum(fault => fault.Amount * run.Rigs.Count(rig => fault.DeviceId is null || fault.DeviceId == rig.DeviceId));
        return new ExpectationResult("every accepted report is stored exactly once", result.Lost <= bits && result.Duplicates == 0,
            $"{result.AcceptedReports} accepted, {result.StoredReports} stored, {result.Duplicates} doubled or refused{(bits > 0 ? $", {bits} bits turned over in flash" : "")}");
    }

    // Consumers never give charge back, and the cell has lost what they drew.
    private static bool EnergyAddsUp(InsoleRig rig)
        => rig.UsedMah >= 0 && Enum.GetValues<Energy.EnergyConsumer>().All(c => rig.Energy.MahOf(c) >= 0) && rig.Battery.LeftMah >= 0 && rig.Battery.LeftMah <= rig.Battery.CapacityMah;

    private static bool NeedsServer(Expectation expectation)
        => expectation is AlertExpectation or UpdateExpectation or NoOtherAlertsExpectation or QuantityExpectation
        {
            Quantity: Quantity.Fixes or Quantity.PositionError or Quantity.PathCovered or Quantity.Latency,
        };

    private static ExpectationResult Check(FeltExpectation expected, IReadOnlyList<InsoleRig> rigs)
    {
        var felt = rigs.Where(rig => expected.Concerns(rig.DeviceId)).SelectMany(rig => rig.Shown).Where(shown => shown.Pattern == expected.Pattern).ToList();
        var count = felt.Count(shown => shown.TimeMs >= expected.AfterMs && shown.TimeMs < expected.BeforeMs);
        var passed = expected.Times == 0 ? count == 0 : count >= expected.Times;
        return new ExpectationResult(expected.Text, passed, felt.Count == 0 ? "never felt" : "felt at " + string.Join(", ", felt.Take(10).Select(shown => AlertCheck.Span(TimeSpan.FromMilliseconds(shown.TimeMs)))));
    }

    private static ExpectationResult Check(QuantityExpectation expected, SimulationRun run, DeviceEvidence evidence)
    {
        var found = run.Rigs.Where(rig => expected.Concerns(rig.DeviceId)).Select(rig => (rig.DeviceId, Value: evidence.Value(expected, rig))).ToList();
        var passed = found.All(one => Holds(expected, one.Value));
        return new ExpectationResult(expected.Text, passed, string.Join(", ", found.Select(one => $"{one.DeviceId} {Describe(expected.Quantity, one.Value)}")));
    }

    public static bool Holds(QuantityExpectation expected, double? found) => found is { } value && !(value < expected.AtLeast) && !(value > expected.AtMost);

    private static string Describe(Quantity quantity, double? value) => value is not { } known ? "nothing to measure" : quantity switch
    {
        Quantity.Energy => $"{Mah(known)} a day",
        Quantity.Battery or Quantity.PathCovered or Quantity.StepError => known.ToString("0.0", CultureInfo.InvariantCulture) + " %",
        Quantity.PositionError => known.ToString("0.0", CultureInfo.InvariantCulture) + " m",
        Quantity.Latency => AlertCheck.Span(TimeSpan.FromSeconds(known)),
        _ => known.ToString("0", CultureInfo.InvariantCulture),
    };

    private static string Mah(double mah) => mah.ToString("0.00", CultureInfo.InvariantCulture) + " mAh";
}
