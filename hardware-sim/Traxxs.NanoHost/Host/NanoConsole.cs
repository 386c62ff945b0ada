using System.Text;

namespace Traxxs.NanoHost;

/// <summary>
/// The board's debug port. The firmware prints with <see cref="Console"/>; here what a thread prints that has entered a board goes to that
/// board's <see cref="NanoBoard.Printed"/>, and everything else where it went before. A board without power prints nothing.
/// </summary>
public sealed class NanoConsole : TextWriter
{
    private const int LineLengthMax = 1000;     // As `traxxs monitor` keeps them.

    private static readonly Lock s_gate = new();
    private static bool s_installed;

    private readonly TextWriter _before;
    private readonly AsyncLocal<StringBuilder?> _line = new();

    private NanoConsole(TextWriter before) => _before = before;

    /// <inheritdoc/>
    public override Encoding Encoding => _before.Encoding;

    /// <summary>From here on the process's console tells boards apart. Again does nothing.</summary>
    public static void Install()
    {
        lock (s_gate)
        {
            // SetOut wraps what it is given, so it cannot be asked whether it is ours.
            if (s_installed) return;
            s_installed = true;
            Console.SetOut(new NanoConsole(Console.Out));
        }
    }

    /// <inheritdoc/>
    public override void Write(char value)
    {
        if (NanoBoard.Entered is not { } board)
        {
            _before.Write(value);
            return;
        }

        var line = _line.Value ??= new StringBuilder();
        if (value == '\n')
        {
            if (!board.IsOff) board.Printed?.Invoke(line.ToString());
            line.Clear();
        }
        else if (value != '\r' && line.Length < LineLengthMax)
        {
            line.Append(value);
        }
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (NanoBoard.Entered is null) _before.Write(value);
        else base.Write(value);
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        if (NanoBoard.Entered is not { } board) _before.WriteLine(value);
        else if (!board.IsOff) board.Printed?.Invoke(value ?? "");
    }

    /// <inheritdoc/>
    public override void Flush() => _before.Flush();
}
