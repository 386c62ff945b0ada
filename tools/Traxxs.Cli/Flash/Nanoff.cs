using System.Diagnostics;
using Traxxs.Cli.Server;

namespace Traxxs.Cli.Flash;

/// <summary>One run of <c>nanoff</c>, nanoFramework's flashing tool: what it is for, its arguments and where it runs.</summary>
internal sealed record NanoffStep(string What, IReadOnlyList<string> Arguments, string? Folder)
{
    // nanoff ends well though a file could not be copied; only its words tell.
    private static readonly string[] Failures = ["Error deploying", "Exception deploying", "Error connecting"];

    /// <summary>The command as a person would type it.</summary>
    public string CommandLine => string.Join(' ', Arguments.Prepend(Nanoff.Name).Select(part => part.Contains(' ', StringComparison.Ordinal) ? $"\"{part}\"" : part));

    /// <summary>Runs it, passing its output on line by line. Null where it did what it should, else what went wrong.</summary>
    public async Task<string?> RunAsync(Action<string> said, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Nanoff.Name, Arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder ?? "" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Nanoff.Name} did not start");
        string? failure = null;
        async Task Listen(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Length > 0) said(line);
                if (Failures.Any(words => line.Contains(words, StringComparison.OrdinalIgnoreCase))) failure ??= line.Trim();
            }
        }

        try
        {
            await Task.WhenAll(Listen(process.StandardOutput), Listen(process.StandardError));
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return failure ?? (process.ExitCode == 0 ? null : $"{Nanoff.Name} ended with code {process.ExitCode}");
    }
}

/// <summary>Where <c>nanoff</c> is and how it is called (version 2.5: options as <c>nanoff --help</c> lists them).</summary>
internal static class Nanoff
{
    /// <summary>The tool's command.</summary>
    public const string Name = "nanoff";

    /// <summary>What to do where it is missing.</summary>
    public const string HowToGet = "nanoff is not on the PATH: 'dotnet tool install -g nanoff', then a new terminal";

    /// <summary>Whether the tool is on the PATH.</summary>
    public static bool IsInstalled() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0)
        .Any(folder => File.Exists(Path.Combine(folder, Name)) || File.Exists(Path.Combine(folder, Name + ".exe")));

    /// <summary>Writes nanoFramework itself; the files on the board are kept.</summary>
    public static NanoffStep WriteRuntime(string target, string port) => new("nanoFramework", ["--target", target, "--serialport", port, "--update"], null);

    /// <summary>Writes the device image; the files on the board are kept.</summary>
    public static NanoffStep WriteImage(string target, string port, string image) =>
        new("device image", ["--target", target, "--serialport", port, "--deploy", "--image", Path.GetFullPath(image)], null);

    /// <summary>Copies a bundle's files, whose paths stand relative to it.</summary>
    public static NanoffStep CopyBundle(string target, string port, string bundle) =>
        new("identity", ["--target", target, "--serialport", port, "--filedeployment", DeviceBundle.DeployFile], Path.GetFullPath(bundle));
}
