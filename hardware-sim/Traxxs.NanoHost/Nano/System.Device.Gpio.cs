using Traxxs.NanoHost;

namespace System.Device.Gpio;

/// <summary>Direction and pull of a pin.</summary>
public enum PinMode
{
    /// <summary>Input without pull.</summary>
    Input = 0,

    /// <summary>Input pulled low.</summary>
    InputPullDown = 1,

    /// <summary>Input pulled high.</summary>
    InputPullUp = 2,

    /// <summary>Push-pull output.</summary>
    Output = 3,
}

/// <summary>Edges.</summary>
public enum PinEventTypes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Low to high.</summary>
    Rising = 1,

    /// <summary>High to low.</summary>
    Falling = 2,
}

/// <summary>Level of a pin.</summary>
public struct PinValue : IEquatable<PinValue>
{
    private readonly bool _high;

    private PinValue(bool high) => _high = high;

    /// <summary>High.</summary>
    public static PinValue High => new(true);

    /// <summary>Low.</summary>
    public static PinValue Low => new(false);

    /// <summary>Whether two levels are the same.</summary>
    public static bool operator ==(PinValue a, PinValue b) => a._high == b._high;

    /// <summary>Whether two levels differ.</summary>
    public static bool operator !=(PinValue a, PinValue b) => a._high != b._high;

    /// <inheritdoc/>
    public readonly bool Equals(PinValue other) => _high == other._high;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is PinValue other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => _high ? 1 : 0;
}

/// <summary>An edge at a pin.</summary>
public class PinValueChangedEventArgs
{
    /// <summary>An edge at a pin.</summary>
    public PinValueChangedEventArgs(PinEventTypes changeType, int pinNumber)
    {
        ChangeType = changeType;
        PinNumber = pinNumber;
    }

    /// <summary>Which edge.</summary>
    public PinEventTypes ChangeType { get; }

    /// <summary>Which pin.</summary>
    public int PinNumber { get; }
}

/// <summary>Handles an edge.</summary>
public delegate void PinValueChangedEventHandler(object sender, PinValueChangedEventArgs e);

/// <summary>The chip's pins.</summary>
public sealed class GpioController : IDisposable
{
    /// <summary>Opens a pin.</summary>
    public GpioPin OpenPin(int pinNumber, PinMode mode)
    {
        var board = NanoBoard.Current;
        board.ThrowIfOff();
        return new GpioPin(board, board.Pin(pinNumber));
    }

    /// <summary>Closes all pins.</summary>
    public void Dispose()
    {
    }
}

/// <summary>One open pin.</summary>
public sealed class GpioPin : IDisposable
{
    private readonly NanoBoard _board;
    private readonly NanoPin _pin;

    internal GpioPin(NanoBoard board, NanoPin pin)
    {
        _board = board;
        _pin = pin;
        pin.Edge = edge => ValueChanged?.Invoke(this, new PinValueChangedEventArgs(edge, pin.Number));
    }

    /// <summary>An edge came.</summary>
    public event PinValueChangedEventHandler? ValueChanged;

    /// <summary>How long a level must stand to count. The simulated pins do not bounce: kept, not applied.</summary>
    public TimeSpan DebounceTimeout { get; set; }

    // Pins do not throw without power: timers of the firmware still use them while its main thread ends.

    /// <summary>Level now.</summary>
    public PinValue Read() => _pin.Level && !_board.IsOff ? PinValue.High : PinValue.Low;

    /// <summary>Sets the level of an output.</summary>
    public void Write(PinValue value)
    {
        if (!_board.IsOff) _pin.Write(value == PinValue.High);
    }

    /// <summary>Closes the pin.</summary>
    public void Dispose() => _pin.Edge = null;
}
