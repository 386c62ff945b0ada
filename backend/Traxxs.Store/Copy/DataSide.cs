using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Copy;

/// <summary>Where all data of a server is: one side of a copy.</summary>
public abstract class DataSide
{
    /// <summary>Its name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>A data folder of the SQLite stores.</summary>
    public static DataSide OfFolder(string folder) => new FolderSide(folder);

    /// <summary>A PostgreSQL database.</summary>
    public static DataSide OfPostgres(PostgresOptions options) => new PostgresSide(options);

    /// <summary>Whether there is anything to copy from.</summary>
    internal abstract void RequireToExist();

    internal abstract IReportStore OpenReports();

    internal abstract ServiceDatabase OpenService();

    private sealed class FolderSide(string folder) : DataSide
    {
        public override string Name => folder;

        internal override void RequireToExist()
        {
            foreach (var file in new[] { new SqliteReportStoreOptions { Folder = folder }.DatabasePath, Path.Combine(folder, ServiceDatabase.FileName) })
            {
                if (!File.Exists(file)) throw new DataCopyException($"{file} does not exist: name a data folder");
            }
        }

        internal override IReportStore OpenReports() => SqliteReportStore.Open(folder);

        internal override ServiceDatabase OpenService() => ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
    }

    private sealed class PostgresSide(PostgresOptions options) : DataSide
    {
        public override string Name => PostgresConnection.NameOf(options);

        // Where the tables are not there yet they are made, and hold nothing.
        internal override void RequireToExist() => PostgresConnection.Require(options);

        internal override IReportStore OpenReports() => PostgresReportStore.Open(options);

        internal override ServiceDatabase OpenService() => ServiceDatabase.OpenPostgres(options);
    }
}

/// <summary>A copy cannot be made, or did not come out equal.</summary>
public sealed class DataCopyException(string message) : Exception(message);
