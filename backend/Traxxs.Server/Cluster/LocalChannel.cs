using Microsoft.Extensions.Logging;

namespace Traxxs.Server.Cluster;

/// <summary>The channel of a server that is one process: a call, no queue, nothing to miss.</summary>
public sealed class LocalChannel(ILogger log) : IServiceChannel
{
    private readonly Subscribers _subscribers = new(log);

    /// <inheritdoc/>
    public event Action? Missed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public string Process => "here";

    /// <inheritdoc/>
    public string? Trouble => null;

    /// <inheritdoc/>
    public void Subscribe(string topic, Action<ServiceMessage> handler) => _subscribers.Add(topic, handler);

    /// <inheritdoc/>
    public void Publish(ServiceMessage message) => _subscribers.Tell(message);

    /// <inheritdoc/>
    public void Start()
    {
        // There is nobody else to hear.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
