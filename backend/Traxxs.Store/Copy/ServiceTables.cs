namespace Traxxs.Store.Copy;

/// <summary>The tables of the service database in an order in which each row finds what it names, and how their rows are ordered.</summary>
internal static class ServiceTables
{
    /// <param name="Name">Of the table.</param>
    /// <param name="Key">Columns of its primary key: texts by character, on both engines.</param>
    /// <param name="IsNumbered">Whether the database counts the first key column up itself.</param>
    internal readonly record struct Table(string Name, string Key, bool IsNumbered = false);

    /// <summary>All of them.</summary>
    public static readonly Table[] All =
    [
        new("organisations", "id"),
        new("devices", "id"),
        new("tokens", "id"),
        new("geofences", "id"),
        new("wearers", "id"),
        new("users", "id"),
        new("sign_ins", "id"),
        new("password_links", "id"),
        new("assignments", "number", IsNumbered: true),
        new("alerts", "number", IsNumbered: true),
        new("alert_comments", "number", IsNumbered: true),
        new("audit", "id", IsNumbered: true),
        new("outbox", "id", IsNumbered: true),
        new("commands", "number"),
        new("rule_settings", "org"),
        new("policies", "id"),
        new("channels", "id"),
        new("templates", "org"),
        new("configurations", "org, device"),
        new("desired_configurations", "device"),
        new("firmware_images", "org, version"),
        new("firmware_updates", "device"),
        new("device_states", "device"),
        new("rule_states", "device"),
        new("erasures", "number", IsNumbered: true),
        new("setup_code", "one"),
        new(WithdrawalCursor, "one"),
        new(RuleCursor, "one"),
        new(DeviceCursor, "one"),
    ];

    /// <summary>How far the rules have read: a position, which the other side gives anew.</summary>
    public const string RuleCursor = "rule_cursor";

    /// <summary>How far devices' states were read.</summary>
    public const string DeviceCursor = "device_cursor";

    /// <summary>Up to which audit entry devices lost their connections: a number that stays what it is.</summary>
    private const string WithdrawalCursor = "withdrawal_cursor";

    /// <summary>Whether a new database has a row in it.</summary>
    public static bool HasFirstRow(Table table) => table.Name is "organisations" or RuleCursor or DeviceCursor or WithdrawalCursor;

    /// <summary>Columns, in the order both engines have them.</summary>
    public static string Select(Table table) => $"SELECT * FROM {table.Name} ORDER BY {table.Key}";
}
