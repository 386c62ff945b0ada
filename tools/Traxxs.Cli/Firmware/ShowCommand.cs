using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Firmware;
using Command = System.CommandLine.Command;
using SignedImage = Traxxs.Protocol.SignedImage;

namespace Traxxs.Cli.Firmware;

/// <summary><c>traxxs firmware show</c>: what a signed image says of itself, and whether a key signed it.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var image = new Argument<FileInfo>("IMAGE") { Description = "signed image (.xsfw)" };
        var key = new Option<FileInfo?>("--key") { Description = $"public key, {KeyFiles.Public}: exit code 1 where it did not sign the image" };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("show", "Shows what a signed image says of itself; with --key whether that key signed it.") { image, key, json };
        command.SetAction(result => FirmwareCommand.Guard(() => Show(result.GetValue(image)!, result.GetValue(key), result.GetValue(json))));
        return command;
    }

    private static int Show(FileInfo path, FileInfo? keyFile, bool json)
    {
        var file = ImageFile.Read(FirmwareCommand.Read(path), null);
        bool? isSigned = keyFile is null ? null : file.IsSignedBy(KeyFiles.ReadPublic(keyFile));
        var version = ImageVersion.Of(file.Version);
        if (json)
        {
            JsonOutput.Write(new { version, format = SignedImage.Format, board = SignedImage.Board, imageSize = file.ImageSize, size = file.Bytes.Length, sha256 = file.Sha256, signed = isSigned });
        }
        else
        {
            Console.Out.WriteLine($"version   {version}\nboard     {SignedImage.Board} (reference board)\nimage     {file.ImageSize:N0} bytes, with header and signature {file.Bytes.Length:N0}\nSHA-256   {file.Sha256}");
            Console.Out.WriteLine($"signature {isSigned switch { true => "of this key", false => "NOT of this key, or the file was changed", null => "not looked at: give --key" }}");
        }

        return isSigned == false ? ExitCode.Failed : ExitCode.Ok;
    }
}
