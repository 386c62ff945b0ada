using System.Globalization;

namespace Traxxs.Server.Cluster;

/// <summary>A device's connection came or went, as a message.</summary>
internal static class DeviceContact
{
    /// <summary>The message.</summary>
    public static ServiceMessage Message(string deviceId, bool connected, DateTimeOffset time) =>
        new(ServiceTopic.Contact, deviceId, (connected ? "+" : "-") + time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads it; false where it is none.</summary>
    public static bool TryRead(in ServiceMessage message, out bool connected, out DateTimeOffset time)
    {
        connected = message.Detail is ['+', ..];
        time = default;
        if (message.Detail is not ['+' or '-', .. var number]) return false;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return true;
    }
}
