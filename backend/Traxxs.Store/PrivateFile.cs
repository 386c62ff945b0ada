namespace Traxxs.Store;

/// <summary>A file with a secret that the program is given: nobody but its owner may read it.</summary>
public static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Whether somebody but the owner may read or write a file that is there; on Windows nobody can tell, and it counts as private.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    /// <summary>The secret, without the end of its line.</summary>
    /// <exception cref="StoreConfigurationException">It cannot be read, or others can read it; says what to do, and nothing of what is in it.</exception>
    public static string Read(string path)
    {
        try
        {
            if (IsOpenToOthers(path))
                throw new StoreConfigurationException($"{path} can be read by others: chmod 600 {path}");
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreConfigurationException($"the file with the secret cannot be read: {e.Message}");
        }
    }
}
