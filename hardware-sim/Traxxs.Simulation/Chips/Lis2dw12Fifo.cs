namespace Traxxs.Simulation.Chips;

/// <summary>One sample as it stands in the output registers: left-justified 16-bit two's complement.</summary>
internal readonly record struct RawSample(short X, short Y, short Z)
{
    public byte ByteAt(int index) => (byte)(((index >> 1) switch { 0 => X, 1 => Y, _ => Z }) >> ((index & 1) * 8));
}

/// <summary>The LIS2DW12's 32-level FIFO (datasheet 5.1, FMode in FIFO_CTRL).</summary>
internal sealed class Lis2dw12Fifo
{
    public const int Depth = 32;

    private readonly RawSample[] _samples = new RawSample[Depth];
    private int _oldest;
    private bool _triggered;

    /// <summary>FMode: 0 bypass, 1 FIFO, 3 continuous-to-FIFO, 4 bypass-to-continuous, 6 continuous.</summary>
    public int Mode { get; private set; }

    public int Count { get; private set; }

    public bool Overrun { get; private set; }

    public bool On => Mode is 1 or 3 or 6 || (Mode == 4 && _triggered);

    /// <summary>Whether it is full and goes on by overwriting: only its newest samples can ever be read.</summary>
    public bool OverwritesAll => Mode == 6 && Count == Depth;

    public void SetMode(int mode)
    {
        if (mode == Mode) return;
        Mode = mode;
        Count = 0;
        Overrun = false;
        _triggered = false;
    }

    /// <summary>An interrupt switches the two triggered modes over.</summary>
    public void Trigger() => _triggered = true;

    public void Push(RawSample sample)
    {
        if (!On) return;
        var keepsOldest = Mode == 1 || (Mode == 3 && _triggered);
        if (Count == Depth)
        {
            Overrun = true;
            if (keepsOldest) return;
            _oldest = (_oldest + 1) % Depth;
            Count--;
        }

        _samples[(_oldest + Count) % Depth] = sample;
        Count++;
    }

    public bool TryPop(out RawSample sample)
    {
        sample = default;
        if (Count == 0) return false;
        sample = _samples[_oldest];
        _oldest = (_oldest + 1) % Depth;
        Count--;
        Overrun = false;
        return true;
    }
}
