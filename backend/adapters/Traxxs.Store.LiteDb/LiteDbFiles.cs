namespace Traxxs.Store.LiteDb;

/// <summary>The files of the store: positions of people, so nobody but the service's own user may look.</summary>
internal static class LiteDbFiles
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder (0700) and the empty files (0600) where they are absent.</summary>
    public static void Prepare(LiteDbReportStoreOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(options.Folder);
            return;
        }

        Directory.CreateDirectory(options.Folder, OwnerOnlyFolder);
        File.SetUnixFileMode(options.Folder, OwnerOnlyFolder);
        foreach (var path in new[] { options.DatabasePath, options.LogPath })
        {
            using (new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = OwnerOnlyFile }))
            {
            }

            File.SetUnixFileMode(path, OwnerOnlyFile);
        }
    }
}
