namespace Traxxs.Store.Tests;

/// <summary>Waits for what another thread is about to make true; the limit is only there so that a failure ends.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++) await Task.Delay(10);
        Assert.IsTrue(condition(), "it did not come true within 30 s");
    }
}
