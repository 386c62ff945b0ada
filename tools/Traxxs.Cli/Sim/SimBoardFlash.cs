using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Cli.Server;
using Traxxs.Device;

namespace Traxxs.Cli.Sim;

/// <summary>The folder that is a soft board's flash: kept where it was named, gone afterwards where not.</summary>
internal sealed class SimBoardFlash : IDisposable
{
    private readonly bool _temporary;

    private SimBoardFlash(string folder, bool temporary) => (Folder, _temporary) = (folder, temporary);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Puts the files of <c>traxxs provision --bundle</c> onto the flash.</summary>
    /// <exception cref="InvalidDataException">The bundle is not one, or is another device's.</exception>
    public static SimBoardFlash FromBundle(string id, string bundle, string? flash)
    {
        var config = Path.Combine(bundle, Board.ConfigFile);
        var read = DeviceConfig.TryLoad(config, out var problem) ?? throw new InvalidDataException(problem);
        if (read.Id != id) throw new InvalidDataException($"{bundle} is the bundle of {read.Id}, not of {id}");
        var made = Make(flash);
        foreach (var name in new[] { Board.ConfigFile, DeviceBundle.CaFile, Board.UpdateKeyFile })
        {
            if (File.Exists(Path.Combine(bundle, name))) File.Copy(Path.Combine(bundle, name), Path.Combine(made.Folder, name), overwrite: true);
        }

        return made;
    }

    /// <summary>Makes the files for a server: mqtt://[secret@]host[:port], or mqtts:// with its authority's certificate.</summary>
    /// <exception cref="InvalidDataException">What the image would refuse.</exception>
    public static SimBoardFlash ForServer(string id, Uri server, FileInfo? ca, string? flash)
    {
        var secure = server.Scheme == "mqtts";
        if (secure != ca is not null) throw new InvalidDataException("mqtts:// and --ca go together: the image trusts one authority and no other");
        // An image without a secret does not start; a server that lets everybody in does not ask for it.
        var secret = server.UserInfo.Length > 0 ? Uri.UnescapeDataString(server.UserInfo) : "none";
        var lines = new List<string> { $"id={id}", $"secret={secret}", "ssid=soft", $"host={server.Host}" };
        if (server.Port > 0) lines.Add($"port={server.Port}");
        if (secure) lines.Add($"ca={DeviceBundle.CaFile}");
        var text = string.Concat(lines.Select(line => line + "\n"));
        if (DeviceConfig.TryParse(text, out var problem) is null) throw new InvalidDataException(problem);
        var der = ca is null ? null : DerOf(ca);
        var made = Make(flash);
        File.WriteAllText(Path.Combine(made.Folder, Board.ConfigFile), text);
        if (der is not null) File.WriteAllBytes(Path.Combine(made.Folder, DeviceBundle.CaFile), der);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    private static SimBoardFlash Make(string? flash)
    {
        var folder = flash ?? Directory.CreateTempSubdirectory("traxxs-board-").FullName;
        Directory.CreateDirectory(folder);
        return new SimBoardFlash(Path.GetFullPath(folder), flash is null);
    }

    private static byte[] DerOf(FileInfo pem)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(pem.FullName);
            return certificate.RawData;
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"--ca is no certificate: {e.Message}");
        }
    }
}
