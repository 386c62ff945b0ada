using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Updates;

namespace Traxxs.Simulation.Run;

/// <summary>
/// All insoles of a scenario in one simulated time. Rigs share nothing but the server, so the run always goes on with the
/// one whose next event is the earliest; ties go to the first of the scenario.
/// </summary>
public sealed class SimulationRun : IDisposable
{
    /// <summary>How much simulated time the insoles get after the end to deliver what they still hold.</summary>
    public static readonly TimeSpan DrainMax = TimeSpan.FromHours(6);

    /// <summary>How often a run that drains looks whether it is done, ms.</summary>
    private const long DrainStepMs = 10_000;

    private readonly InsoleRig[] _rigs;
    private long _lastTickMs;

    /// <summary>Sets up the insoles; <paramref name="path"/> gives each its way to the server.</summary>
    public SimulationRun(Scenario scenario, ulong seed, Func<SimulationRun, ScenarioDevice, IServerPath> path, RunOptions? options = null)
    {
        Scenario = scenario;
        Seed = seed;
        _rigs = [.. scenario.Devices.Select(device => new InsoleRig(Options(device, options ?? new RunOptions()), path(this, device)))];
    }

    /// <summary>What is run.</summary>
    public Scenario Scenario { get; }

    /// <summary>Chance of everything.</summary>
    public ulong Seed { get; }

    /// <summary>The insoles, in the order of the scenario.</summary>
    public IReadOnlyList<InsoleRig> Rigs => _rigs;

    /// <summary>Simulated time, ms.</summary>
    public long NowMs { get; private set; }

    /// <summary>Simulated civil time.</summary>
    public DateTimeOffset UtcNow => Scenario.Start.AddMilliseconds(NowMs);

    /// <summary>Called before simulated time moves on to a value: to pace it, to let a server's clock follow.</summary>
    public Action<long>? TimeMoves { get; set; }

    /// <summary>Called every <see cref="TickEveryMs"/> of simulated time.</summary>
    public Action? Tick { get; set; }

    /// <summary>See <see cref="Tick"/>; 0 for never.</summary>
    public int TickEveryMs { get; init; }

    /// <summary>Whether every insole has delivered all that it accepted.</summary>
    public bool AllDelivered => _rigs.All(rig => rig.IsReady && rig.Waiting == 0);

    /// <summary>Runs all events up to a time.</summary>
    public void RunTo(long untilMs, CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = Next();
            var dueMs = Math.Min(next?.NextDueMs ?? long.MaxValue, NextTickMs);
            if (dueMs > untilMs) break;
            MoveTo(dueMs);
            if (NextTickMs == dueMs)
            {
                Ticked(dueMs);
                continue;
            }

            next!.TryRunNext(dueMs);
        }

        MoveTo(untilMs);
        foreach (var rig in _rigs) rig.RunUntil(untilMs);
    }

    /// <summary>
    /// Heals the world and lets the insoles deliver what they hold. False: some could not within <see cref="DrainMax"/>.
    /// </summary>
    public bool Drain(CancellationToken cancellation = default)
    {
        foreach (var rig in _rigs) rig.Heal();
        for (var untilMs = NowMs + (long)DrainMax.TotalMilliseconds; NowMs < untilMs && !AllDelivered;) RunTo(NowMs + DrainStepMs, cancellation);
        return AllDelivered;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rig in _rigs) rig.Dispose();
    }

    private long NextTickMs => TickEveryMs <= 0 ? long.MaxValue : _lastTickMs + TickEveryMs;

    private void Ticked(long timeMs)
    {
        _lastTickMs = timeMs;
        Tick?.Invoke();
    }

    private void MoveTo(long timeMs)
    {
        if (timeMs <= NowMs) return;
        TimeMoves?.Invoke(timeMs);
        NowMs = timeMs;
    }

    private InsoleRig? Next()
    {
        InsoleRig? next = null;
        var dueMs = long.MaxValue;
        foreach (var rig in _rigs)
        {
            if (rig.NextDueMs >= dueMs) continue;
            next = rig;
            dueMs = rig.NextDueMs;
        }

        return next;
    }

    private RigOptions Options(ScenarioDevice device, RunOptions options) => new()
    {
        DeviceId = device.Id,
        Wearer = device.Wearer,
        Start = Scenario.Start,
        Seed = Seed,
        Places = Scenario.Places,
        TemperatureC = Scenario.TemperatureC,
        Gait = options.Gait,
        World = options.Trace?.Worlds[device.Id],
        NotesPower = options.NotesPower,
        Profile = device.Profile,
        UpdateKey = Scenario.Updates.Count > 0 ? SimulatedImage.PublicKey : null,
        BatteryPercent = device.BatteryPercent,
        CapacityMAh = device.CapacityMAh,
        Faults = [.. Scenario.Faults.Where(fault => fault.DeviceId is null || fault.DeviceId == device.Id)],
    };
}
