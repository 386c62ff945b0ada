using System.Device.Gpio;

namespace Traxxs.NanoHost;

/// <summary>One pin as seen from outside the chip.</summary>
public sealed class NanoPin
{
    private readonly NanoBoard _board;
    private volatile bool _level;

    internal NanoPin(NanoBoard board, int number)
    {
        _board = board;
        Number = number;
    }

    /// <summary>Number of the pin on the chip.</summary>
    public int Number { get; }

    /// <summary>Whether the pin is high.</summary>
    public bool Level => _level;

    /// <summary>Called with each level the firmware writes.</summary>
    public Action<bool>? Written { get; set; }

    internal Action<PinEventTypes>? Edge { get; set; }

    /// <summary>Drives the pin from outside; an edge reaches the firmware's handler.</summary>
    public void Drive(bool high)
    {
        if (_level == high) return;
        _level = high;
        _board.RaiseEdge(this, high);
    }

    internal void Write(bool high)
    {
        _level = high;
        Written?.Invoke(high);
    }

    internal void Deliver(PinEventTypes edge) => Edge?.Invoke(edge);
}
