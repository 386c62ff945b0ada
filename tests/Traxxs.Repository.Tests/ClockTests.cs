using System.Text.RegularExpressions;

namespace Traxxs.Repository.Tests;

/// <summary>
/// Time is a value passed in; only the edge reads a clock or waits (a wait on a TimeProvider that was passed in is a value
/// passed in). The edge is listed in <c>clock-edge.txt</c>, a path and
/// a reason a line.
/// </summary>
[TestClass]
public sealed partial class ClockTests
{
    private static readonly string[] Folders = ["firmware", "backend", "hardware-sim"];

    private static string ListPath => Path.Combine(Repository.Root, "tests", "Traxxs.Repository.Tests", "clock-edge.txt");

    [TestMethod]
    public void Only_the_edge_reads_a_clock_or_waits()
    {
        var edge = Edge().Select(entry => entry.Path).ToHashSet();
        var findings = new Findings();
        foreach (var (file, line, match) in ClockUses().Where(use => !edge.Contains(Repository.Relative(use.File))))
        {
            findings.Add(file, line, $"'{match}' reads a real clock or waits: take the time as a value. If this file is the edge, say so with a reason in {Repository.Relative(ListPath)}");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void The_list_of_edge_files_has_reasons_and_nothing_stale()
    {
        var users = ClockUses().Select(use => Repository.Relative(use.File)).ToHashSet();
        var findings = new Findings();
        foreach (var (path, reason, line) in Edge())
        {
            // The decisions are taken here: no reason makes a clock in them right.
            if (path.StartsWith("firmware/", StringComparison.Ordinal) && !path.StartsWith("firmware/Traxxs.Device/", StringComparison.Ordinal))
                findings.Add(ListPath, line, $"{path} must not read a clock whatever the reason");
            if (reason.Length == 0) findings.Add(ListPath, line, $"{path} has no reason: write one behind a #");
            if (!users.Contains(path)) findings.Add(ListPath, line, $"{path} reads no clock, or is gone: take the line out");
        }

        findings.AssertNone();
    }

    private static IEnumerable<(string Path, string Reason, int Line)> Edge() =>
        File.ReadAllLines(ListPath)
            .Select((text, index) => (Text: text, Line: index + 1))
            .Where(entry => entry.Text.Length > 0 && entry.Text[0] != '#')
            .Select(entry =>
            {
                var parts = entry.Text.Split('#', 2);
                return (parts[0].Trim(), parts.Length > 1 ? parts[1].Trim() : "", entry.Line);
            });

    private static IEnumerable<(string File, int Line, string Match)> ClockUses()
    {
        foreach (var file in Folders.SelectMany(folder => Repository.FilesBelow(folder, ".cs")).Select(Path.GetFullPath))
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                var code = line.AsSpan().TrimStart().StartsWith("//") ? "" : line;
                foreach (Match match in ClockUse().Matches(code)) yield return (file, number, match.Value);
            }
        }
    }

    [GeneratedRegex(@"\bStopwatch\.|\bDateTime(?:Offset)?\.(?:Utc)?Now\b|\bDateTime\.Today\b|\bEnvironment\.TickCount(?:64)?\b|\bTask\.Delay\((?!.*[tT]ime\b)|\bThread\.Sleep\b|\bTimeProvider\.System\b|\bnew (?:Periodic)?Timer\b|\bHighResTimer\.GetCurrent\b|\.WaitOne\(")]
    private static partial Regex ClockUse();
}
