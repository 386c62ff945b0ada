using Microsoft.Extensions.Logging;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// A process's two connections to RabbitMQ. Short of memory or disk it reads nothing more from a connection that has ever published, and
/// an acknowledgement behind a message would wait with it: what would make room would never be said.
/// </summary>
internal sealed class RabbitMqLinks(RabbitMqOptions options, string name, ILogger log) : IAsyncDisposable
{
    /// <summary>For what is heard, and acknowledged: nothing may be published over it.</summary>
    public RabbitMqLink Incoming { get; } = new(options, name, log);

    /// <summary>For what is published.</summary>
    public RabbitMqLink Outgoing { get; } = new(options, name + " out", log);

    /// <summary>Why one of them does not work, for a person; null where both do.</summary>
    public string? Trouble => Incoming.Trouble ?? Outgoing.Trouble;

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        Incoming.Start();
        Outgoing.Start();
    }

    /// <summary>Ends both.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(Incoming.DisposeAsync().AsTask(), Outgoing.DisposeAsync().AsTask());
}
