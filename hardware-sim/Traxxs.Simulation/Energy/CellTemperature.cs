namespace Traxxs.Simulation.Energy;

/// <summary>What cold and heat do to a lithium-polymer cell. Internal resistance doubles every 15 °C below room temperature, self-discharge halves every 15 °C: the usual rules of thumb, in a table because powers differ in their last bit between machines.</summary>
public static class CellTemperature
{
    /// <summary>The temperature the cell's figures are given for, °C.</summary>
    public const double RoomC = 20;

    /// <summary>Share of the way from the air's temperature to the foot's that a cell under the arch of a worn shoe takes.</summary>
    private const double WornShare = 0.7;

    private const double FootC = 30;
    private const double ColdestC = -40;
    private const double StepC = 15;

    // 2 to the power of steps below room temperature: -40, -25, -10, 5, 20, 35, 50 °C.
    private static readonly double[] Factors = [16, 8, 4, 2, 1, 0.5, 0.25];

    /// <summary>Temperature of the cell, °C.</summary>
    public static double Of(double airC, bool worn) => worn ? airC + (FootC - airC) * WornShare : airC;

    /// <summary>Internal resistance over that at room temperature.</summary>
    public static double ResistanceFactor(double cellC)
    {
        var at = Math.Clamp((cellC - ColdestC) / StepC, 0, Factors.Length - 1);
        var below = Math.Min((int)at, Factors.Length - 2);
        return Factors[below] + (Factors[below + 1] - Factors[below]) * (at - below);
    }

    /// <summary>Self-discharge over that at room temperature.</summary>
    public static double SelfDischargeFactor(double cellC) => 1 / ResistanceFactor(cellC);
}
