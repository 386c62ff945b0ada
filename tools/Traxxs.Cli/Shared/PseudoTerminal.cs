using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Traxxs.Cli.Shared;

/// <summary>
/// A serial port without hardware: lines written here come out of <see cref="Port"/>. Where nobody reads there, the oldest lines make
/// room: a port waits for nobody.
/// </summary>
internal sealed class PseudoTerminal : IDisposable
{
    private const int LinesMax = 1000;

    private readonly FileStream _master;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">The system has none.</exception>
    public PseudoTerminal()
    {
        (_master, Port) = Posix.OpenTerminal();
        // Without this the far end echoes what it gets, and nobody takes the echo.
        using var stty = Process.Start(new ProcessStartInfo("stty", ["-F", Port, "raw", "-echo"]) { RedirectStandardError = true });
        stty?.WaitForExit();
        new Thread(Write) { IsBackground = true, Name = "serial port" }.Start();
    }

    /// <summary>Path of the port.</summary>
    public string Port { get; }

    /// <summary>Sends a line.</summary>
    public void WriteLine(string line) => _lines.Writer.TryWrite(line);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _master.Dispose();
    }

    private void Write()
    {
        try
        {
            while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_lines.Reader.TryRead(out var line)) _master.Write(Encoding.UTF8.GetBytes(line + "\r\n"));
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The port is closed.
        }
    }
}
