using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>
/// One transaction on the service database, with a word for each table. Reads of what belongs to organisations take the
/// organisation first; null means all of them and is for the system, never for a request.
/// </summary>
public sealed class ServiceSession
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly ServiceDialect _dialect;

    internal ServiceSession(ServiceDialect dialect, DbConnection connection, DbTransaction? transaction)
    {
        _dialect = dialect;
        _connection = connection;
        _transaction = transaction;
        Alerts = new AlertTable(this);
        Audit = new AuditTable(this);
        Outbox = new OutboxTable(this);
        Rules = new RuleStateTable(this);
        Devices = new DeviceTable(this);
        Tokens = new TokenTable(this);
        Geofences = new GeofenceTable(this);
        Organisations = new OrganisationTable(this);
        Users = new UserTable(this);
        SignIns = new SignInTable(this);
        PasswordLinks = new PasswordLinkTable(this);
        Wearers = new WearerTable(this);
        Assignments = new AssignmentTable(this);
        RuleSettings = new RuleSettingsTable(this);
        Policies = new PolicyTable(this);
        Channels = new ChannelTable(this);
        Templates = new TemplateTable(this);
        Configurations = new ConfigurationTable(this);
        Commands = new CommandTable(this);
        DeviceStates = new DeviceStateTable(this);
        Firmware = new FirmwareTable(this);
        Updates = new UpdateTable(this);
        Erasures = new ErasureTable(this);
        SetupCode = new SetupCodeTable(this);
        Withdrawals = new WithdrawalTable(this);
    }

    /// <summary>Alerts and their comments.</summary>
    public AlertTable Alerts { get; }

    /// <summary>The append-only audit log.</summary>
    public AuditTable Audit { get; }

    /// <summary>What is to be delivered.</summary>
    public OutboxTable Outbox { get; }

    /// <summary>What the rules remember of each device, and how far they have read.</summary>
    public RuleStateTable Rules { get; }

    /// <summary>Devices that may connect.</summary>
    public DeviceTable Devices { get; }

    /// <summary>API tokens.</summary>
    public TokenTable Tokens { get; }

    /// <summary>Geofences.</summary>
    public GeofenceTable Geofences { get; }

    /// <summary>Organisations.</summary>
    public OrganisationTable Organisations { get; }

    /// <summary>People who sign in.</summary>
    public UserTable Users { get; }

    /// <summary>Where users are signed in.</summary>
    public SignInTable SignIns { get; }

    /// <summary>One-time links to choose a password.</summary>
    public PasswordLinkTable PasswordLinks { get; }

    /// <summary>People who wear a device.</summary>
    public WearerTable Wearers { get; }

    /// <summary>Which device was whose, and when.</summary>
    public AssignmentTable Assignments { get; }

    /// <summary>What organisations set of their rules.</summary>
    public RuleSettingsTable RuleSettings { get; }

    /// <summary>Escalation policies.</summary>
    public PolicyTable Policies { get; }

    /// <summary>Ways to reach people.</summary>
    public ChannelTable Channels { get; }

    /// <summary>The words of notifications.</summary>
    public TemplateTable Templates { get; }

    /// <summary>What devices are to be configured with.</summary>
    public ConfigurationTable Configurations { get; }

    /// <summary>Commands people gave devices.</summary>
    public CommandTable Commands { get; }

    /// <summary>What devices said of themselves.</summary>
    public DeviceStateTable DeviceStates { get; }

    /// <summary>Firmware images.</summary>
    public FirmwareTable Firmware { get; }

    /// <summary>How far devices' updates are.</summary>
    public UpdateTable Updates { get; }

    /// <summary>Erasures asked for.</summary>
    public ErasureTable Erasures { get; }

    /// <summary>The code for the first account.</summary>
    public SetupCodeTable SetupCode { get; }

    /// <summary>Devices that lose their connection.</summary>
    public WithdrawalTable Withdrawals { get; }

    internal string IgnoringCase(string text) => _dialect.IgnoringCase(text);

    internal string LongText => _dialect.LongText;

    /// <summary>Whether any statement was answered: as long as none was, the work can begin again on another connection.</summary>
    internal bool IsAnswered { get; private set; }

    internal int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        var rows = command.ExecuteNonQuery();
        IsAnswered = true;
        return rows;
    }

    internal object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        var value = command.ExecuteScalar();
        IsAnswered = true;
        return value;
    }

    internal List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        IsAnswered = true;
        var rows = new List<T>();
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    /// <summary>Rows one after the other, however many there are.</summary>
    internal void ForEach(string sql, Action<DbDataReader> row)
    {
        using var command = Command(sql, []);
        using var reader = command.ExecuteReader();
        IsAnswered = true;
        while (reader.Read()) row(reader);
    }

    /// <summary>The last number a table counted, whether its row is still there or not; 0 where it counted none.</summary>
    internal long LastNumber(string table, string column) => Convert.ToInt64(Scalar(_dialect.LastNumber(table, column)) ?? 0L, null);

    /// <summary>A table counts on behind a number.</summary>
    internal void ContinueNumbers(string table, string column, long last)
    {
        if (last > 0) Execute(_dialect.ContinueNumbers(table, column, last));
    }

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters) => _dialect.Command(_connection, _transaction, sql, parameters);
}
