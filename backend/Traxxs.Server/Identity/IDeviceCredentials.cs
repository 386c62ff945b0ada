namespace Traxxs.Server.Identity;

/// <summary>Answers whether a device is who it says it is.</summary>
public interface IDeviceCredentials
{
    /// <summary>Whether the secret is the device's, as sent in CONNECT. Quick and safe to call from any thread.</summary>
    bool Verify(string deviceId, ReadOnlySpan<byte> secret);
}
