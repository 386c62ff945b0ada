using System.Formats.Tar;
using System.IO.Compression;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Backup;

/// <summary>
/// Copies a data folder while a server works on it. Each database is copied as of one moment by SQLite itself
/// (<c>VACUUM INTO</c>), the service database first: the reports that came between the two moments are in the backup and
/// not yet evaluated, so after a restore the rules read them and raise what is due, once. The broker's sessions are an
/// append-only file that may be cut off anywhere. Secrets in files (the operator's token, the set-up code) stay where they are.
/// </summary>
public static class DataBackup
{
    private const string SessionsFolder = "mqtt";

    /// <summary>Makes a backup and checks it.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <param name="target">A folder that does not exist yet, or a file that ends in <c>.tar.gz</c> or <c>.tar</c>.</param>
    /// <param name="now">Stands in the backup.</param>
    /// <exception cref="BackupException">It could not be made; nothing is left at the target.</exception>
    public static BackupManifest Create(string dataFolder, string target, DateTimeOffset now)
    {
        target = Path.GetFullPath(target);
        if (Path.Exists(target)) throw new BackupException($"{target} is there already: name a backup that is not");
        if (!File.Exists(Path.Combine(dataFolder, ServiceDatabase.FileName))) throw new BackupException($"{dataFolder} is no data folder");
        var partial = $"{target}.partial";
        if (Path.Exists(partial)) Directory.Delete(partial, recursive: true); // an attempt that was cut off
        try
        {
            PrivateFiles.CreateFolder(partial);
            CopyDatabase(dataFolder, partial, ServiceDatabase.FileName);
            CopyDatabase(dataFolder, partial, Path.GetFileName(new SqliteReportStoreOptions { Folder = "" }.DatabasePath));
            CopySessions(dataFolder, partial);
            if (DataCheck.Run(partial) is { Count: > 0 } problems) throw new BackupException($"the copy does not check: {problems[0]}");
            var manifest = BackupManifest.Of(partial, now, StoreCheck.Count(partial), StoreCheck.LastPosition(partial));
            manifest.Write(partial);
            Finish(partial, target);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreUnavailableException or DatabaseException)
        {
            throw new BackupException($"the backup could not be made: {e.Message}");
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    /// <summary>
    /// Puts a backup in a data folder's place. A folder that holds something is moved aside first, and only when
    /// <paramref name="replace"/> says so. No server may run on it.
    /// </summary>
    /// <returns>What was restored, and where the folder before is now; null where there was none.</returns>
    /// <exception cref="BackupException">The backup is damaged, a server runs, or the folder is not to be replaced.</exception>
    public static (BackupManifest Manifest, string? Aside) Restore(string backup, string dataFolder, bool replace, DateTimeOffset now)
    {
        dataFolder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder));
        var occupied = Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any();
        if (occupied && !replace) throw new BackupException($"{dataFolder} holds data: restore into an empty folder, or say --replace, which moves it aside");
        var partial = $"{dataFolder}.restoring";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        try
        {
            PrivateFiles.CreateFolder(partial);
            Unpack(backup, partial);
            var manifest = BackupManifest.Verify(partial);
            if (DataCheck.Run(partial) is { Count: > 0 } problems) throw new BackupException($"the backup does not check: {problems[0]}");
            File.Delete(Path.Combine(partial, BackupManifest.FileName));
            var aside = occupied ? MoveAside(dataFolder, now) : null;
            if (Directory.Exists(dataFolder)) Directory.Delete(dataFolder);
            Directory.Move(partial, dataFolder);
            return (manifest, aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreUnavailableException or InvalidDataException)
        {
            throw new BackupException($"the backup could not be restored: {e.Message}");
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    private static void CopyDatabase(string from, string to, string file)
    {
        var copy = Path.Combine(to, file);
        using (var database = Database.Open(Path.Combine(from, file), readOnly: true))
        {
            database.Execute($"VACUUM INTO '{copy.Replace("'", "''", StringComparison.Ordinal)}'");
        }

        PrivateFiles.Settle(copy);
    }

    private static void CopySessions(string from, string to)
    {
        var folder = Path.Combine(from, SessionsFolder);
        if (!Directory.Exists(folder)) return;
        PrivateFiles.CreateFolder(Path.Combine(to, SessionsFolder));
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            var newest = Directory.GetFiles(folder, "sessions-*.log").Order(StringComparer.Ordinal).LastOrDefault();
            if (newest is null) return;
            try
            {
                PrivateFiles.Copy(newest, Path.Combine(to, SessionsFolder, Path.GetFileName(newest)));
                return;
            }
            catch (FileNotFoundException) when (attempt < Attempts)
            {
                // The broker wrote a shorter one meanwhile: take that.
            }
        }
    }

    private static void Finish(string partial, string target)
    {
        if (!IsArchive(target))
        {
            Directory.Move(partial, target);
            return;
        }

        var writing = $"{target}.writing";
        File.Delete(writing);
        using (var file = PrivateFiles.Create(writing))
        {
            if (target.EndsWith(".gz", StringComparison.Ordinal))
            {
                using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
                TarFile.CreateFromDirectory(partial, packed, includeBaseDirectory: false);
            }
            else
            {
                TarFile.CreateFromDirectory(partial, file, includeBaseDirectory: false);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(writing, target);
    }

    private static void Unpack(string backup, string folder)
    {
        if (Directory.Exists(backup))
        {
            foreach (var file in BackupManifest.Verify(backup).Files.Select(file => file.Name).Append(BackupManifest.FileName))
            {
                var to = Path.Combine(folder, file);
                PrivateFiles.CreateFolder(Path.GetDirectoryName(to)!);
                PrivateFiles.Copy(Path.Combine(backup, file), to);
            }

            return;
        }

        if (!File.Exists(backup)) throw new BackupException($"there is no {backup}");
        using var archive = File.OpenRead(backup);
        using Stream stream = backup.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(archive, CompressionMode.Decompress) : archive;
        TarFile.ExtractToDirectory(stream, folder, overwriteFiles: false); // refuses what would lie outside
    }

    private static string MoveAside(string dataFolder, DateTimeOffset now)
    {
        // Held for a moment only: it is there to find a server that runs.
        DataFolder.Lock(new SqliteReportStoreOptions { Folder = dataFolder }).Dispose();
        var aside = $"{dataFolder}.before-{now:yyyyMMdd'T'HHmmss'Z'}";
        Directory.Move(dataFolder, aside);
        return aside;
    }

    private static bool IsArchive(string target) => target.EndsWith(".tar", StringComparison.Ordinal) || target.EndsWith(".tar.gz", StringComparison.Ordinal);
}
