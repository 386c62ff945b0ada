namespace Traxxs.Server.Identity;

/// <summary>Files that hold a secret: their owner reads them (mode 0600), nobody else.</summary>
public static class SecretFile
{
    /// <summary>Writes the secret as the file's one line, in the place of any file that was there.</summary>
    public static void Write(string path, string secret)
    {
        File.Delete(path);
        WriteNew(path, secret + Environment.NewLine);
    }

    /// <summary>Writes a file of several lines, or of none. Throws <see cref="IOException"/> where there is a file: it may be somebody's only key.</summary>
    public static void WriteNew(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>The secret in a file; null where there is no file.</summary>
    public static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
