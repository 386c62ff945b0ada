using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Server;
using Traxxs.Simulation.Storage;

namespace Traxxs.Simulation.Run;

/// <summary>Runs a scenario to its end, lets the insoles deliver, and says what it came to.</summary>
public static class ScenarioRunner
{
    /// <summary>Share of the cell that a day's use may count on.</summary>
    public const double UsableShare = 0.9;

    /// <summary>Runs against the server's cores in the same process and the same simulated time.</summary>
    public static FinishedRun Run(Scenario scenario, ulong seed, Action<SimulationRun>? progress = null, CancellationToken cancellation = default)
        => Run(scenario, seed, new RunOptions(), progress, cancellation);

    /// <summary>The same, with what is not the scenario's to say.</summary>
    public static FinishedRun Run(Scenario scenario, ulong seed, RunOptions options, Action<SimulationRun>? progress = null, CancellationToken cancellation = default)
    {
        ModelServer? server = null;
        var run = new SimulationRun(scenario, seed, (self, device) => new DirectServerPath(device.Id, server ??= new ModelServer(scenario, () => self.UtcNow)), options)
        {
            TickEveryMs = ModelServer.HeartbeatMs,
            Tick = () => server?.Tick(),
        };
        var delivered = RunAndDrain(run, progress, cancellation);
        var result = Judge(run, delivered, new DeviceEvidence(run, server), [.. server!.Alerts.Select(RaisedAlert.From)],
            (id, frame) => server.Stored.TryGetValue((id, frame.Epoch, frame.Sequence), out var stored) && frame.IsStoredAs(stored.Frame),
            server.Conflicts + server.Rejected);
        return new FinishedRun(run, result, server);
    }

    /// <summary>Runs against a server somewhere else: delivery is what it acknowledged, its alerts are not seen from here.</summary>
    public static FinishedRun Run(Scenario scenario, ulong seed, Func<ScenarioDevice, IServerPath> path, Action<SimulationRun>? progress = null, CancellationToken cancellation = default)
        => Run(scenario, seed, path, new RunOptions(), progress, cancellation);

    /// <summary>The same, with what is not the scenario's to say.</summary>
    public static FinishedRun Run(Scenario scenario, ulong seed, Func<ScenarioDevice, IServerPath> path, RunOptions options, Action<SimulationRun>? progress = null, CancellationToken cancellation = default)
    {
        var run = new SimulationRun(scenario, seed, (_, device) => path(device), options);
        var delivered = RunAndDrain(run, progress, cancellation);
        var result = Judge(run, delivered, new DeviceEvidence(run, null), [], (id, _) => run.Rigs.First(r => r.DeviceId == id) is { IsReady: true, Waiting: 0 }, 0);
        return new FinishedRun(run, result, null);
    }

    private static bool RunAndDrain(SimulationRun run, Action<SimulationRun>? progress, CancellationToken cancellation)
    {
        const long hourMs = 3_600_000;
        var endMs = (long)run.Scenario.Duration.TotalMilliseconds;
        while (run.NowMs < endMs)
        {
            run.RunTo(Math.Min(endMs, run.NowMs + hourMs), cancellation);
            progress?.Invoke(run);
        }

        return run.Drain(cancellation);
    }

    private static ScenarioResult Judge(SimulationRun run, bool delivered, DeviceEvidence evidence, IReadOnlyList<RaisedAlert> alerts, Func<string, AcceptedFrame, bool> isStored, int duplicates)
    {
        var result = new ScenarioResult
        {
            Scenario = run.Scenario.Name,
            Seed = run.Seed,
            VirtualSeconds = run.NowMs / 1000.0,
            Duplicates = duplicates,
            Hash = HashOf(run),
            Devices = [.. run.Rigs.Select(rig => Account(rig, run, evidence, isStored))],
            Alerts = alerts,
            Expectations = [],
        };
        return result with { Expectations = ExpectationCheck.All(run, result, evidence, delivered) };
    }

    private static DeviceResult Account(InsoleRig rig, SimulationRun run, DeviceEvidence evidence, Func<string, AcceptedFrame, bool> isStored)
    {
        var mAhPerDay = evidence.MAhPerDay(rig);
        var energy = Enum.GetValues<EnergyConsumer>().ToDictionary(c => c.ToString(), c => Math.Round(rig.Energy.MahOf(c), 4));
        energy["SelfDischarge"] = Math.Round(rig.SelfDischargeMah, 4);
        return new DeviceResult
        {
            DeviceId = rig.DeviceId,
            Accepted = rig.Accepted.Count,
            Stored = rig.Accepted.Count(frame => isStored(rig.DeviceId, frame)),
            Dropped = rig.Dropped,
            Fixes = evidence.TrackOf(rig.DeviceId).Count,
            Starts = rig.Starts,
            Searches = rig.Searches,
            MAhPerDay = mAhPerDay,
            ProjectedDays = rig.Battery.CapacityMah * UsableShare / mAhPerDay,
            BytesOnAirPerDay = rig.Link.BytesOnAir / (run.NowMs / 86_400_000.0),
            PathCoveredPercent = Rounded(evidence.CoveredPercent(rig, 25)),
            PositionErrorP95M = Rounded(evidence.PositionErrorM(rig, 95)),
            LatencyP95S = Rounded(TrackMeasure.Percentile(evidence.LatenciesS(rig), 95)),
            StepErrorPercent = Rounded(evidence.StepErrorPercent(rig)),
            EnergyMAh = energy,
        };
    }

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 2) : null;

    private static string HashOf(SimulationRun run)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[20];
        foreach (var rig in run.Rigs)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(rig.DeviceId));
            foreach (var frame in rig.Accepted)
            {
                BinaryPrimitives.WriteInt64LittleEndian(header, frame.TimeMs);
                BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Epoch);
                BinaryPrimitives.WriteUInt32LittleEndian(header[12..], frame.Sequence);
                BinaryPrimitives.WriteInt32LittleEndian(header[16..], frame.Frame.Length);
                hash.AppendData(header);
                hash.AppendData(frame.Frame);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A run at its end, with all that a report is made from.</summary>
/// <param name="Run">The insoles as they stand.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Server">The server in the same process; null where it was another.</param>
public sealed record FinishedRun(SimulationRun Run, ScenarioResult Result, ModelServer? Server) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Run.Dispose();
}
