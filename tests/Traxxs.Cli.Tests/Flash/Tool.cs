using System.Diagnostics;

namespace Traxxs.Cli.Tests.Flash;

/// <summary>The command as a process that runs to its end.</summary>
internal static class Tool
{
    /// <summary>How it ended and what it said.</summary>
    internal sealed record Result(int Exit, string Output, string Errors);

    public static Task<Result> RunAsync(TestContext context, params IEnumerable<string> arguments) => RunAsync(context, null, arguments);

    /// <summary>With a folder before or in place of the PATH's.</summary>
    public static async Task<Result> RunAsync(TestContext context, string? path, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(DotNet(), [Path.Combine(AppContext.BaseDirectory, "traxxs.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null) start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(context.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(context.CancellationToken);
        await process.WaitForExitAsync(context.CancellationToken);
        return new Result(process.ExitCode, await output, await errors);
    }

    // By its whole path: the test may take the PATH away.
    private static string DotNet() => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);
}
