using System.CommandLine;
using System.Security.Cryptography;
using Traxxs.Cli.Shared;
using Traxxs.Server.Firmware;

namespace Traxxs.Cli.Firmware;

/// <summary><c>traxxs firmware</c>: keys, signed images, and the way of an image to a server's devices.</summary>
internal static class FirmwareCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new("firmware", "Firmware images for updates over the air: keys, signing, looking at one, offering one to devices.")
    {
        KeyCommand.Create(), SignCommand.Create(), ShowCommand.Create(), PushCommand.Create(),
    };

    /// <summary>Does what may be refused; the sentence goes to stderr.</summary>
    public static int Guard(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is FirmwareException or FirmwareFileException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FirmwareFileException">There is none, or it is far too large.</exception>
    public static byte[] Read(FileInfo file)
    {
        if (!file.Exists) throw new FirmwareFileException($"there is no file {file.FullName}");
        if (file.Length > BytesMax) throw new FirmwareFileException($"{file.FullName} has {file.Length} bytes: no firmware image is that large");
        return File.ReadAllBytes(file.FullName);
    }

    private const int BytesMax = 16 * 1024 * 1024;
}

/// <summary>A file a verb was given will not do.</summary>
internal sealed class FirmwareFileException(string message) : Exception(message);
