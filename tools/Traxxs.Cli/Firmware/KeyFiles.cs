using System.Security.Cryptography;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;
using Traxxs.Store;

namespace Traxxs.Cli.Firmware;

/// <summary>The two halves of an update key as PEM files: the private one its owner alone can read, and what servers and boards get.</summary>
internal static class KeyFiles
{
    /// <summary>Name of the private half.</summary>
    public const string Private = "update.private.pem";

    /// <summary>Name of the public half.</summary>
    public const string Public = "update.public.pem";

    /// <summary>Makes a key; gives the paths of its halves. A key that is there is never overwritten: boards in the field know it.</summary>
    /// <exception cref="FirmwareFileException">There is one already.</exception>
    public static (string Private, string Public) Make(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (secret, open) = (Path.Combine(folder, Private), Path.Combine(folder, Public));
        foreach (var path in new[] { secret, open })
        {
            if (File.Exists(path)) throw new FirmwareFileException($"{path} is there already: boards may know that key. Name another folder, or move it away yourself");
        }

        using var key = RSA.Create(UpdateKey.Bits);
        SecretFile.WriteNew(secret, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(open, key.ExportSubjectPublicKeyInfoPem() + "\n");
        return (secret, open);
    }

    /// <summary>Reads a private half that nobody else can read.</summary>
    /// <exception cref="FirmwareFileException">It is none, of another kind, or open to others.</exception>
    public static RSA ReadPrivate(FileInfo file)
    {
        if (!file.Exists) throw new FirmwareFileException($"there is no file {file.FullName}");
        var pem = File.ReadAllText(file.FullName);
        if (!pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) throw new FirmwareFileException($"{file.FullName} holds no private key: give {Private}, as 'traxxs firmware key' makes it");
        if (PrivateFile.IsOpenToOthers(file.FullName))
            throw new FirmwareFileException($"{file.FullName} can be read by others: whoever has it can put any program onto every insole. chmod 600 it, and think of making a new one");
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            UpdateKey.Read(key.ExportSubjectPublicKeyInfoPem()); // of the boards' kind?
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or FormatException)
        {
            key.Dispose();
            throw new FirmwareFileException($"{file.FullName}: {e.Message}");
        }
    }

    /// <summary>Reads a public half.</summary>
    /// <exception cref="FirmwareFileException">It is none, or of another kind.</exception>
    public static UpdateKey ReadPublic(FileInfo file)
    {
        if (!file.Exists) throw new FirmwareFileException($"there is no file {file.FullName}");
        try
        {
            return UpdateKey.Read(File.ReadAllText(file.FullName));
        }
        catch (FormatException e)
        {
            throw new FirmwareFileException($"{file.FullName}: {e.Message}");
        }
    }
}
