using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Rig;

/// <summary>What the faults of one board strike. The flash is asked for: a restart replaces it.</summary>
internal sealed record FaultTargets(Lis2dw12Chip Accelerometer, Max17048Chip FuelGauge, MaxM10Chip Gnss, Func<SegmentFlash> Flash);

/// <summary>
/// Carries planned faults of bus, flash, receiver and supply to one board. Where one begins or ends, all are reckoned anew, so that
/// faults may overlap. What lies between radio and server is <see cref="RigConditions"/>'.
/// </summary>
internal sealed class FaultPlan
{
    private readonly IReadOnlyList<PlannedFault> _faults;
    private readonly Scheduler _scheduler;
    private readonly FaultTargets _targets;
    private readonly DeterministicRandom _random;
    private bool _healed;

    public FaultPlan(IReadOnlyList<PlannedFault> faults, Scheduler scheduler, FaultTargets targets, DeterministicRandom random)
    {
        _faults = faults;
        _scheduler = scheduler;
        _targets = targets;
        _random = random;
        foreach (var fault in faults)
        {
            if (fault.IsInstant)
            {
                scheduler.At(fault.FromMs, () => Strike(fault));
                continue;
            }

            scheduler.At(fault.FromMs, Renew);
            scheduler.At(fault.ToMs, Renew);
        }
    }

    /// <summary>The supply is cut or sags, as the kind says.</summary>
    public event Action<FaultKind>? SupplyFails;

    /// <summary>All faults are over.</summary>
    public void Heal()
    {
        _healed = true;
        Renew();
    }

    /// <summary>Sets everything as the faults of this moment have it.</summary>
    public void Renew()
    {
        _targets.Gnss.AdvanceTo(_scheduler.Clock.NowMs);
        Renew(_targets.Accelerometer.Faults, BusChip.Accelerometer);
        Renew(_targets.FuelGauge.Faults, BusChip.FuelGauge);
        _targets.Flash().RefuseAppends = Find(FaultKind.FlashFull) is not null;
        var gnss = _targets.Gnss.Faults;
        gnss.Silent = Find(FaultKind.GnssSilent) is not null;
        gnss.GarbledPart = Find(FaultKind.GnssGarbled)?.Percent / 100.0 ?? 0;
        gnss.LieNorthM = Find(FaultKind.GnssLies)?.Amount ?? 0;
        gnss.WrongWeek = Find(FaultKind.GnssWrongWeek) is not null;
        gnss.ClockOffS = Find(FaultKind.GnssClockJump)?.Amount ?? 0;
    }

    private void Renew(BusFaults bus, BusChip chip)
    {
        bus.NakPart = Find(FaultKind.BusNak, chip)?.Percent / 100.0 ?? 0;
        bus.StuckFrom = Find(FaultKind.BusStuck, chip) is not null ? bus.StuckFrom ?? bus.Transfers : null;
    }

    private void Strike(PlannedFault fault)
    {
        if (_healed) return;
        switch (fault.Kind)
        {
            case FaultKind.PowerCut or FaultKind.BrownOut:
                SupplyFails?.Invoke(fault.Kind);
                break;
            case FaultKind.FlashTorn:
                _targets.Flash().TearAppendAt = _targets.Flash().Appends;
                _targets.Flash().TornBytes = (int)_random.Between(1, 20);
                break;
            case FaultKind.FlashFlips:
                for (var i = 0; i < fault.Amount; i++) FlipOne(_targets.Flash());
                break;
        }
    }

    private void FlipOne(SegmentFlash flash)
    {
        var written = Enumerable.Range(0, flash.SegmentCount).Where(segment => flash.LengthOf(segment) > 0).ToList();
        if (written.Count == 0) return;
        var segment = written[_random.Next(written.Count)];
        flash.Flip(segment, _random.Next(flash.LengthOf(segment)), (byte)(1 << _random.Next(8)));
    }

    private PlannedFault? Find(FaultKind kind, BusChip chip = BusChip.Accelerometer)
    {
        if (_healed) return null;
        foreach (var fault in _faults)
        {
            if (fault.Kind == kind && fault.Chip == chip && fault.HoldsAt(_scheduler.Clock.NowMs)) return fault;
        }

        return null;
    }
}
