using System.Security.Cryptography;
using System.Text.Json;

namespace Traxxs.Store.Backup;

/// <summary>What a backup holds, written beside its files so that damage is found before it is needed.</summary>
/// <param name="Format">1.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="Reports">Reports in it.</param>
/// <param name="LastPosition">Position of the last of them.</param>
/// <param name="Files">Its files.</param>
public sealed record BackupManifest(int Format, DateTimeOffset CreatedAt, long Reports, long LastPosition, IReadOnlyList<BackupFile> Files)
{
    /// <summary>Its name in a backup.</summary>
    public const string FileName = "backup.json";

    private const int FormatKnown = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static BackupManifest Of(string folder, DateTimeOffset createdAt, long reports, long lastPosition)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => new BackupFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), new FileInfo(path).Length, Hash(path)));
        return new BackupManifest(FormatKnown, createdAt, reports, lastPosition, [.. files]);
    }

    internal void Write(string folder) => PrivateFiles.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json));

    /// <summary>Reads a backup's list and compares its files with it.</summary>
    /// <exception cref="BackupException">It is no backup, or not whole.</exception>
    public static BackupManifest Verify(string folder)
    {
        var manifest = Read(folder);
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) throw new BackupException($"the backup lacks {file.Name}");
            if (new FileInfo(path).Length != file.Bytes || Hash(path) != file.Sha256) throw new BackupException($"{file.Name} is not as it was backed up: the backup is damaged");
        }

        return manifest;
    }

    private static BackupManifest Read(string folder)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(Path.Combine(folder, FileName)), Json);
            if (manifest is not { Format: FormatKnown }) throw new BackupException($"the backup has a format this program does not know; it knows {FormatKnown}");
            if (manifest.Files.Any(file => Path.IsPathRooted(file.Name) || file.Name.Split('/').Contains(".."))) throw new BackupException("the backup names files outside of itself");
            return manifest;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new BackupException($"{folder} is no backup: {e.Message}");
        }
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Name">Path inside the backup, with '/'.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, hex.</param>
public sealed record BackupFile(string Name, long Bytes, string Sha256);

/// <summary>A backup cannot be made or used; the message says why.</summary>
public sealed class BackupException(string message) : Exception(message);
