namespace Traxxs.Mqtt.Storage;

/// <summary>
/// Starts a thread of a store. A busy system may have no thread to give for a moment, though it has memory (seen on Linux as
/// <see cref="OutOfMemoryException"/>): no reason not to start.
/// </summary>
internal static class WorkerThread
{
    private const int AttemptsMax = 10;
    private const int PauseMs = 10;

    /// <summary>A started background thread. Throws <see cref="OutOfMemoryException"/> when there is none to have for half a second.</summary>
    /// <param name="loop">What it runs.</param>
    /// <param name="name">What a debugger shows.</param>
    public static Thread Start(ThreadStart loop, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var thread = new Thread(loop) { IsBackground = true, Name = name };
            try
            {
                thread.Start();
                return thread;
            }
            catch (OutOfMemoryException) when (attempt < AttemptsMax)
            {
                Thread.Sleep(attempt * PauseMs);
            }
        }
    }
}
