using Traxxs.Protocol;

namespace Traxxs.Server.Ingest;

/// <summary>The way to a device.</summary>
public interface IDownlink
{
    /// <summary>
    /// Hands a command to the broker at QoS 1. Completes when it is with the device's session, kept there while the device
    /// is away if it asked for a lasting session; whether the device carried it out is for the device to say.
    /// </summary>
    /// <param name="deviceId">To whom.</param>
    /// <param name="command">What.</param>
    /// <param name="validFor">How long it may wait with the session before it is void; null for as long as it takes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotListeningException">Nobody would have got it: it was not sent.</exception>
    ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default);
}

/// <summary>The device neither listens nor has a session that waits for it.</summary>
public sealed class NotListeningException(string deviceId) : Exception($"{deviceId} is not connected");
