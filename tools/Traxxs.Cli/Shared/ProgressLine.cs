using System.Diagnostics;

namespace Traxxs.Cli.Shared;

/// <summary>
/// One line on stderr that is rewritten in place while long work goes on; silent for work under a second and, where
/// stderr is not a terminal, at most a line every ten seconds.
/// </summary>
internal sealed class ProgressLine(string what) : IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private TimeSpan _last = TimeSpan.Zero;
    private bool _shown;

    /// <summary>Says how far the work is; cheap enough to call for every item.</summary>
    public void Report(string detail)
    {
        var now = _watch.Elapsed;
        if (now < TimeSpan.FromSeconds(1)) return;
        if (now - _last < (_terminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10))) return;
        _last = now;
        _shown = true;
        Console.Error.Write(_terminal ? $"\r\u001b[K{what}: {detail}" : $"{what}: {detail}\n");
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (_shown && _terminal) Console.Error.Write("\r\u001b[K");
    }
}
