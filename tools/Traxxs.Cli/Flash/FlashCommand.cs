using System.CommandLine;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Device;

namespace Traxxs.Cli.Flash;

/// <summary><c>traxxs flash</c>: puts nanoFramework, the device image and an identity onto a board, each where asked, by <c>nanoff</c>.</summary>
internal static class FlashCommand
{
    private const string UsualTarget = "ESP32_S3";

    private sealed class Options
    {
        public Option<string> Port { get; } = new("--port") { Description = "serial port of the board: /dev/ttyUSB0, /dev/cu.usbserial-10, COM5", Required = true };
        public Option<bool> Runtime { get; } = new("--runtime") { Description = "write nanoFramework itself first: needed once a board and once a version" };
        public Option<FileInfo?> Image { get; } = new("--image") { Description = "device image to write: Traxxs.Device.bin, as `traxxs image` makes it" };
        public Option<DirectoryInfo?> Bundle { get; } = new("--bundle") { Description = "folder of `traxxs provision --bundle`: copies the identity" };
        public Option<string> Target { get; } = new("--target") { Description = "nanoFramework's name of the board", DefaultValueFactory = _ => UsualTarget };
        public Option<bool> DryRun { get; } = new("--dry-run") { Description = "print the commands and do nothing" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("flash", "Puts nanoFramework, the device image and an identity onto a board. Reports that wait on it are kept.")
        {
            options.Port, options.Runtime, options.Image, options.Bundle, options.Target, options.DryRun, options.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        var (runtime, image, bundle) = (result.GetValue(options.Runtime), result.GetValue(options.Image), result.GetValue(options.Bundle));
        if (FindProblem(runtime, image, bundle) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        var (target, port) = (result.GetValue(options.Target)!, result.GetValue(options.Port)!);
        var steps = new List<NanoffStep>();
        if (runtime) steps.Add(Nanoff.WriteRuntime(target, port));
        if (image is not null) steps.Add(Nanoff.WriteImage(target, port, image.FullName));
        if (bundle is not null) steps.Add(Nanoff.CopyBundle(target, port, bundle.FullName));
        var json = result.GetValue(options.Json);
        if (result.GetValue(options.DryRun)) return ShowPlan(steps, json);
        if (!Nanoff.IsInstalled())
        {
            Console.Error.WriteLine(Nanoff.HowToGet);
            return ExitCode.Failed;
        }

        return await CarryOutAsync(steps, json, cancellationToken);
    }

    private static string? FindProblem(bool runtime, FileInfo? image, DirectoryInfo? bundle)
    {
        if (!runtime && image is null && bundle is null) return "nothing to do: give --runtime, --image or --bundle";
        if (image is { Exists: false }) return $"{image.FullName} is not there: build Traxxs.Device (device) in Release and make its image with `traxxs image`, see firmware/README.md";
        if (bundle is null) return null;
        foreach (var name in new[] { DeviceBundle.DeployFile, Board.ConfigFile })
        {
            if (!File.Exists(Path.Combine(bundle.FullName, name))) return $"{bundle.FullName} has no {name}: make it with 'traxxs provision ID --bundle {bundle.FullName} …'";
        }

        return null;
    }

    private static int ShowPlan(IReadOnlyList<NanoffStep> steps, bool json)
    {
        if (json) JsonOutput.Write(new { dryRun = true, steps = steps.Select(step => new { step.What, command = step.CommandLine, folder = step.Folder }) });
        else foreach (var step in steps) Console.Out.WriteLine(step.Folder is null ? step.CommandLine : $"cd \"{step.Folder}\" && {step.CommandLine}");
        return ExitCode.Ok;
    }

    // The first that fails ends it: an identity on a board without an image helps nobody.
    private static async Task<int> CarryOutAsync(IReadOnlyList<NanoffStep> steps, bool json, CancellationToken cancellationToken)
    {
        string? failure = null;
        var done = new List<string>();
        foreach (var step in steps)
        {
            Console.Error.WriteLine($"{step.What} …");
            failure = await step.RunAsync(line => Console.Error.WriteLine($"  {line}"), cancellationToken);
            if (failure is not null) break;
            done.Add(step.What);
        }

        if (json) JsonOutput.Write(new { dryRun = false, done, failure });
        else Console.Out.WriteLine(failure is null ? $"on the board: {string.Join(", ", done)}. Watch it with 'traxxs monitor'" : $"{steps[done.Count].What} is not on the board: {failure}");
        return failure is null ? ExitCode.Ok : ExitCode.Failed;
    }
}
