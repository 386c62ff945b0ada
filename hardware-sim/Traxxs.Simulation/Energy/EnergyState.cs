namespace Traxxs.Simulation.Energy;

/// <summary>Who draws.</summary>
public enum EnergyConsumer : byte
{
    /// <summary>Regulator, charger, pull-ups: all the time.</summary>
    Board,

    /// <summary>LIS2DW12.</summary>
    Accelerometer,

    /// <summary>MAX-M10S.</summary>
    Gnss,

    /// <summary>MAX17048.</summary>
    FuelGauge,

    /// <summary>ESP32-S3 without its radio.</summary>
    Controller,

    /// <summary>Wi-Fi.</summary>
    Radio,

    /// <summary>Flash being written or erased.</summary>
    Flash,

    /// <summary>Vibration motor and LED.</summary>
    Indicator,
}

/// <summary>A state with a current. <see cref="EnergyTable"/> says how much and from where the number is.</summary>
public enum EnergyState : byte
{
    /// <summary>The board itself.</summary>
    BoardFloor,

    /// <summary>LIS2DW12 powered down.</summary>
    AccelerometerPowerDown,

    /// <summary>LIS2DW12 low-power mode 1 at 12.5 Hz.</summary>
    AccelerometerLowPower,

    /// <summary>LIS2DW12 high-performance mode.</summary>
    AccelerometerHighPerformance,

    /// <summary>MAX-M10S without main and backup supply.</summary>
    GnssOff,

    /// <summary>MAX-M10S on its backup supply.</summary>
    GnssBackup,

    /// <summary>MAX-M10S searching.</summary>
    GnssAcquiring,

    /// <summary>MAX-M10S with a fix.</summary>
    GnssTracking,

    /// <summary>MAX17048 in its hibernate mode.</summary>
    FuelGaugeHibernate,

    /// <summary>ESP32-S3 in deep sleep, timer and pins awake.</summary>
    ControllerDeepSleep,

    /// <summary>ESP32-S3 in light sleep, memory kept.</summary>
    ControllerLightSleep,

    /// <summary>ESP32-S3 running the interpreter, radio off.</summary>
    ControllerActive,

    /// <summary>Radio off.</summary>
    RadioOff,

    /// <summary>Associated and waiting, modem sleep between beacons.</summary>
    RadioIdle,

    /// <summary>Joining, TLS, publishing: mean over an upload.</summary>
    RadioUploading,

    /// <summary>Flash at rest.</summary>
    FlashIdle,

    /// <summary>Flash page program or sector erase under way.</summary>
    FlashWriting,

    /// <summary>Motor and LED off.</summary>
    IndicatorOff,

    /// <summary>Motor running.</summary>
    IndicatorMotor,

    /// <summary>LED lit.</summary>
    IndicatorLed,
}
