using Traxxs.NanoHost;

namespace nanoFramework.Hardware.Esp32;

/// <summary>ESP-IDF's result.</summary>
public enum EspNativeError
{
    /// <summary>Failed.</summary>
    FAIL = -1,

    /// <summary>Done.</summary>
    OK = 0,
}

/// <summary>What a pin can be connected to.</summary>
public enum DeviceFunction
{
    /// <summary>Data line of the first bus.</summary>
    I2C1_DATA = 131328,

    /// <summary>Clock line of the first bus.</summary>
    I2C1_CLOCK = 131329,

    /// <summary>Output of the second UART.</summary>
    COM2_TX = 197120,

    /// <summary>Input of the second UART.</summary>
    COM2_RX = 197121,
}

/// <summary>Which pin does what.</summary>
public class Configuration
{
    /// <summary>Connects a pin to a function.</summary>
    public static void SetPinFunction(int pin, DeviceFunction function)
    {
        NanoBoard.Current.ThrowIfOff();
        NanoBoard.Current.AssignFunction(pin, (int)function);
    }
}

/// <summary>The chip's microsecond timer.</summary>
public class HighResTimer
{
    /// <summary>Microseconds since start; runs on through light sleep.</summary>
    public static ulong GetCurrent()
    {
        NanoBoard.Current.ThrowIfOff();
        return NanoBoard.Current.NowUs();
    }
}

/// <summary>Sleep of the chip.</summary>
public class Sleep
{
    /// <summary>Pins that can wake, one bit each.</summary>
    [Flags]
    public enum WakeupGpioPin : ulong
    {
        /// <summary>None.</summary>
        None = 0,

        /// <summary>GPIO 4.</summary>
        Pin4 = 1 << 4,

        /// <summary>GPIO 5.</summary>
        Pin5 = 1 << 5,

        /// <summary>GPIO 6.</summary>
        Pin6 = 1 << 6,

        /// <summary>GPIO 7.</summary>
        Pin7 = 1 << 7,

        /// <summary>GPIO 12.</summary>
        Pin12 = 1 << 12,
    }

    /// <summary>What ended the last sleep that was a reset.</summary>
    public enum WakeupCause
    {
        /// <summary>No such sleep: power-on or a restart.</summary>
        Undefined = 0,

        /// <summary>Pins (EXT1).</summary>
        Ext1 = 3,

        /// <summary>The timer.</summary>
        Timer = 4,
    }

    /// <summary>How several wake pins are taken together.</summary>
    public enum WakeupMode
    {
        /// <summary>All are low.</summary>
        AllLow = 0,

        /// <summary>One is high.</summary>
        AnyHigh = 1,
    }

    /// <summary>Wakes after a time.</summary>
    public static EspNativeError EnableWakeupByTimer(TimeSpan time)
    {
        NanoBoard.Current.ThrowIfOff();
        NanoBoard.Current.Sleep.Timer = time;
        return EspNativeError.OK;
    }

    /// <summary>Wakes by the level of pins (EXT1).</summary>
    public static EspNativeError EnableWakeupByMultiPins(WakeupGpioPin pins, WakeupMode mode)
    {
        NanoBoard.Current.ThrowIfOff();
        if (!NanoBoard.Current.WakesByPins) throw new NotSupportedException();
        if (mode != WakeupMode.AnyHigh) return EspNativeError.FAIL;
        NanoBoard.Current.Sleep.Pins = (ulong)pins;
        return EspNativeError.OK;
    }

    /// <summary>Sleeps with RAM kept; returns when woken.</summary>
    public static EspNativeError StartLightSleep()
    {
        NanoBoard.Current.ThrowIfOff();
        NanoBoard.Current.Sleep.Light(NanoBoard.Current);
        NanoBoard.Current.ThrowIfOff();
        return EspNativeError.OK;
    }

    /// <summary>Sleeps with RAM lost; the end is a start. Here the firmware's thread ends with <see cref="BoardOffException"/> and the board stays off.</summary>
    public static void StartDeepSleep()
    {
        var board = NanoBoard.Current;
        board.ThrowIfOff();
        board.DeepSleep = (board.Sleep.Timer, board.Sleep.Pins);
        board.CutPower();
        board.ThrowIfOff();
    }

    /// <summary>Why the chip started.</summary>
    public static WakeupCause GetWakeupCause()
    {
        NanoBoard.Current.ThrowIfOff();
        return NanoBoard.Current.WokenBy is not { } pins ? WakeupCause.Undefined : pins == 0 ? WakeupCause.Timer : WakeupCause.Ext1;
    }

    /// <summary>Pins that woke the chip last (EXT1 status).</summary>
    public static WakeupGpioPin GetWakeupGpioPin()
    {
        NanoBoard.Current.ThrowIfOff();
        return (WakeupGpioPin)(NanoBoard.Current.Sleep.WokenBy ?? NanoBoard.Current.WokenBy ?? 0);
    }
}
