using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Service;

/// <summary>Looks a service database over, also while a server has it open: for <c>traxxs server check</c>.</summary>
public static class ServiceCheck
{
    private const int ProblemsMax = 100;

    /// <summary>Sentences on what is wrong, at most a hundred; none where all is well. Changes nothing.</summary>
    /// <param name="folder">A data folder, or a backup.</param>
    public static IReadOnlyList<string> Run(string folder)
    {
        var path = Path.Combine(folder, ServiceDatabase.FileName);
        if (!File.Exists(path)) return [$"{path} does not exist"];
        var problems = new List<string>();
        try
        {
            using var database = Database.Open(path, readOnly: true);
            database.Execute("BEGIN");
            var version = database.Scalar("PRAGMA user_version");
            if (version > ServiceSchema.Version) return [$"{path} has schema {version}, this program knows up to {ServiceSchema.Version}"];
            CheckPages(database, problems);
            CheckReferences(database, problems);
        }
        catch (DatabaseException error)
        {
            problems.Add($"{path}: {error.Message}");
        }

        return problems;
    }

    /// <summary>Position of the last report the rules have taken in.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be read.</exception>
    public static long Cursor(string folder)
    {
        try
        {
            using var database = Database.Open(Path.Combine(folder, ServiceDatabase.FileName), readOnly: true);
            return database.Scalar("SELECT position FROM rule_cursor");
        }
        catch (DatabaseException error)
        {
            throw new StoreUnavailableException(error.Message, error);
        }
    }

    private static void CheckPages(Database database, List<string> problems)
    {
        using var rows = database.Prepare($"PRAGMA integrity_check({ProblemsMax})");
        while (rows.Step())
        {
            if (rows.Text(0) != "ok") problems.Add($"service database: {rows.Text(0)}");
        }
    }

    private static void CheckReferences(Database database, List<string> problems)
    {
        using var rows = database.Prepare("PRAGMA foreign_key_check");
        while (rows.Step() && problems.Count < ProblemsMax) problems.Add($"service database: a row of {rows.Text(0)} names a row of {rows.Text(2)} that is not there");
    }
}
