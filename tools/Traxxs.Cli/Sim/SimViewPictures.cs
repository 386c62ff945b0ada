using System.Diagnostics;
using Traxxs.Simulation.Reporting;

namespace Traxxs.Cli.Sim;

/// <summary>A run's plots as PNG, rendered by the machine's own browser.</summary>
internal static class SimViewPictures
{
    /// <summary>Twice as many pixels as the plot has, for slides and print.</summary>
    private const int Sharpness = 2;

    private static readonly TimeSpan RenderMax = TimeSpan.FromSeconds(60);

    private static readonly string[] Browsers = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    /// <summary>Writes the pictures into a folder; the second part says what was in the way, null where nothing was.</summary>
    public static (IReadOnlyList<string> Pictures, string? Problem) Write(StoredRun run, string folder)
    {
        if (run.Plots is not { } plots) return ([], $"{run.Name}: no pictures, only the summary is there");
        if (Find() is not { } browser) return ([], $"no pictures: there is no browser to render them with; install one of {string.Join(", ", Browsers)} (Debian: apt-get install chromium)");
        var written = new List<string>();
        foreach (var picture in RunPictures.Of(run.Result, plots))
        {
            var path = Path.Combine(folder, picture.Name + ".png");
            if (Render(browser, picture, path) is { } problem) return (written, problem);
            written.Add(path);
        }

        return (written, null);
    }

    private static string? Render(string browser, RunPicture picture, string path)
    {
        var folder = Directory.CreateTempSubdirectory("traxxs-png-").FullName;
        try
        {
            var page = Path.Combine(folder, "plot.html");
            File.WriteAllText(page, picture.Html);
            File.Delete(path);
            using var process = Process.Start(new ProcessStartInfo(browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars", $"--user-data-dir={Path.Combine(folder, "profile")}",
                $"--force-device-scale-factor={Sharpness}", $"--window-size={picture.Width},{picture.Height}", $"--screenshot={path}", new Uri(page).AbsoluteUri,
            ]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(RenderMax))
            {
                process.Kill(entireProcessTree: true);
                return $"{picture.Name}: {browser} did not render it within {RenderMax.TotalSeconds:0} s";
            }

            return File.Exists(path) ? null : $"{picture.Name}: {browser} wrote no picture: {errors.Result.Trim().Split('\n')[^1]}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Find()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Browsers.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))).FirstOrDefault(File.Exists);
}
