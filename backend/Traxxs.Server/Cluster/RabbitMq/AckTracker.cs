namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// Deliveries of one AMQP channel that are done, in whatever order, as acknowledgements in the order delivered: one "all up to
/// here" for many. What is not done holds back those behind it: after a crash they come again and are found to be duplicates.
/// Not for several threads.
/// </summary>
internal sealed class AckTracker
{
    private readonly Dictionary<ulong, bool> _done = [];
    private ulong _reached; // tags of a channel are 1, 2, 3 … (AMQP 0-9-1, 1.8.3.13)

    /// <summary>Deliveries done that wait for an earlier one.</summary>
    public int Waiting => _done.Count;

    /// <summary>
    /// A delivery is done; <paramref name="returned"/> where it was given back, which must not be acknowledged any more. True
    /// where there is something to acknowledge, which is all up to <paramref name="upTo"/>.
    /// </summary>
    public bool Complete(ulong tag, bool returned, out ulong upTo)
    {
        upTo = 0;
        if (tag <= _reached || !_done.TryAdd(tag, returned)) return false;
        while (_done.Remove(_reached + 1, out var wasReturned))
        {
            _reached++;
            if (!wasReturned) upTo = _reached;
        }

        return upTo > 0;
    }
}
