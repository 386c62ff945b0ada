using System.Text.RegularExpressions;

namespace Traxxs.Repository.Tests;

/// <summary>What no tracked file may hold.</summary>
[TestClass]
public sealed partial class HygieneTests
{
    private const long SizeMax = 1 << 20;

    private static readonly string[] BinarySuffixes = [".png", ".bin", ".gz", ".pcap", ".ico", ".der", ".db", ".woff2"];

    [TestMethod]
    public void No_file_is_larger_than_a_megabyte()
    {
        var findings = new Findings();
        foreach (var file in Repository.TrackedFiles)
        {
            var size = new FileInfo(file).Length;
            if (size > SizeMax) findings.Add(file, 0, $"has {size} bytes: recordings and build output stay outside the repository");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void Text_has_LF_line_ends_and_no_byte_order_mark()
    {
        var findings = new Findings();
        foreach (var (file, text) in TextFiles())
        {
            var carriageReturn = text.IndexOf('\r');
            if (carriageReturn >= 0) findings.Add(file, LineAt(text, carriageReturn), "has a CR: save it with LF line ends");
            if (text.StartsWith('\uFEFF')) findings.Add(file, 1, "begins with a byte order mark: save it without");
            if (text.Length > 0 && !text.EndsWith('\n')) findings.Add(file, LineAt(text, text.Length), "does not end with a line end: add one");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void No_file_names_a_path_of_someones_machine()
    {
        var findings = new Findings();
        foreach (var (file, text) in TextFiles().Where(entry => !entry.File.EndsWith($"{nameof(HygieneTests)}.cs", StringComparison.Ordinal)))
        {
            foreach (Match match in MachinePath().Matches(text))
                findings.Add(file, LineAt(text, match.Index), $"'{match.Value}' exists on one machine only: use a path relative to the repository");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void No_file_names_a_package_registry()
    {
        var findings = new Findings();
        foreach (var (file, text) in TextFiles().Where(entry => !entry.File.EndsWith($"{nameof(HygieneTests)}.cs", StringComparison.Ordinal)))
        {
            foreach (Match match in RegistryAddress().Matches(text))
                findings.Add(file, LineAt(text, match.Index), $"'{match.Value}' ties the repository to one registry: let the client's own configuration name it");
        }

        findings.AssertNone();
    }

    private static IEnumerable<(string File, string Text)> TextFiles() =>
        Repository.TrackedFiles
            .Where(file => !BinarySuffixes.Contains(Path.GetExtension(file)) && new FileInfo(file).Length <= SizeMax)
            .Select(file => (file, System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(file))));

    private static int LineAt(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');

    [GeneratedRegex(@"(?<![\w.~/-])/(?:work|tmp/wt|root|home/[a-z])(?:/[\w.-]+)+|(?<!\w)[A-Za-z]:\\Users\\\w+")]
    private static partial Regex MachinePath();

    [GeneratedRegex("https?://[^\\s\"'<>)]*(?:api\\.nuget\\.org|registry\\.npmjs|registry\\.yarnpkg|artifactory|pypi\\.org|/npm/|/nuget/)[^\\s\"'<>)]*|\"resolved\":\\s*\"https?:[^\"]*\"")]
    private static partial Regex RegistryAddress();
}
