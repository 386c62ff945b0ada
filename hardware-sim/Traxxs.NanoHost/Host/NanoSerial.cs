namespace Traxxs.NanoHost;

/// <summary>The far end of a UART.</summary>
public sealed class NanoSerial
{
    private readonly Lock _gate = new();
    private readonly Queue<byte> _received = new();

    /// <summary>Called with what the firmware sent.</summary>
    public Action<byte[]>? Sent { get; set; }

    /// <summary>Bytes that came while the firmware's buffer was full.</summary>
    public long Overrun { get; private set; }

    internal int ReadBufferSize { get; set; } = 256;

    internal int Waiting
    {
        get { lock (_gate) return _received.Count; }
    }

    /// <summary>Sends bytes to the firmware.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (var value in bytes)
            {
                if (_received.Count < ReadBufferSize) _received.Enqueue(value);
                else Overrun++;
            }
        }
    }

    internal int Take(byte[] buffer, int offset, int count)
    {
        lock (_gate)
        {
            var taken = Math.Min(count, _received.Count);
            for (var i = 0; i < taken; i++) buffer[offset + i] = _received.Dequeue();
            return taken;
        }
    }
}
