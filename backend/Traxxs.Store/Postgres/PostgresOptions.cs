namespace Traxxs.Store.Postgres;

/// <summary>Which PostgreSQL server keeps reports and service database, and how much a process takes of it.</summary>
public sealed record PostgresOptions
{
    /// <summary>
    /// <c>postgres://user@host:port/database?setting=value</c>, or Npgsql's own <c>Host=…;Username=…</c>. Never with a password: it
    /// would stand in the list of processes and in logs.
    /// </summary>
    public required string Connection { get; init; }

    /// <summary>File with the password, readable by its owner alone; null takes <see cref="PasswordVariable"/>, and without it none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Allows a server that is not on this machine without a verified certificate: behind a tunnel that has it.</summary>
    public bool Insecure { get; init; }

    /// <summary>How long a span of server time one partition of reports holds.</summary>
    public PartitionSpan Partition { get; init; } = PartitionSpan.Month;

    /// <summary>Most appends waiting for a commit, as in the SQLite store; beyond it publishers are turned away unacknowledged.</summary>
    public int QueueMax { get; init; } = 131_072;

    /// <summary>Most reports in one commit: what a slow server may take a second for.</summary>
    public int GroupMax { get; init; } = 16_384;

    /// <summary>Newest reports of this process kept in memory for those who follow closely.</summary>
    public int RecentMax { get; init; } = 4096;

    /// <summary>Refused frames kept; the oldest make room.</summary>
    public int RejectedMax { get; init; } = RejectedFrames.CountMax;

    /// <summary>Most connections of this process that read reports, and as many that read the service database.</summary>
    public int ReadersMax { get; init; } = 16;

    /// <summary>
    /// Most connections a server's process has at once: those that read and write reports and service database, and one for each right to be
    /// the only one that it holds or asks for. The server's <c>max_connections</c> is those of all processes, and some for people.
    /// </summary>
    public int ConnectionsMax => (2 * (WritersMax + ReadersMax)) + LeasesMax;

    // One writes, and one does meanwhile what has a transaction of its own.
    internal const int WritersMax = 2;

    // Rules and notifications.
    internal const int LeasesMax = 2;

    /// <summary>Longest a statement may take, and a writer wait for another, before it counts as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest to wait for a connection: a server process that fails tries again by itself, who asks at a console does not.</summary>
    public TimeSpan ConnectPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First pause after a failed commit; doubled at each further failure up to <see cref="RetryDelayMax"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without traffic the server is asked this often whether it is there, so that health tells the truth.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Environment variable that may hold the password.</summary>
    public const string PasswordVariable = "TRAXXS_POSTGRES_PASSWORD";
}

/// <summary>Span of server time one partition of reports holds.</summary>
public enum PartitionSpan
{
    /// <summary>A calendar month (UTC): up to some ten million reports a day.</summary>
    Month,

    /// <summary>A day (UTC): above that, or where retention is counted in days.</summary>
    Day,
}
