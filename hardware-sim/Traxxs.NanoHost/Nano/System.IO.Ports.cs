using Traxxs.NanoHost;

namespace System.IO.Ports;

/// <summary>Parity of a UART.</summary>
public enum Parity
{
    /// <summary>No parity bit.</summary>
    None = 0,

    /// <summary>Odd.</summary>
    Odd = 1,

    /// <summary>Even.</summary>
    Even = 2,
}

/// <summary>Stop bits of a UART.</summary>
public enum StopBits
{
    /// <summary>One.</summary>
    One = 1,

    /// <summary>Two.</summary>
    Two = 2,

    /// <summary>One and a half.</summary>
    OnePointFive = 3,
}

/// <summary>A UART.</summary>
public sealed class SerialPort : IDisposable
{
    private readonly NanoSerial _line;

    /// <summary>Names a port; <see cref="Open"/> opens it.</summary>
    public SerialPort(string portName, int baudRate = 9600, Parity parity = Parity.None, int dataBits = 8, StopBits stopBits = StopBits.One)
    {
        NanoBoard.Current.ThrowIfOff();
        _line = NanoBoard.Current.Serial(portName);
    }

    /// <summary>Bytes received and not yet read.</summary>
    public int BytesToRead
    {
        get
        {
            NanoBoard.Current.ThrowIfOff();
            return _line.Waiting;
        }
    }

    /// <summary>Bytes that wait at most; more are lost.</summary>
    public int ReadBufferSize
    {
        get => _line.ReadBufferSize;
        set => _line.ReadBufferSize = value;
    }

    /// <summary>Longest wait of a read, ms.</summary>
    public int ReadTimeout { get; set; } = -1;

    /// <summary>Longest wait of a write, ms.</summary>
    public int WriteTimeout { get; set; } = -1;

    /// <summary>Opens the port.</summary>
    public void Open() => NanoBoard.Current.ThrowIfOff();

    /// <summary>Reads what waits, up to count bytes.</summary>
    public int Read(byte[] buffer, int offset, int count)
    {
        NanoBoard.Current.ThrowIfOff();
        return _line.Take(buffer, offset, count);
    }

    /// <summary>Sends bytes.</summary>
    public void Write(byte[] buffer, int offset, int count)
    {
        NanoBoard.Current.ThrowIfOff();
        _line.Sent?.Invoke(buffer.AsSpan(offset, count).ToArray());
    }

    /// <summary>Closes the port.</summary>
    public void Dispose()
    {
    }
}
