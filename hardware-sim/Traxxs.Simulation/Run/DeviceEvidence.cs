using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Server;
using Traxxs.Simulation.Storage;
using Traxxs.Simulation.World;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Run;

/// <summary>What can be measured of an insole at the end of a run: at the insole itself, and at the server where that is in sight.</summary>
public sealed class DeviceEvidence(SimulationRun run, ModelServer? server)
{
    /// <summary>Whether the server's reports and alerts are seen from here.</summary>
    public bool ServerSeen => server is not null;

    /// <summary>Firmware images offered, and how they came out.</summary>
    public IReadOnlyList<DeviceUpdate> Updates => server?.Updates ?? [];

    /// <summary>The stored track.</summary>
    public IReadOnlyList<TrackPoint> TrackOf(string deviceId)
        => server is null ? [] : [.. server.Reports.Where(r => r.DeviceId == deviceId).SelectMany(r => r.Fixes)
            .Select(fix => new TrackPoint((long)(fix.FixTime - run.Scenario.Start).TotalMilliseconds, new GeoPoint(fix.Latitude, fix.Longitude)))];

    /// <summary>Charge used, mAh a day.</summary>
    public double MAhPerDay(InsoleRig rig) => rig.UsedMah / (run.NowMs / 86_400_000.0);

    /// <summary>From acceptance on the insole to storage at the server, s, ascending.</summary>
    public IReadOnlyList<double> LatenciesS(InsoleRig rig)
    {
        var latencies = new List<double>();
        foreach (var frame in rig.Accepted)
        {
            if (LatencyS(rig, frame) is { } latency) latencies.Add(latency);
        }

        latencies.Sort();
        return latencies;
    }

    /// <summary>The same of one report; null where it is not stored, or not seen from here.</summary>
    public double? LatencyS(InsoleRig rig, AcceptedFrame frame)
        => server is not null && server.Stored.TryGetValue((rig.DeviceId, frame.Epoch, frame.Sequence), out var stored)
            ? (stored.ArrivedAt - run.Scenario.Start).TotalSeconds - frame.TimeMs / 1000.0 : null;

    /// <summary>Difference of the counted steps from the true ones, %; null where the wearer took none.</summary>
    public double? StepErrorPercent(InsoleRig rig)
        => rig.Wearer.Timeline.StridesUntil(run.NowMs) is > 0 and var strides ? 100.0 * Math.Abs(rig.StepsTotal - strides) / strides : null;

    /// <summary>Share of the way within some metres of the stored track, %.</summary>
    public double? CoveredPercent(InsoleRig rig, double withinM) => TrackMeasure.CoveredPercent(rig.Wearer, TrackOf(rig.DeviceId), run.NowMs, withinM);

    /// <summary>Distance of the stored fixes from the truth at a percentile, m.</summary>
    public double? PositionErrorM(InsoleRig rig, double percentile) => TrackMeasure.Percentile(TrackMeasure.ErrorsM(rig.Wearer, TrackOf(rig.DeviceId)), percentile);

    /// <summary>Reports of an insole that are stored.</summary>
    public int Reports(InsoleRig rig) => server is null ? rig.Accepted.Count : server.Reports.Count(r => r.DeviceId == rig.DeviceId);

    /// <summary>The quantity an expectation speaks of; null where there is nothing to measure.</summary>
    public double? Value(QuantityExpectation expected, InsoleRig rig) => expected.Quantity switch
    {
        Quantity.Energy => MAhPerDay(rig),
        Quantity.Battery => rig.Battery.Percent,
        Quantity.Fixes => TrackOf(rig.DeviceId).Count,
        Quantity.Reports => Reports(rig),
        Quantity.Dropped => rig.Dropped,
        Quantity.Starts => rig.Starts,
        Quantity.Searches => rig.Searches,
        Quantity.PositionError => PositionErrorM(rig, expected.Percentile),
        Quantity.PathCovered => CoveredPercent(rig, expected.WithinM),
        Quantity.Latency => TrackMeasure.Percentile(LatenciesS(rig), expected.Percentile),
        Quantity.StepError => StepErrorPercent(rig),
        _ => throw new InvalidOperationException($"nobody measures {expected.Quantity}"),
    };
}
