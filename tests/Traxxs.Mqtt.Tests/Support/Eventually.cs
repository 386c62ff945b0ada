namespace Traxxs.Mqtt.Tests;

/// <summary>Waits for what another thread is about to do; the deadline is for a hang, not for a duration.</summary>
public static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition, string what, double seconds = 60)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(seconds, watch.Elapsed.TotalSeconds, $"never came true: {what}");
            await Task.Delay(1);
        }
    }
}
