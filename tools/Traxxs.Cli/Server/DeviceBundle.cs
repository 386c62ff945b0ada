using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Traxxs.Device;
using Traxxs.Server.Firmware;

namespace Traxxs.Cli.Server;

/// <summary>
/// The files a board needs to be a device: <c>device.cfg</c>, the CA's certificate as DER, the key whose updates it takes, and the
/// <c>deploy.json</c> by which <c>nanoff</c> copies them. Whatever the firmware's own reader would refuse is refused here, before a secret is made.
/// </summary>
internal sealed class DeviceBundle
{
    /// <summary>Name of the certificate on the board.</summary>
    public const string CaFile = "ca.der";

    /// <summary>Name of the public key that signs updates, on the board: the modulus alone, 256 bytes big-endian.</summary>
    public const string UpdateKeyFile = "update.key";

    /// <summary>Name of the list that <c>nanoff --filedeployment</c> takes.</summary>
    public const string DeployFile = "deploy.json";

    private const int SsidBytesMax = 32;        // IEEE 802.11.
    private const int PskMin = 8, PskMax = 63;  // WPA2 passphrase.

    private readonly List<(string Key, string Value)> _lines = [];
    private byte[]? _ca;
    private byte[]? _updateKey;

    /// <summary>What a bundle is made of. <paramref name="Psk"/> null: an open network; <paramref name="CaPem"/> null: no TLS; <paramref name="UpdateKeyPem"/> null: no updates.</summary>
    public sealed record Parts(string Id, string Ssid, string? Psk, string Host, int? Port, string? CaPem, string? UpdateKeyPem = null);

    /// <summary>Checks the parts. Null and a sentence where one will not do.</summary>
    public static DeviceBundle? TryCreate(Parts parts, out string problem)
    {
        var bundle = new DeviceBundle();
        problem = Encoding.UTF8.GetByteCount(parts.Ssid) > SsidBytesMax ? $"--wifi-ssid has more than {SsidBytesMax} bytes"
            : parts.Psk is { Length: < PskMin or > PskMax } ? $"the Wi-Fi password has {parts.Psk.Length} characters: WPA2 takes {PskMin} to {PskMax}"
            : (parts.CaPem is { } pem ? bundle.TakeCa(pem) : null) ?? (parts.UpdateKeyPem is { } key ? bundle.TakeUpdateKey(key) : null) ?? "";
        if (problem.Length > 0) return null;
        bundle.Add("id", parts.Id);
        bundle.Add("ssid", parts.Ssid);
        bundle.Add("psk", parts.Psk);
        bundle.Add("host", parts.Host);
        bundle.Add("port", parts.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        bundle.Add("ca", parts.CaPem is null ? null : CaFile);
        problem = bundle.FindUnreadable() ?? "";
        return problem.Length == 0 ? bundle : null;
    }

    /// <summary>Writes the files, readable by their owner alone. Returns their paths.</summary>
    public IReadOnlyList<string> Write(string folder, string secret)
    {
        Add("secret", secret);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var written = new List<string> { WriteOne(folder, Board.ConfigFile, Encoding.UTF8.GetBytes(Text())) };
        if (_ca is not null) written.Add(WriteOne(folder, CaFile, _ca));
        if (_updateKey is not null) written.Add(WriteOne(folder, UpdateKeyFile, _updateKey));
        var files = written.Select(path => Path.GetFileName(path)).Select(name => new { DestinationFilePath = Board.StorageRoot + name, SourceFilePath = name });
        written.Add(WriteOne(folder, DeployFile, JsonSerializer.SerializeToUtf8Bytes(new { serialport = "", files })));
        return written;
    }

    private void Add(string key, string? value)
    {
        if (value is not null) _lines.Add((key, value));
    }

    private string Text() => string.Concat(_lines.Select(line => $"{line.Key}={line.Value}\n"));

    // What the board would read is held against what was meant: a line end or a space at an edge would be lost there.
    private string? FindUnreadable()
    {
        var bad = _lines.FirstOrDefault(line => line.Value.Trim() != line.Value || line.Value.Any(char.IsControl));
        if (bad.Key is not null) return $"{bad.Key} begins or ends with a space, or has a control character: {Board.ConfigFile} cannot carry that";
        return DeviceConfig.TryParse(Text() + "secret=to-come\n", out var problem) is null ? problem : null;
    }

    private string? TakeCa(string pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            if (found.Count != 1) return $"--ca has {found.Count} certificates: give the one of the authority that signs the server's";
            _ca = found[0].RawData;
            return found[0].NotAfter <= DateTime.Now ? $"--ca expired on {found[0].NotAfter:yyyy-MM-dd}" : null;
        }
        catch (CryptographicException e)
        {
            return $"--ca is no PEM certificate: {e.Message}";
        }
    }

    private string? TakeUpdateKey(string pem)
    {
        try
        {
            _updateKey = UpdateKey.Read(pem).Modulus;
            return null;
        }
        catch (FormatException e)
        {
            return $"--update-key: {e.Message}";
        }
    }

    private static string WriteOne(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.Delete(path); // an older one may be open to others, and a mode is only taken by a new file
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(bytes);
        return path;
    }
}
