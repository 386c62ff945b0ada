using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Scenarios.Reading;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// Runs one plan: insoles, radio, session, ingest, store, rules and people in one simulated time, every invariant looked at every
/// tick; then the world is healed and all of it must come through.
/// </summary>
public static class SoakRun
{
    /// <summary>How often the rules and the invariants look, ms.</summary>
    public const int TickMs = 5000;

    /// <summary>How long an insole may take to deliver once all is healed: its longest wait, and the way of a full queue.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromMinutes(30);

    /// <summary>How long rules and notifications get after the last report: retries of a channel that failed for hours wait ten minutes.</summary>
    private static readonly TimeSpan SettleMax = TimeSpan.FromMinutes(11);

    /// <summary>Makes the plan of a seed and runs it.</summary>
    public static SoakResult Run(ulong seed, int minutes, CancellationToken cancellation = default) => Run(SoakPlanner.Plan(seed, minutes), seed, cancellation);

    /// <summary>Runs a plan. Throws <see cref="ScenarioException"/> where it cannot be used.</summary>
    public static SoakResult Run(string plan, ulong? seed = null, CancellationToken cancellation = default) => Run(plan, seed, new SoakParts(), cancellation);

    internal static SoakResult Run(string plan, ulong? seed, SoakParts parts, CancellationToken cancellation = default)
    {
        var scenario = ScenarioFile.Parse("plan.yaml", plan);
        var chance = seed ?? scenario.Seed ?? 1;
        SoakServer? server = null;
        SoakWatch? watch = null;
        var paths = new List<(string DeviceId, SoakPath Path)>();
        using var run = new SimulationRun(scenario, chance, (self, device) =>
        {
            server ??= new SoakServer(scenario, chance, parts, () => self.NowMs);
            var path = new SoakPath(device.Id, server);
            paths.Add((device.Id, path));
            return path;
        })
        {
            TickEveryMs = TickMs,
            Tick = () =>
            {
                server!.Tick();
                SoakPeople.Act(server, scenario, watch!);
                watch!.Look();
            },
        };
        try
        {
            watch = new SoakWatch(run, server!);
            foreach (var (deviceId, path) in paths) path.Acknowledged += frame => watch.Store.Note(deviceId, frame);
            var violation = Go(run, server!, watch, cancellation);
            return Result(run, server!, watch, plan, violation);
        }
        finally
        {
            server!.Dispose();
        }
    }

    private static SoakViolation? Go(SimulationRun run, SoakServer server, SoakWatch watch, CancellationToken cancellation)
    {
        try
        {
            var endMs = (long)run.Scenario.Duration.TotalMilliseconds;
            if (!RunTo(run, watch, endMs, () => false, cancellation)) return watch.Violation;
            server.Heal();
            foreach (var rig in run.Rigs) rig.Heal();
            if (!RunTo(run, watch, endMs + (long)DrainMax.TotalMilliseconds, () => run.AllDelivered, cancellation)) return watch.Violation;
            if (run.AllDelivered && !RunTo(run, watch, run.NowMs + (long)SettleMax.TotalMilliseconds, () => false, cancellation)) return watch.Violation;
            // The insoles go on living: judged is a moment at which nothing is under way.
            if (!RunTo(run, watch, run.NowMs + (long)DrainMax.TotalMilliseconds, () => run.AllDelivered && watch.IsQuiet, cancellation)) return watch.Violation;
            watch.LookAtEnd();
            return watch.Violation;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return new SoakViolation(SoakInvariant.NothingThrows, run.NowMs, problem.ToString());
        }
    }

    // False: something does not hold.
    private static bool RunTo(SimulationRun run, SoakWatch watch, long untilMs, Func<bool> done, CancellationToken cancellation)
    {
        while (run.NowMs < untilMs && watch.Violation is null && !done()) run.RunTo(Math.Min(untilMs, run.NowMs + TickMs), cancellation);
        return watch.Violation is null;
    }

    private static SoakResult Result(SimulationRun run, SoakServer server, SoakWatch watch, string plan, SoakViolation? violation) => new()
    {
        Seed = run.Seed,
        Plan = plan,
        Violation = violation,
        Ticks = watch.Ticks,
        VirtualSeconds = run.NowMs / 1000.0,
        Reports = run.Rigs.Sum(rig => rig.Accepted.Count),
        Alarms = watch.Alarms.Alarms,
        Alerts = watch.Alarms.Alerts.Count(),
        Kills = server.Kills,
        Restarts = run.Rigs.Sum(rig => rig.Starts - 1),
        Repeats = server.Counters.Duplicates,
        Faults = run.Scenario.Faults.GroupBy(fault => FaultReading.NameOf(fault.Kind)).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
        Hash = HashOf(run, watch),
    };

    private static string HashOf(SimulationRun run, SoakWatch watch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var rig in run.Rigs)
        {
            foreach (var frame in rig.Accepted) Add(rig.DeviceId, frame.TimeMs, frame.Frame);
        }

        foreach (var stored in watch.Store.Stored) Add(stored.Report.DeviceId, stored.Report.ServerTimeMs, stored.Report.Payload.Span);
        foreach (var alert in watch.Alarms.Alerts)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{alert.Key} {alert.State} {alert.Tier} {alert.AcknowledgedBy} {alert.ResolvedBy}"), alert.RaisedAt.ToUnixTimeMilliseconds(), []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string name, long timeMs, ReadOnlySpan<byte> bytes)
        {
            Span<byte> header = stackalloc byte[12];
            BinaryPrimitives.WriteInt64LittleEndian(header, timeMs);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], bytes.Length);
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(header);
            hash.AppendData(bytes);
        }
    }
}
