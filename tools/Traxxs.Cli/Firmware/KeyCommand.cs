using System.CommandLine;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Firmware;

/// <summary><c>traxxs firmware key</c>: makes the key that signs images.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--out") { Description = $"folder for {KeyFiles.Private} and {KeyFiles.Public}", Required = true };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("key", "Makes an update key. The private half signs images and goes to no server and no board.") { folder, json };
        command.SetAction(result => FirmwareCommand.Guard(() =>
        {
            var (secret, open) = KeyFiles.Make(result.GetValue(folder)!);
            if (result.GetValue(json)) JsonOutput.Write(new { privateKey = secret, publicKey = open });
            else
            {
                Console.Out.WriteLine($"private {secret}: signs images. Keep it off servers, and keep a copy: without it no insole that knows this key is updated again");
                Console.Out.WriteLine($"public  {open}: for 'traxxs provision --bundle … --update-key' and 'traxxs server --update-key'");
            }

            return ExitCode.Ok;
        }));
        return command;
    }
}
