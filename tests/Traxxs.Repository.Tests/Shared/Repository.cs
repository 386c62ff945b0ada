using System.Diagnostics;
using Traxxs.Testing;

namespace Traxxs.Repository.Tests;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    private static readonly string[] SkippedFolders = ["bin", "obj", "node_modules", "packages", "TestResults", ".git", ".vs", "data", "out", "dist"];

    private static readonly Lazy<IReadOnlyList<string>> Tracked = new(ListTracked);

    /// <summary>Absolute path of the repository.</summary>
    public static string Root => RepositoryRoot.Directory;

    /// <summary>Path inside the repository with forward slashes; what the compiler mapped to <c>/_/</c> too.</summary>
    public static string Relative(string path)
    {
        if (path.StartsWith("/_/", StringComparison.Ordinal)) return path[3..];
        return Path.IsPathRooted(path) ? Path.GetRelativePath(Root, path).Replace('\\', '/') : path.Replace('\\', '/');
    }

    /// <summary>Files below a folder with a suffix, build output left out.</summary>
    public static IEnumerable<string> FilesBelow(string folder, string suffix)
    {
        var pending = new Stack<string>([Path.Combine(Root, folder)]);
        while (pending.TryPop(out var current))
        {
            if (!Directory.Exists(current)) continue;
            foreach (var child in Directory.EnumerateDirectories(current))
            {
                if (!SkippedFolders.Contains(Path.GetFileName(child))) pending.Push(child);
            }

            foreach (var file in Directory.EnumerateFiles(current, "*" + suffix)) yield return file;
        }
    }

    /// <summary>Files under version control and new ones not ignored; without git, all that are no build output.</summary>
    public static IReadOnlyList<string> TrackedFiles => Tracked.Value;

    private static IReadOnlyList<string> ListTracked()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
            };
            using var git = Process.Start(start)!;
            var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode == 0) return [.. names.Select(name => Path.Combine(Root, name)).Where(File.Exists)];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git here: a source archive is checked file by file all the same.
        }

        return [.. FilesBelow(".", "").Select(Path.GetFullPath)];
    }
}
