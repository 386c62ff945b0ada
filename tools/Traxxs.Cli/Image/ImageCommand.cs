using System.CommandLine;
using Mono.Cecil;
using Traxxs.Cli.Shared;
using Traxxs.Image;

namespace Traxxs.Cli.Image;

/// <summary><c>traxxs image</c>: makes the image that is flashed: one small one of the firmware's four.</summary>
internal static class ImageCommand
{
    private const string Main = "Traxxs.Device";

    private static readonly string[] Libraries = ["Traxxs.Protocol", "Traxxs.Core", "Traxxs.Drivers"];

    private sealed class Options
    {
        public Argument<DirectoryInfo> Build { get; } = new("build") { Description = "output folder of the Release build: firmware/Traxxs.Device/bin/nano/Release" };
        public Option<DirectoryInfo> Out { get; } = new("--out") { Description = "folder for the image", Required = true };
        public Option<FileInfo?> Processor { get; } = new("--processor") { Description = "nanoFramework.Tools.MetadataProcessor.exe, of the package nanoFramework.Tools.MetadataProcessor.CLI; without it the assembly is made and no image" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("image", "Makes one small image of a Release build: what the board never runs is left out, and names are short.")
        {
            options.Build, options.Out, options.Processor, options.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        var (build, target, processor) = (result.GetValue(options.Build)!, result.GetValue(options.Out)!, result.GetValue(options.Processor));
        if (FindProblem(build, target, processor) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        try
        {
            target.Create();
            var summary = Shrink(build.FullName, Path.Combine(target.FullName, Main + ".exe"));
            var image = processor is null ? null : await MakeAsync(build.FullName, target.FullName, processor.FullName, cancellationToken);
            Tell(summary, image, result.GetValue(options.Json));
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException or BadImageFormatException or AssemblyResolutionException)
        {
            Console.Error.WriteLine($"no image: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static string? FindProblem(DirectoryInfo build, DirectoryInfo target, FileInfo? processor)
    {
        if (processor is { Exists: false }) return $"{processor.FullName} is not there";
        if (build.FullName.TrimEnd(Path.DirectorySeparatorChar) == target.FullName.TrimEnd(Path.DirectorySeparatorChar)) return "--out must be another folder than the build's";
        foreach (var name in Libraries.Select(library => library + ".dll").Append(Main + ".exe"))
        {
            if (!File.Exists(Path.Combine(build.FullName, name))) return $"{Path.Combine(build.FullName, name)} is not there: build Traxxs.Device (device) in Release, see firmware/README.md";
        }

        return null;
    }

    private static ImageSummary Shrink(string build, string target)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(build);
        ModuleDefinition Read(string file) => ModuleDefinition.ReadModule(Path.Combine(build, file), new ReaderParameters { AssemblyResolver = resolver, InMemory = true });
        using var main = Read(Main + ".exe");
        var (image, summary) = DeviceImage.Shrink(main, [.. Libraries.Select(library => Read(library + ".dll"))], DeviceImage.IsEntryPoint);
        using var bytes = new MemoryStream();
        image.Write(bytes);
        File.WriteAllBytes(target, bytes.ToArray());
        return summary;
    }

    private static async Task<DeviceBinary> MakeAsync(string build, string target, string processor, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("the metadata processor works …");
        var own = Path.Combine(target, Main + ".pe");
        await MetadataProcessor.RunAsync(processor, Path.Combine(target, Main + ".exe"), own, build, cancellationToken);
        return DeviceBinary.Join(build, own, Path.Combine(target, Main + ".bin"));
    }

    private static void Tell(ImageSummary summary, DeviceBinary? image, bool json)
    {
        if (json)
        {
            JsonOutput.Write(new { summary.Merged, summary.TypesDropped, summary.MethodsDropped, summary.EnumsReplaced, summary.ObjectsReplaced, summary.CallsInlined, summary.NamesShortened, image });
            return;
        }

        Console.Out.WriteLine($"{summary.Merged + 1} assemblies are one; out: {summary.TypesDropped} types and {summary.MethodsDropped} methods that nothing reaches, {summary.EnumsReplaced} enums, {summary.ObjectsReplaced} objects that are made once, {summary.CallsInlined} calls; {summary.NamesShortened} names are short");
        if (image is not null) Console.Out.WriteLine($"own image {image.OwnBytesBefore:N0} → {image.OwnBytes:N0} bytes; flash {image.Path} ({image.Bytes:N0} bytes with nanoFramework's libraries)");
    }
}
