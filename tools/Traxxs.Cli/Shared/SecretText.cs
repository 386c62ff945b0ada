namespace Traxxs.Cli.Shared;

/// <summary>Files only their owner reads (mode 0600).</summary>
internal static class SecretText
{
    /// <summary>Writes a new file.</summary>
    public static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
