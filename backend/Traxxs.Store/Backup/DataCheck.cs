using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Backup;

/// <summary>Looks a whole data folder over: both databases, and that they belong together.</summary>
public static class DataCheck
{
    /// <summary>Sentences on what is wrong; none where all is well. Changes nothing, and may run beside a server.</summary>
    /// <param name="folder">A data folder, or a backup.</param>
    /// <param name="inspect">Says what is wrong with a report's content; null for nothing.</param>
    public static IReadOnlyList<string> Run(string folder, Func<ReportRecord, string?>? inspect = null)
    {
        if (!Directory.Exists(folder)) return [$"{folder} does not exist"];
        // The rules stand where the service database says; the reports they have read must be there. In this order a server may go on.
        var problems = new List<string>(ServiceCheck.Run(folder));
        var cursor = problems.Count == 0 ? ServiceCheck.Cursor(folder) : 0;
        problems.AddRange(StoreCheck.Run(folder, inspect));
        if (problems.Count == 0 && StoreCheck.LastPosition(folder) is var last && cursor > last)
            problems.Add($"the rules have read reports up to position {cursor}, but the report store ends at {last}: the two files are not of one time");
        return problems;
    }
}
