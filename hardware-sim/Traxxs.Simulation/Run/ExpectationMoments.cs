using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Where in a run to look for why something is not as expected.</summary>
internal static class ExpectationMoments
{
    /// <summary>The expectation's result with the insole and the moment to look at, where it fails and there is one.</summary>
    public static ExpectationResult Point(ExpectationResult result, Expectation expected, SimulationRun run, DeviceEvidence evidence, IReadOnlyList<RaisedAlert> alerts)
    {
        if (result.Passed != false) return result;
        switch (expected)
        {
            case AlertExpectation alert:
                var near = alerts.Where(a => alert.Concerns(a.DeviceId) && a.Rule == alert.Rule).Select(a => Ms(a.EventTime ?? a.RaisedAt, run)).ToList();
                return At(alert.DeviceId ?? run.Rigs[0].DeviceId, alert.EventAtMs ?? (near.Count > 0 ? near[^1] : null));
            case NoOtherAlertsExpectation:
                var other = AlertCheck.Others(run.Scenario, alerts)[0];
                return At(other.DeviceId, Ms(other.RaisedAt, run));
            case UpdateExpectation update:
                var misfit = UpdateCheck.Misfit(update, evidence.Updates);
                return At(misfit?.DeviceId ?? update.DeviceId ?? run.Rigs[0].DeviceId, misfit is null ? null : Ms(misfit.EndedAt ?? misfit.ToldAt ?? misfit.AskedAt, run));
            case FeltExpectation felt:
                return At(felt.DeviceId ?? run.Rigs[0].DeviceId, felt.AfterMs > 0 ? felt.AfterMs : null);
            case QuantityExpectation quantity:
                var rig = run.Rigs.First(one => quantity.Concerns(one.DeviceId) && !ExpectationCheck.Holds(quantity, evidence.Value(quantity, one)));
                return At(rig.DeviceId, Worst(quantity.Quantity, quantity.WithinM, rig, evidence, run));
            default:
                return result;
        }

        ExpectationResult At(string deviceId, long? timeMs) => result with { DeviceId = deviceId, AtMs = timeMs };
    }

    private static long? Worst(Quantity quantity, double withinM, InsoleRig rig, DeviceEvidence evidence, SimulationRun run)
    {
        switch (quantity)
        {
            case Quantity.Latency:
                return rig.Accepted.Count == 0 ? null : rig.Accepted.MaxBy(frame => evidence.LatencyS(rig, frame) ?? -1)!.TimeMs;
            case Quantity.PositionError:
                var track = evidence.TrackOf(rig.DeviceId);
                return track.Count == 0 ? null : track.MaxBy(fix => rig.Wearer.PositionAt(Math.Max(0, fix.TimeMs)).DistanceTo(fix.Point)).TimeMs;
            case Quantity.PathCovered:
                return TrackMeasure.LongestGapMs(rig.Wearer, evidence.TrackOf(rig.DeviceId), run.NowMs, withinM);
            case Quantity.Starts:
                var starts = rig.Trace.States.Where(state => state.Controller == ControllerState.Starting).ToList();
                return starts.Count > 0 ? starts[^1].TimeMs : null;
            default:
                return null;
        }
    }

    private static long Ms(DateTimeOffset time, SimulationRun run) => (long)(time - run.Scenario.Start).TotalMilliseconds;
}
