namespace Traxxs.Simulation.Chips;

/// <summary>
/// One direction of a UART in virtual time: messages queue, bytes become readable one character time after another, and
/// what the reader leaves longer than its buffer is lost, newest first.
/// </summary>
internal sealed class UartTransmitter(int receiveBufferSize)
{
    private readonly Queue<(long StartUs, byte[] Bytes)> _messages = new();
    private readonly byte[] _buffer = new byte[receiveBufferSize];
    private long _lineFreeUs;
    private int _sentOfHead;
    private int _first;
    private int _count;
    private int _baud = 9600;

    /// <summary>Bytes lost because the reader was late.</summary>
    public long Overrun { get; private set; }

    /// <summary>Nobody listens: what arrives is lost.</summary>
    public bool ReaderAsleep { get; set; }

    /// <summary>Bytes that arrived while nobody listened.</summary>
    public long Unheard { get; private set; }

    /// <summary>Line speed; ten bits a character.</summary>
    public int Baud
    {
        get => _baud;
        set => _baud = value;
    }

    public bool Idle => _messages.Count == 0;

    /// <summary>Bytes waiting for the reader.</summary>
    public int Waiting => _count;

    public double DurationUs(int bytes) => bytes * 10e6 / _baud;

    public void Send(long atUs, byte[] bytes)
    {
        var start = Math.Max(atUs, _lineFreeUs);
        _messages.Enqueue((start, bytes));
        _lineFreeUs = start + (long)DurationUs(bytes.Length);
    }

    /// <summary>When the last byte queued is over the line, µs.</summary>
    public long LineFreeUs => _lineFreeUs;

    /// <summary>When the message under way or next in the queue is over, µs.</summary>
    public long HeadDoneUs => _messages.TryPeek(out var head) ? head.StartUs + (long)DurationUs(head.Bytes.Length) : long.MaxValue;

    public void AdvanceTo(long nowUs)
    {
        while (_messages.TryPeek(out var head))
        {
            var arrived = (int)Math.Clamp(Math.Floor((nowUs - head.StartUs) / DurationUs(1) + 1e-6), 0, head.Bytes.Length);
            for (; _sentOfHead < arrived; _sentOfHead++) Receive(head.Bytes[_sentOfHead]);
            if (arrived < head.Bytes.Length) return;
            _messages.Dequeue();
            _sentOfHead = 0;
        }
    }

    public int Read(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _count);
        for (var i = 0; i < count; i++) destination[i] = _buffer[(_first + i) % _buffer.Length];
        _first = (_first + count) % _buffer.Length;
        _count -= count;
        return count;
    }

    /// <summary>The transmitter loses its supply: a message breaks off where it is; what has arrived stays.</summary>
    public void CutOff()
    {
        _messages.Clear();
        _sentOfHead = 0;
        _lineFreeUs = 0;
    }

    private void Receive(byte value)
    {
        if (ReaderAsleep)
        {
            Unheard++;
            return;
        }

        if (_count == _buffer.Length)
        {
            Overrun++;
            return;
        }

        _buffer[(_first + _count++) % _buffer.Length] = value;
    }
}
