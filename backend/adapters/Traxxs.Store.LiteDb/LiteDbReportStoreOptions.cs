namespace Traxxs.Store.LiteDb;

/// <summary>Where a <see cref="LiteDbReportStore"/> lives and how much it takes.</summary>
public sealed class LiteDbReportStoreOptions
{
    /// <summary>Folder of the files; made (mode 0700) where it is absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Most appends waiting for a commit; beyond it publishers are turned away unacknowledged and come again.</summary>
    public int QueueMax { get; init; } = 131_072;

    /// <summary>Refused frames kept; the oldest make room.</summary>
    public int RejectedMax { get; init; } = RejectedFrames.CountMax;

    /// <summary>Path of the database file.</summary>
    public string DatabasePath => Path.Combine(Folder, "reports.litedb");

    /// <summary>Path of LiteDB's log, which this store opens itself so that it can sync it.</summary>
    public string LogPath => Path.Combine(Folder, "reports-log.litedb");
}
