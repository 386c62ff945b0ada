namespace Traxxs.Store.Service;

/// <summary>What the rules remember, committed together with what they raised: after a crash they go on, not again.</summary>
public sealed class RuleStateTable
{
    private readonly ServiceSession _session;

    internal RuleStateTable(ServiceSession session) => _session = session;

    /// <summary>Position of the last report the rules have taken in.</summary>
    public long Cursor
    {
        get => (long)_session.Scalar("SELECT position FROM rule_cursor")!;
        set => _session.Execute("UPDATE rule_cursor SET position = $position", ("$position", value));
    }

    /// <summary>Every device's state as text.</summary>
    public IReadOnlyList<(string DeviceId, string State)> ReadAll() =>
        _session.Query("SELECT device, state FROM rule_states", row => (row.GetString(0), row.GetString(1)));

    /// <summary>One device's state as text; null where there is none.</summary>
    public string? Find(string deviceId) => _session.Scalar("SELECT state FROM rule_states WHERE device = $device", ("$device", deviceId)) as string;

    /// <summary>Writes one device's state.</summary>
    public void Put(string deviceId, string state) => _session.Execute(
        "INSERT INTO rule_states VALUES ($device, $state) ON CONFLICT (device) DO UPDATE SET state = $state",
        ("$device", deviceId), ("$state", state));
}
