using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Device.Tests;

/// <summary>An insole on simulated chips in virtual time.</summary>
internal sealed class Bench
{
    public const long StartUnixMs = 1_780_000_000_000;

    public Bench()
    {
        Place = new Place(Foot);
        Accelerometer = new Lis2dw12Chip(Foot, 1);
        Gnss = new MaxM10Chip(Place, 2, StartUnixMs);
        FuelGauge = new Max17048Chip(new Battery(250, 80));
        Signals = new FakeSignals(Accelerometer, Gnss);
        Insole = NewInsole(1, BootReason.PowerOn);
    }

    public Foot Foot { get; } = new();

    public Place Place { get; }

    public Lis2dw12Chip Accelerometer { get; }

    public MaxM10Chip Gnss { get; }

    public Max17048Chip FuelGauge { get; }

    public FakeSignals Signals { get; }

    public FakeIndicator Indicator { get; } = new();

    public SegmentFlash Flash { get; private set; } = new(Board.SegmentCount, Board.SegmentSizeMax);

    public FakeUplink Uplink { get; private set; } = new();

    public Insole Insole { get; private set; }

    public long NowMs { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Whether the board does what the tracker says of deep sleep; one whose debugger forbids it does not.</summary>
    public bool SleepsDeeply { get; init; } = true;

    /// <summary>Deep sleeps that have ended.</summary>
    public int DeepSleeps { get; private set; }

    /// <summary>Bytes the steps allocated, the simulated chips' part of it included.</summary>
    public long BytesAllocatedInSteps { get; set; }

    // Of this start: the insole counts from its own.
    private long _startedMs;

    /// <summary>Steps until a time: at due times, interrupts and receiver output, as the board does.</summary>
    public void RunUntil(long untilMs)
    {
        while (NowMs < untilMs)
        {
            Accelerometer.AdvanceTo(NowMs);
            Gnss.AdvanceTo(NowMs);
            Signals.NowMs = NowMs;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var dueMs = Insole.Step(NowMs - _startedMs) + _startedMs;
            BytesAllocatedInSteps += GC.GetAllocatedBytesForCurrentThread() - allocated;
            dueMs = Math.Min(dueMs, untilMs);
            Steps++;
            dueMs = Math.Max(dueMs, NowMs + 1);
            var stands = Accelerometer.Int1Active;
            var sleeps = SleepsDeeply && Insole.Rest == RestMode.DeepSleep && !Signals.ChargerConnected && !stands && dueMs < untilMs;
            if (Insole.Outputs.Accelerometer != AccelerometerMode.Streaming)
                dueMs = stands ? Math.Min(dueMs, NowMs + Device.Adapters.BoardSleep.StandingLineMs) : Math.Max(Accelerometer.NextInterruptMs(dueMs), NowMs + 1);
            NowMs = dueMs;
            if (sleeps) WakeUp();
        }
    }

    // A deep sleep is over: memory is gone, and the new start goes on from flash.
    private void WakeUp()
    {
        DeepSleeps++;
        Signals.NowMs = NowMs;
        Uplink.Close();
        Gnss.SetSupply(false, NowMs);
        Insole = NewInsole((uint)DeepSleeps, Accelerometer.Int1Active ? BootReason.WakePin : BootReason.WakeTimer);
        _startedMs = NowMs - Insole.Wake();
    }

    /// <summary>A reset: everything in RAM is gone, flash and chips are as they were.</summary>
    public void Restart()
    {
        Flash = Flash.AfterRestart();
        Uplink = new FakeUplink { Coverage = Uplink.Coverage };
        _startedMs = NowMs;
        Insole = NewInsole(2, BootReason.Requested);
    }

    private Insole NewInsole(uint entropy, BootReason reason)
    {
        var parts = new InsoleParts
        {
            Accelerometer = Accelerometer,
            FuelGauge = FuelGauge,
            Gnss = Gnss,
            Signals = Signals,
            Indicator = Indicator,
            Storage = Flash,
            Uplink = Uplink,
        };
        return new Insole(parts, new TrackerProfile(), entropy, reason);
    }
}
