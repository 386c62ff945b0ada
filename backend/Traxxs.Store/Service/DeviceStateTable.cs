namespace Traxxs.Store.Service;

/// <summary>What devices last said of themselves, and how far reports were read for that.</summary>
public sealed class DeviceStateTable
{
    private readonly ServiceSession _session;

    internal DeviceStateTable(ServiceSession session) => _session = session;

    /// <summary>Position of the last report read.</summary>
    public long Cursor
    {
        get => (long)_session.Scalar("SELECT position FROM device_cursor")!;
        set => _session.Execute("UPDATE device_cursor SET position = $position", ("$position", value));
    }

    /// <summary>A device's state as JSON; null where it said nothing.</summary>
    public string? Find(string deviceId) => _session.Scalar("SELECT state FROM device_states WHERE device = $device", ("$device", deviceId)) as string;

    /// <summary>Every device's state as JSON.</summary>
    public IReadOnlyList<(string DeviceId, string State)> ReadAll() =>
        _session.Query("SELECT device, state FROM device_states", row => (row.GetString(0), row.GetString(1)));

    /// <summary>Keeps a device's state.</summary>
    public void Put(string deviceId, string state) => _session.Execute(
        "INSERT INTO device_states VALUES ($device, $state) ON CONFLICT (device) DO UPDATE SET state = $state", ("$device", deviceId), ("$state", state));

    /// <summary>Forgets a device's state.</summary>
    public void Remove(string deviceId) => _session.Execute("DELETE FROM device_states WHERE device = $device", ("$device", deviceId));
}
