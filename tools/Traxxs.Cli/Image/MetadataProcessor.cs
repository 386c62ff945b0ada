using System.Diagnostics;
using Traxxs.Image;

namespace Traxxs.Cli.Image;

/// <summary>nanoFramework's metadata processor: makes an assembly the form that the interpreter runs.</summary>
internal static class MetadataProcessor
{
    /// <summary>Makes <paramref name="image"/> of an assembly whose references lie in a folder. A processor that is a .dll is run by dotnet.</summary>
    /// <exception cref="ImageException">It did not do it; the message has its last words.</exception>
    public static async Task RunAsync(string processor, string assembly, string image, string references, CancellationToken cancellationToken)
    {
        File.Delete(image);
        List<string> arguments = processor.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? [processor] : [];
        foreach (var file in Directory.GetFiles(references, "*.dll")) arguments.AddRange(["-loadHints", Path.GetFileNameWithoutExtension(file), file]);
        arguments.AddRange(["-parse", assembly, "-compile", image, "false"]);
        var start = new ProcessStartInfo(arguments[0] == processor ? "dotnet" : processor, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var words = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0 && File.Exists(image)) return;
        var last = string.Concat(words).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        throw new ImageException($"the metadata processor ended with code {process.ExitCode} and made no {Path.GetFileName(image)}: {last}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new ImageException($"{start.FileName} did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ImageException($"{start.FileName} cannot be run here: {e.Message}");
        }
    }
}
