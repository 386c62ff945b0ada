namespace Traxxs.Dashboard.Tests.Support;

/// <summary>Programs these tests need from the machine; a test without them is inconclusive and says what to install.</summary>
internal static class Programs
{
    public static string Node => Find("node", "nodejs");

    public static string Chromium => Find("chromium", "chromium");

    private static string Find(string program, string package)
    {
        foreach (var folder in (string[])["/usr/bin", "/usr/local/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)])
        {
            var path = Path.Combine(folder, program);
            if (File.Exists(path)) return path;
        }

        throw new AssertInconclusiveException($"skipped: no {program} here; Debian's package {package} has it");
    }
}
