namespace Traxxs.Server.Cluster;

/// <summary>
/// The way between the parts of the server, in one process or in many. What is published reaches the subscribers of this
/// process before <see cref="Publish"/> returns, and those of every other process soon after, in the order published. Each
/// process gets each message, or is told that it may have missed some (<see cref="Missed"/>); a message may come twice.
/// Nothing durable hangs on it: whoever listens also looks into the database from time to time.
/// </summary>
public interface IServiceChannel : IAsyncDisposable
{
    /// <summary>Name of this process among those that share the channel; another one after each start.</summary>
    string Process { get; }

    /// <summary>Why other processes are not reached now, for a person; null where they are, or where there are none.</summary>
    string? Trouble { get; }

    /// <summary>Something may have been missed: what is remembered of the database is to be read anew.</summary>
    event Action? Missed;

    /// <summary>Hears a topic. Before <see cref="Start"/>. A handler must not block; what it throws is logged and harms nobody else.</summary>
    void Subscribe(string topic, Action<ServiceMessage> handler);

    /// <summary>Tells all who subscribed, here at once and elsewhere soon. Never waits and never throws, from any thread.</summary>
    void Publish(ServiceMessage message);

    /// <summary>Begins to hear others.</summary>
    void Start();
}
