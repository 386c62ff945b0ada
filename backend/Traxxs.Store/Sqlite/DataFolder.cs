namespace Traxxs.Store.Sqlite;

/// <summary>The folder and files of a store: positions of people, so nobody but the service's own user may look.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder (0700) and the empty database file (0600); SQLite gives its side files the same mode.</summary>
    public static void Prepare(SqliteReportStoreOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(options.Folder);
            return;
        }

        Directory.CreateDirectory(options.Folder, OwnerOnlyFolder);
        File.SetUnixFileMode(options.Folder, OwnerOnlyFolder);
        using (new FileStream(options.DatabasePath, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = OwnerOnlyFile,
        }))
        {
        }

        File.SetUnixFileMode(options.DatabasePath, OwnerOnlyFile);
    }

    /// <summary>Keeps other processes from writing until disposed; the system lets go by itself when the process dies.</summary>
    /// <exception cref="StoreInUseException">Another process has it.</exception>
    public static IDisposable Lock(SqliteReportStoreOptions options)
    {
        var path = Path.Combine(options.Folder, "reports.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new StoreInUseException($"{options.Folder} is in use by another process: stop it, or name another data folder", error);
        }
    }
}
