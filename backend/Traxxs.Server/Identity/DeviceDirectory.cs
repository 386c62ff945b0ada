using System.Collections.Concurrent;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Which organisation a device belongs to. It belongs to it for good, so what was read once is kept: one entry a device.
/// A device nobody provisioned, whose reports were put in by hand, counts as the first organisation's.
/// </summary>
public sealed class DeviceDirectory(ServiceDatabase database)
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The organisation of a device.</summary>
    public string OrgOf(string deviceId)
    {
        if (_known.TryGetValue(deviceId, out var known)) return known;
        if (database.Read(session => session.Devices.OrgOf(deviceId)) is not { } org) return OrganisationId.First;
        _known[deviceId] = org;
        return org;
    }
}
