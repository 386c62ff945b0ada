namespace Traxxs.Server.Ingest;

/// <summary>The topics below a device's own id, all it may use: <c>xsole/v1/{id}/up</c>, <c>/down</c> and <c>/state</c>.</summary>
/// <param name="DeviceId">Identity.</param>
/// <param name="Up">Reports, published by the device.</param>
/// <param name="Down">Commands and desired configuration, read by the device.</param>
/// <param name="State">Online or offline, retained, published by the device and by its will.</param>
public sealed record DeviceTopics(string DeviceId, string Up, string Down, string State)
{
    private const string Root = "xsole/v1/";

    /// <summary>The topics of a device.</summary>
    /// <param name="deviceId">Identity; has no character that means something in a topic.</param>
    public static DeviceTopics Of(string deviceId) =>
        new(deviceId, $"{Root}{deviceId}/up", $"{Root}{deviceId}/down", $"{Root}{deviceId}/state");
}
