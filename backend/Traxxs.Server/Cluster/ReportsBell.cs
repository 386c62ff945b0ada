namespace Traxxs.Server.Cluster;

/// <summary>
/// Tells the other processes that reports were stored: at once after a pause, and then at most every so often, so that a
/// thousand commits a second are not a thousand messages. Who is told reads all there is.
/// </summary>
/// <param name="channel">Where it is told.</param>
/// <param name="time">The machine's time.</param>
internal sealed class ReportsBell(IServiceChannel channel, TimeProvider time)
{
    /// <summary>Least time between two messages: what it adds to the delay of an alert under load, at most.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private int _state; // 0 quiet, 1 rung lately, 2 rung lately and something came since

    /// <summary>A report was stored. Any thread; does not wait.</summary>
    public void Ring()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
        {
            Interlocked.CompareExchange(ref _state, 2, 1);
            return;
        }

        channel.Publish(new ServiceMessage(ServiceTopic.Reports));
        _ = RestAsync();
    }

    private async Task RestAsync()
    {
        while (true)
        {
            await Task.Delay(Pause, time);
            if (Interlocked.CompareExchange(ref _state, 0, 1) == 1) return;
            Interlocked.Exchange(ref _state, 1);
            channel.Publish(new ServiceMessage(ServiceTopic.Reports));
        }
    }
}
