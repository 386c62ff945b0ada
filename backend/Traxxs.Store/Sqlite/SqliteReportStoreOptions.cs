namespace Traxxs.Store.Sqlite;

/// <summary>Where a <see cref="SqliteReportStore"/> lives and how much it takes.</summary>
public sealed class SqliteReportStoreOptions
{
    /// <summary>Folder of the files; made (mode 0700) where it is absent.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Most appends waiting for a commit. 131,072: what 6,500 devices have in flight at 20 each, a second or two of work
    /// after a stall, some 30 MB at worst; beyond it publishers are turned away unacknowledged and come again.
    /// </summary>
    public int QueueMax { get; init; } = 131_072;

    /// <summary>Refused frames kept; the oldest make room.</summary>
    public int RejectedMax { get; init; } = RejectedFrames.CountMax;

    /// <summary>
    /// Newest reports kept in memory for those who follow the log: what they may fall behind during a commit of their own under
    /// full load, some 5 MB. Who is further behind reads the file.
    /// </summary>
    public int RecentMax { get; init; } = 4096;

    /// <summary>Pages of write-ahead log before it is copied into the file: 16 MB.</summary>
    public int CheckpointPages { get; init; } = 4000;

    /// <summary>Size beyond which the database takes nothing more, in bytes; null leaves it to the disk. Read at each (re)opening.</summary>
    public long? SizeMaxBytes { get; set; }

    /// <summary>First pause after a failed commit; doubled at each further failure up to <see cref="RetryDelayMax"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a commit waits for another connection's lock (a backup) before it fails.</summary>
    public TimeSpan BusyTimeout { get; init; } = Database.BusyTimeout;

    /// <summary>Path of the database file.</summary>
    public string DatabasePath => Path.Combine(Folder, "reports.db");
}
