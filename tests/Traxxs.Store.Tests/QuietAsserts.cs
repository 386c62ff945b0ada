using System.Diagnostics;

namespace Traxxs.Store.Tests;

/// <summary>Takes the debug listeners away for a test that provokes what they report.</summary>
internal sealed class QuietAsserts : IDisposable
{
    private readonly TraceListener[] _listeners = Trace.Listeners.Cast<TraceListener>().ToArray();

    public QuietAsserts() => Trace.Listeners.Clear();

    public void Dispose() => Trace.Listeners.AddRange(_listeners);
}
