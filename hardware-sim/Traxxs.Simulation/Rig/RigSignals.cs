using Traxxs.Core.Ports;
using Traxxs.Simulation.Chips;

namespace Traxxs.Simulation.Rig;

/// <summary>The board's lines in simulation. What happened since last asked is kept, as interrupt handlers keep it.</summary>
internal sealed class RigSignals(Lis2dw12Chip accelerometer, MaxM10Chip gnss, Func<long> nowMs) : IBoardSignals
{
    private bool _motionRose;
    private int _sosPresses;
    private int _cancelPresses;
    private long _clockAheadMs;

    public bool ChargerConnected { get; set; }

    public long RtcMs => nowMs() + _clockAheadMs;

    /// <summary>Sets the chip's clock, to so much more than the time of the run.</summary>
    public void SetClock(long aheadMs) => _clockAheadMs = aheadMs;

    public void MotionRose() => _motionRose = true;

    public void PressSos() => _sosPresses++;

    public void PressCancel() => _cancelPresses++;

    /// <summary>The controller lost its supply: what its handlers had caught is gone.</summary>
    public void Forget()
    {
        _motionRose = false;
        _sosPresses = 0;
        _cancelPresses = 0;
    }

    public bool TakeMotionInterrupt()
    {
        var rose = _motionRose || accelerometer.Int1Active;
        _motionRose = false;
        return rose;
    }

    public int TakeSosPresses()
    {
        var presses = _sosPresses;
        _sosPresses = 0;
        return presses;
    }

    public int TakeCancelPresses()
    {
        var presses = _cancelPresses;
        _cancelPresses = 0;
        return presses;
    }

    public void SetGnssSupply(bool on) => gnss.SetSupply(on, nowMs());
}
