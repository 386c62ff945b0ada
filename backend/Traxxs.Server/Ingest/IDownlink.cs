using Traxxs.Protocol;

namespace Traxxs.Server.Ingest;

/// <summary>The way to a device.</summary>
public interface IDownlink
{
    /// <summary>
    /// Hands a command to the broker at QoS 1. Completes when it is with the device's session, kept there while the device
    /// is away if it asked for a lasting session; whether the device carried it out is for the device to say.
    /// </summary>
    ValueTask SendCommandAsync(string deviceId, Command command, CancellationToken cancellationToken = default);
}
