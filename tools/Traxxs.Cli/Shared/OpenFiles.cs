using System.Globalization;

namespace Traxxs.Cli.Shared;

/// <summary>How many files and sockets this process may have open at a time.</summary>
internal static class OpenFiles
{
    private const int OtherFiles = 200;     // Assemblies, databases, consoles.

    /// <summary>A sentence where so many connections might not all fit; null where they do, or where the system does not say.</summary>
    public static string? ProblemWith(int connections) =>
        LimitIn("/proc/self/limits") is { } limit && limit < connections + OtherFiles
            ? $"at most {limit} files and sockets may be open at a time, and {connections} insoles that all spoke at once would need {connections + OtherFiles}: "
                + $"'ulimit -n {connections + OtherFiles}' before this raises it (as far as the system lets you)"
            : null;

    /// <summary>The soft limit in a file as Linux writes it; null where there is none.</summary>
    internal static long? LimitIn(string file)
    {
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is { Length: > 3 } && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }
}
