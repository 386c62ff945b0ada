namespace Traxxs.Simulation.Energy;

/// <summary>A cell as the fuel gauge and the regulator see it.</summary>
public interface IBattery
{
    /// <summary>Terminal voltage under the present load, mV.</summary>
    int TerminalMv { get; }

    /// <summary>Charge left, 0..100 %.</summary>
    double Percent { get; }
}

/// <summary>
/// Lithium-polymer cell: open-circuit voltage by charge, sag by internal resistance, self-discharge. Accepts charge drawn and
/// added; emits voltage and charge left.
/// </summary>
public sealed class Battery : IBattery
{
    /// <summary>Below this terminal voltage the board's 3.3 V regulator lets go and the device is off, mV.</summary>
    public const int CutOffMv = 3300;

    private const double DayMs = 86400000;

    // Open-circuit voltage of a LiCoO2 pouch cell at 0, 10 .. 100 % (typical discharge curve at C/20 and room temperature).
    private static readonly int[] OpenCircuitMv = [3270, 3610, 3690, 3710, 3730, 3770, 3830, 3910, 3990, 4080, 4200];

    private readonly double _selfDischargeMahPerDay;
    private readonly double _internalOhm;
    private double _leftMah;
    private double _loadUa;
    private double _resistanceFactor = 1;
    private double _selfDischargeFactor = 1;

    /// <summary>A cell at a charge. Self-discharge 0.1 % a day (0.25 mAh a day of a 250 mAh cell), 0.3 ohm with its protection.</summary>
    public Battery(double capacityMah, double percent = 100, double internalOhm = 0.3, double selfDischargePerDay = 0.001)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacityMah);
        CapacityMah = capacityMah;
        _leftMah = capacityMah * Math.Clamp(percent, 0, 100) / 100;
        _internalOhm = internalOhm;
        _selfDischargeMahPerDay = capacityMah * selfDischargePerDay;
    }

    /// <summary>Charge of the full cell, mAh.</summary>
    public double CapacityMah { get; }

    /// <summary>Charge left, mAh, never below 0.</summary>
    public double LeftMah => _leftMah;

    /// <inheritdoc/>
    public double Percent => 100 * _leftMah / CapacityMah;

    /// <inheritdoc/>
    public int TerminalMv => VoltageMv(_loadUa);

    /// <summary>Whether the terminal voltage lies below <see cref="CutOffMv"/>.</summary>
    public bool Empty => TerminalMv < CutOffMv;

    /// <summary>Sets the load that the terminal voltage is asked for, µA; negative while charging.</summary>
    public void SetLoad(double microamps) => _loadUa = microamps;

    /// <summary>Sets the temperature of the cell, °C; see <see cref="CellTemperature"/>.</summary>
    public void SetTemperature(double cellC)
    {
        _resistanceFactor = CellTemperature.ResistanceFactor(cellC);
        _selfDischargeFactor = CellTemperature.SelfDischargeFactor(cellC);
    }

    /// <summary>Takes charge out, or puts it in where negative.</summary>
    public void Draw(double mah) => _leftMah = Math.Clamp(_leftMah - mah, 0, CapacityMah);

    /// <summary>Lets time pass: self-discharge.</summary>
    public void Rest(double elapsedMs) => Draw(_selfDischargeMahPerDay * _selfDischargeFactor * elapsedMs / DayMs);

    /// <summary>Terminal voltage at a load, mV.</summary>
    public int VoltageMv(double loadUa)
    {
        var tenth = Percent / 10;
        var below = Math.Min((int)tenth, OpenCircuitMv.Length - 2);
        var open = OpenCircuitMv[below] + (OpenCircuitMv[below + 1] - OpenCircuitMv[below]) * (tenth - below);
        return (int)(open - loadUa / 1000 * _internalOhm * _resistanceFactor + 0.5);
    }
}
