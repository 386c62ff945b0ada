using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Rig;

/// <summary>Carries what the meter counts to the battery: discharge, self-discharge, charging.</summary>
internal sealed class PowerAccount(EnergyMeter meter, Battery battery, Func<long, double> cellTemperatureAt)
{
    /// <summary>Charging current, µA: 0.4 C of the 250 mAh cell, full in about three hours. Assumed; BOARD.md sets the charger's resistor.</summary>
    public const double ChargeUa = 100_000;

    // Warming takes minutes: asked for no more often than this, ms.
    private const long TemperatureEveryMs = 60_000;

    private long _temperatureMs = long.MinValue;
    private double _settledMah;
    private double _chargedMah;
    private long _nowMs;

    /// <summary>Whether the charger is connected.</summary>
    public bool Charging { get; set; }

    /// <summary>Charge put in by the charger, mAh.</summary>
    public double ChargedMah => _chargedMah;

    /// <summary>Lost by the cell itself, mAh.</summary>
    public double SelfDischargeMah { get; private set; }

    /// <summary>Brings meter and battery up to a time.</summary>
    public void SettleTo(long nowMs)
    {
        var elapsedMs = nowMs - _nowMs;
        if (elapsedMs < 0) return;
        _nowMs = nowMs;
        meter.AdvanceTo(nowMs);
        if (nowMs - TemperatureEveryMs >= _temperatureMs)
        {
            _temperatureMs = nowMs;
            battery.SetTemperature(cellTemperatureAt(nowMs));
        }

        var drawn = meter.TotalMah - _settledMah;
        _settledMah = meter.TotalMah;
        battery.Draw(drawn);
        var before = battery.LeftMah;
        battery.Rest(elapsedMs);
        SelfDischargeMah += before - battery.LeftMah;
        if (Charging)
        {
            before = battery.LeftMah;
            battery.Draw(-ChargeUa * elapsedMs / 3.6e9);
            _chargedMah += battery.LeftMah - before;
        }

        battery.SetLoad(meter.CurrentUa - (Charging ? ChargeUa : 0));
    }
}
