using System.Diagnostics;

namespace Traxxs.Device.Tests;

/// <summary>Waits for what other threads bring about. The limit is no promise of speed, only the end of hope.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static void True(Func<bool> condition, string what)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > Limit) Assert.Fail($"after {Limit.TotalSeconds:0} s still not: {what}");
            Thread.Sleep(5);
        }
    }
}
