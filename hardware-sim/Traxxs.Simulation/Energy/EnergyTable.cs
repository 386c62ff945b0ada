namespace Traxxs.Simulation.Energy;

/// <summary>One line of the table.</summary>
/// <param name="State">The state.</param>
/// <param name="Consumer">Who is in it.</param>
/// <param name="Microamps">Current from the battery, µA.</param>
/// <param name="Source">Where the number is from; begins with "assumed" where nobody has published one.</param>
public readonly record struct EnergyEntry(EnergyState State, EnergyConsumer Consumer, double Microamps, string Source);

/// <summary>The one place where a current is written down. The simulator's account and BOARD.md are made from it.</summary>
public static class EnergyTable
{
    private static readonly EnergyEntry[] Lines =
    [
        new(EnergyState.BoardFloor, EnergyConsumer.Board, 18, "assumed: regulator, charger leakage and pull-ups of a design with a 28 uA floor in all; measure on the board"),
        new(EnergyState.AccelerometerPowerDown, EnergyConsumer.Accelerometer, 0.05, "LIS2DW12 datasheet, front page: 50 nA in power-down"),
        new(EnergyState.AccelerometerLowPower, EnergyConsumer.Accelerometer, 1, "LIS2DW12 datasheet, front page: below 1 uA in active low-power mode; ~1 uA measured at 12.5 Hz (community.st.com 856258)"),
        new(EnergyState.AccelerometerHighPerformance, EnergyConsumer.Accelerometer, 90, "AN5038, introduction: 90 uA in high-resolution mode"),
        new(EnergyState.GnssOff, EnergyConsumer.Gnss, 0, "no supply"),
        new(EnergyState.GnssBackup, EnergyConsumer.Gnss, 20, "u-blox M8 data sheets: 15-20 uA hardware backup, upper end taken for the M10 (breakouts have measured up to 160 uA: check the board)"),
        new(EnergyState.GnssAcquiring, EnergyConsumer.Gnss, 12000, "assumed: upper end of 10-12 mA named for the MAX-M10S; no data sheet table at hand"),
        new(EnergyState.GnssTracking, EnergyConsumer.Gnss, 10000, "assumed: lower end of 10-12 mA named for the MAX-M10S (u-blox: below 25 mW continuous)"),
        new(EnergyState.FuelGaugeHibernate, EnergyConsumer.FuelGauge, 3, "MAX17048 datasheet 19-6171 rev 7, front page: 3 uA hibernate, 23 uA active"),
        new(EnergyState.ControllerDeepSleep, EnergyConsumer.Controller, 6.8, "esp-idf docs, sleep-current, esp32s3_summary: 6.8 uA deep sleep"),
        new(EnergyState.ControllerLightSleep, EnergyConsumer.Controller, 350, "robdobson.com 2023: 0.35 mA light sleep measured on an ESP32-C3; not measured on the S3"),
        new(EnergyState.ControllerActive, EnergyConsumer.Controller, 27000, "robdobson.com 2023: ~27 mA at 160 MHz without radio measured on an ESP32-C3; not measured on the S3"),
        new(EnergyState.RadioOff, EnergyConsumer.Radio, 0, "radio powered down"),
        new(EnergyState.RadioIdle, EnergyConsumer.Radio, 12000, "esp-idf docs, sleep-current, esp32s3_summary: 40-38 mA in modem sleep with the CPU's 27 mA counted under the controller"),
        new(EnergyState.RadioUploading, EnergyConsumer.Radio, 83000, "assumed: 110 mA mean over 2.5 s of a Wi-Fi upload, the CPU's 27 mA counted under the controller"),
        new(EnergyState.FlashIdle, EnergyConsumer.Flash, 0, "counted with the controller"),
        new(EnergyState.FlashWriting, EnergyConsumer.Flash, 15000, "assumed: program and erase current of common 3.3 V serial NOR flash"),
        new(EnergyState.IndicatorOff, EnergyConsumer.Indicator, 0, "switched off"),
        new(EnergyState.IndicatorMotor, EnergyConsumer.Indicator, 60000, "assumed: 8 mm coin motor at 3 V"),
        new(EnergyState.IndicatorLed, EnergyConsumer.Indicator, 2000, "assumed: indicator LED with its resistor"),
    ];

    private static readonly EnergyEntry[] ByState = Index();

    /// <summary>All lines.</summary>
    public static IReadOnlyList<EnergyEntry> Entries => Lines;

    /// <summary>The line of a state.</summary>
    public static EnergyEntry Of(EnergyState state) => ByState[(int)state];

    private static EnergyEntry[] Index()
    {
        var byState = new EnergyEntry[Enum.GetValues<EnergyState>().Length];
        foreach (var line in Lines) byState[(int)line.State] = line;
        return byState;
    }
}
