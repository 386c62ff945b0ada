using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Firmware;

namespace Traxxs.Cli.Firmware;

/// <summary><c>traxxs firmware sign</c>: makes a signed image of what <c>traxxs image</c> made.</summary>
internal static class SignCommand
{
    // What the metadata processor writes first (CLR_RECORD_ASSEMBLY.marker): only such an image runs on a board.
    private static readonly byte[] DeviceMark = "NFMRK"u8.ToArray();

    public static Command Create()
    {
        var image = new Argument<FileInfo>("IMAGE") { Description = "the one image 'traxxs image' makes (.pe)" };
        var version = new Option<string>("--version") { Description = $"its version: {ImageVersion.Rule}. Devices take only what is newer than what they run", Required = true };
        var key = new Option<FileInfo>("--key") { Description = $"private key, {KeyFiles.Private}", Required = true };
        var target = new Option<FileInfo>("--out") { Description = "signed image to write (.xsfw)", Required = true };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("sign", "Signs a firmware image for updates over the air.") { image, version, key, target, json };
        command.SetAction(result =>
        {
            if (ImageVersion.TryRead(result.GetValue(version), out var number))
                return FirmwareCommand.Guard(() => Sign(result.GetValue(image)!, number, result.GetValue(key)!, result.GetValue(target)!, result.GetValue(json)));
            Console.Error.WriteLine($"--version: \"{result.GetValue(version)}\" is not {ImageVersion.Rule}");
            return ExitCode.Usage;
        });
        return command;
    }

    private static int Sign(FileInfo image, uint version, FileInfo keyFile, FileInfo target, bool json)
    {
        var bytes = FirmwareCommand.Read(image);
        using var key = KeyFiles.ReadPrivate(keyFile);
        var file = ImageFile.Sign(bytes, version, key);
        if (!bytes.AsSpan().StartsWith(DeviceMark)) Console.Error.WriteLine($"note: {image.Name} is no image of the device's runtime; only a simulated board can start it");
        File.WriteAllBytes(target.FullName, file.Bytes);
        if (json) JsonOutput.Write(new { file = target.FullName, version = ImageVersion.Of(file.Version), size = file.Bytes.Length, sha256 = file.Sha256 });
        else Console.Out.WriteLine($"{target.FullName}: version {ImageVersion.Of(file.Version)}, {file.Bytes.Length:N0} bytes, SHA-256 {file.Sha256}");
        return ExitCode.Ok;
    }
}
