namespace Traxxs.Server;

/// <summary>How the background loops are woken: a semaphore of one, released at most once however many ask.</summary>
internal static class WakeUp
{
    /// <summary>Wakes the loop that waits on it, or has it look once more before it waits again.</summary>
    public static void ReleaseOnce(this SemaphoreSlim wake)
    {
        try
        {
            if (wake.CurrentCount == 0) wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two woke it at once: once is enough.
        }
    }
}
