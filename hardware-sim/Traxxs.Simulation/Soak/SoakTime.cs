using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Soak;

/// <summary>The server's clock: simulated time, and what planned jumps have put upon it.</summary>
internal sealed class SoakTime(VirtualClock clock, Scenario scenario) : TimeProvider
{
    private readonly PlannedFault[] _jumps = [.. scenario.Faults.Where(fault => fault.Kind == FaultKind.ServerClockJump)];

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => clock.UtcNow.AddSeconds(_jumps.Where(jump => jump.FromMs <= clock.NowMs).Sum(jump => (long)jump.Amount));
}
