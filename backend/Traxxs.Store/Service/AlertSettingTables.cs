namespace Traxxs.Store.Service;

/// <summary>What organisations set of their rules.</summary>
public sealed class RuleSettingsTable
{
    private readonly ServiceSession _session;

    internal RuleSettingsTable(ServiceSession session) => _session = session;

    /// <summary>An organisation's settings; null where it set none.</summary>
    public RuleSettingsRecord? Find(string org) => List(org).FirstOrDefault();

    /// <summary>Every organisation's settings, or one's.</summary>
    public IReadOnlyList<RuleSettingsRecord> List(string? org) => _session.Query(
        "SELECT org, version, definition, changed_ms FROM rule_settings WHERE ($org IS NULL OR org = $org) ORDER BY org",
        row => new RuleSettingsRecord(row.GetString(0), row.GetInt32(1), row.GetString(2), row.Time(3)), ("$org", org));

    /// <summary>Writes an organisation's settings.</summary>
    public void Put(RuleSettingsRecord settings) => _session.Execute(
        """
        INSERT INTO rule_settings (org, version, definition, changed_ms) VALUES ($org, $version, $definition, $changed)
        ON CONFLICT (org) DO UPDATE SET version = $version, definition = $definition, changed_ms = $changed
        """,
        ("$org", settings.Org), ("$version", settings.Version), ("$definition", settings.Definition), ("$changed", Columns.Ms(settings.ChangedAt)));
}

/// <summary>The words of organisations' notifications.</summary>
public sealed class TemplateTable
{
    private readonly ServiceSession _session;

    internal TemplateTable(ServiceSession session) => _session = session;

    /// <summary>An organisation's templates as JSON; null where it set none.</summary>
    public string? Find(string org) => _session.Scalar("SELECT definition FROM templates WHERE org = $org", ("$org", org)) as string;

    /// <summary>Writes an organisation's templates.</summary>
    public void Put(string org, string definition, DateTimeOffset now) => _session.Execute(
        """
        INSERT INTO templates (org, definition, changed_ms) VALUES ($org, $definition, $now)
        ON CONFLICT (org) DO UPDATE SET definition = $definition, changed_ms = $now
        """,
        ("$org", org), ("$definition", definition), ("$now", Columns.Ms(now)));
}
