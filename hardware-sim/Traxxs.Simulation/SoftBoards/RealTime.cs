using System.Diagnostics;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>The machine's clock since a soft board began. The image itself waits by that clock, so a soft board knows no other speed.</summary>
internal sealed class RealTime
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>ms since the beginning.</summary>
    public long NowMs => (long)Stopwatch.GetElapsedTime(_began).TotalMilliseconds;

    /// <summary>Waits. False: cancelled.</summary>
    public static bool Wait(int ms, CancellationToken cancellation) => !cancellation.WaitHandle.WaitOne(ms);
}
