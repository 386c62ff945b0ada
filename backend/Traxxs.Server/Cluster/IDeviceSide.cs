using Traxxs.Server.Ingest;

namespace Traxxs.Server.Cluster;

/// <summary>The devices' side as the rest of the server uses it: our own broker in this process, or RabbitMQ.</summary>
internal interface IDeviceSide : IDownlink
{
    /// <summary>
    /// Whether a device listens, as far as is known before it is tried; where only trying tells, true, and
    /// <see cref="IDownlink.SendCommandAsync"/> throws.
    /// </summary>
    bool IsListening(string deviceId);

    /// <summary>Closes a device's live connection: its secret was replaced or it was shut out.</summary>
    void Disconnect(string deviceId);

    /// <summary>Publishes to programs that hear an organisation's alerts; completes when the broker has it.</summary>
    ValueTask PublishAsync(string topic, byte[] payload, CancellationToken cancellationToken);

    /// <summary>Why devices are not reached, for a person; null where they are.</summary>
    string? Trouble { get; }
}
