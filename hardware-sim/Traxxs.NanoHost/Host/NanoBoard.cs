using System.Device.Gpio;
using System.Diagnostics;

namespace Traxxs.NanoHost;

/// <summary>
/// The board behind the nanoFramework APIs on a PC: here a test or simulator plugs chips, moves pins, feeds serial lines,
/// says whether Wi-Fi is there, and cuts the power. The APIs speak to <see cref="Current"/>, and on a thread that has entered a
/// board to that one.
/// </summary>
public sealed class NanoBoard
{
    private static readonly AsyncLocal<NanoBoard?> s_entered = new();
    private static NanoBoard s_current = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Bus, int Address), I2cTransfer> _i2c = [];
    private readonly Dictionary<int, NanoPin> _pins = [];
    private readonly Dictionary<string, NanoSerial> _serial = [];
    private readonly Dictionary<int, int> _functions = [];
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private volatile bool _off;

    /// <summary>The board the APIs speak to. Set a new one to begin with nothing plugged.</summary>
    public static NanoBoard Current
    {
        get => s_entered.Value ?? s_current;
        set => s_current = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The board this thread has entered; null where it belongs to none.</summary>
    internal static NanoBoard? Entered => s_entered.Value;

    /// <summary>
    /// From here on this thread, and every thread and timer it starts, belongs to this board whatever <see cref="Current"/>
    /// is: an image whose power was cut while it waited must not wake on the next board.
    /// </summary>
    public void Enter() => s_entered.Value = this;

    /// <summary>Microseconds since the board started; replace it to run in another time.</summary>
    public Func<ulong>? ClockUs { get; set; }

    /// <summary>What light sleep does instead of waiting for the timer or a wake pin in real time. Gets both, returns the pins that woke.</summary>
    public Func<TimeSpan, ulong, ulong>? LightSleep { get; set; }

    /// <summary>Whether a Wi-Fi network answers to (ssid, password). Everyone is let in by default.</summary>
    public Func<string, string, bool> Wifi { get; set; } = (_, _) => true;

    /// <summary>Called with each line the firmware prints, once <see cref="NanoConsole.Install"/> has been called.</summary>
    public Action<string>? Printed { get; set; }

    /// <summary>Whether the station is joined to a network now.</summary>
    public bool WifiJoined { get; internal set; }

    /// <summary>Whether the radio is on: joined, or searching for a network.</summary>
    public bool WifiOn { get; internal set; }

    /// <summary>
    /// Bytes of memory the interpreter has free: by default plenty, less every byte this thread ever allocated, so that what stays
    /// constant here stays constant on the device.
    /// </summary>
    public Func<uint> FreeMemory { get; set; } = () => int.MaxValue - (uint)GC.GetAllocatedBytesForCurrentThread();

    /// <summary>Restarts the firmware asked for.</summary>
    public int Reboots { get; internal set; }

    /// <summary>The chip can wake by pins (an ESP32-C3 cannot; there the call fails as it does on the chip).</summary>
    public bool WakesByPins { get; set; } = true;

    /// <summary>Set before the firmware starts: the start is a wake from deep sleep by these pins, by the timer where there are none.</summary>
    public ulong? WokenBy { get; set; }

    /// <summary>Timer and wake pins of the deep sleep that ended the firmware's run, if one did.</summary>
    public (TimeSpan Timer, ulong Pins)? DeepSleep { get; internal set; }

    /// <summary>Called on whatever thread takes the power, just before it is gone.</summary>
    public Action? PowerGoes { get; set; }

    /// <summary>Whether the power is gone.</summary>
    public bool IsPowerless => _off;

    /// <summary>The power was cut: connections of the simulated radio break without a word.</summary>
    internal event Action? Off;

    /// <summary>The network is gone: connections over it break.</summary>
    internal event Action? NetworkLost;

    internal SleepState Sleep { get; } = new();

    /// <summary>Puts a chip on a bus.</summary>
    public void PlugI2c(int bus, int address, I2cTransfer chip)
    {
        lock (_gate) _i2c[(bus, address)] = chip;
    }

    /// <summary>Takes a chip off a bus: from now on nobody acknowledges its address.</summary>
    public void UnplugI2c(int bus, int address)
    {
        lock (_gate) _i2c.Remove((bus, address));
    }

    /// <summary>The pin with a number; made on first use, low.</summary>
    public NanoPin Pin(int number)
    {
        lock (_gate)
        {
            if (!_pins.TryGetValue(number, out var pin)) _pins[number] = pin = new NanoPin(this, number);
            return pin;
        }
    }

    /// <summary>The far end of a serial port such as <c>COM2</c>.</summary>
    public NanoSerial Serial(string name)
    {
        lock (_gate)
        {
            if (!_serial.TryGetValue(name, out var line)) _serial[name] = line = new NanoSerial();
            return line;
        }
    }

    /// <summary>The pin a function was assigned to, or -1.</summary>
    public int PinOf(int deviceFunction)
    {
        lock (_gate) return _functions.TryGetValue(deviceFunction, out var pin) ? pin : -1;
    }

    /// <summary>Cuts the power: every call of the firmware into an API from now on throws <see cref="BoardOffException"/>.</summary>
    public void CutPower()
    {
        if (!_off) PowerGoes?.Invoke();
        _off = true;
        Sleep.Wake();
        Off?.Invoke();
    }

    /// <summary>Takes the network away from the joined station: its connections break without a word.</summary>
    public void LoseWifi()
    {
        if (!WifiJoined) return;
        WifiJoined = false;
        NetworkLost?.Invoke();
    }

    internal void AssignFunction(int pin, int deviceFunction)
    {
        lock (_gate) _functions[deviceFunction] = pin;
    }

    internal I2cTransfer? FindI2c(int bus, int address)
    {
        lock (_gate) return _i2c.GetValueOrDefault((bus, address));
    }

    internal void ThrowIfOff()
    {
        if (_off) throw new BoardOffException();
    }

    /// <summary>Whether the chip is in light sleep now.</summary>
    public bool IsAsleep => Sleep.IsAsleep;

    internal bool IsOff => _off;

    internal ulong NowUs() => ClockUs?.Invoke() ?? (ulong)Stopwatch.GetElapsedTime(_startedAt).TotalMicroseconds;

    internal ulong HighPins(ulong mask)
    {
        lock (_gate)
        {
            ulong high = 0;
            foreach (var pin in _pins.Values)
            {
                var bit = 1ul << pin.Number;
                if ((mask & bit) != 0 && pin.Level) high |= bit;
            }

            return high;
        }
    }

    internal void RaiseEdge(NanoPin pin, bool rising)
    {
        // In light sleep the GPIO matrix stands still: an edge is lost, only a wake pin's level is noticed.
        if (Sleep.IsAsleep) Sleep.Wake();
        else if (!_off) pin.Deliver(rising ? PinEventTypes.Rising : PinEventTypes.Falling);
    }
}
