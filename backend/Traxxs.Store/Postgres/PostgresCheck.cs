using System.Data;
using Npgsql;
using Traxxs.Store.Service;

namespace Traxxs.Store.Postgres;

/// <summary>
/// Looks a PostgreSQL database over, also beside servers that work on it: for <c>traxxs server check</c>. All is read in one snapshot
/// and nothing is changed; while it reads, no partition is dropped and the server cleans nothing away.
/// </summary>
public static class PostgresCheck
{
    internal const int ProblemsMax = 100;

    /// <summary>
    /// Reads everything: every report, and whether it is where the index says; every chunk of the index, and whether as many numbers are
    /// known as reports were taken; every row of the service tables, and whether what it names is there. Pages that the server itself
    /// finds broken (it looks where it was made with checksums) come up as problems.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="inspect">Says what is wrong with a report's content; null for nothing.</param>
    /// <param name="progress">Is told how far it came, every 100,000 reports.</param>
    /// <returns>Reports that are there, and sentences on what is wrong, at most a hundred; none where all is well.</returns>
    /// <exception cref="StoreConfigurationException">The options are wrong.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, or refuses.</exception>
    public static (long Reports, IReadOnlyList<string> Problems) Run(PostgresOptions options, Func<ReportRecord, string?>? inspect = null, Action<string>? progress = null)
    {
        var problems = new List<string>();
        using var pool = PostgresConnection.Open(options, "check", connectionsMax: 1);
        var isOpen = false;
        try
        {
            using var connection = pool.OpenConnection();
            isOpen = true;
            using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
            var look = new PostgresReader.Look(connection);
            look.Rows("SET TRANSACTION READ ONLY", _ => 0);
            long reports = 0;
            if (IsKnown(look, problems))
            {
                var check = new PostgresReportCheck(look, problems, inspect, progress);
                reports = check.Run();
                new PostgresServiceCheck(look, new ServiceSession(PostgresDialect.Instance, connection, transaction), problems).Run(check.LastPosition);
            }

            return (reports, problems);
        }
        catch (PostgresException error) when (isOpen)
        {
            problems.Add($"the server could not read on: {error.MessageText}");
            return (0, problems);
        }
        catch (StoreCorruptException error)
        {
            problems.Add(error.Message);
            return (0, problems);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            throw new StoreUnavailableException($"{PostgresConnection.NameOf(options)} cannot be read: {error.Message}", error);
        }
    }

    // What another version made is not judged by this one's eyes.
    private static bool IsKnown(PostgresReader.Look look, List<string> problems)
    {
        if (!look.Rows("SELECT to_regclass('traxxs_schema') IS NOT NULL", row => row.GetBoolean(0)).Single())
        {
            problems.Add("there are no tables of a server: none has run on this database yet");
            return false;
        }

        var versions = look.Rows("SELECT part, version FROM traxxs_schema", row => (Part: row.GetString(0), Version: row.GetInt32(1))).ToDictionary(one => one.Part, one => one.Version);
        foreach (var (part, wanted) in new[] { ("reports", PostgresSchema.Version), ("service", PostgresServiceSchema.Version) })
        {
            var stands = versions.GetValueOrDefault(part);
            if (stands > wanted) problems.Add($"the {part} tables have schema {stands}, this program knows up to {wanted}: check with the newer program");
            else if (stands < wanted) problems.Add($"the {part} tables have schema {stands}, this program wants {wanted}: the next server that starts upgrades them");
        }

        return problems.Count == 0;
    }
}
