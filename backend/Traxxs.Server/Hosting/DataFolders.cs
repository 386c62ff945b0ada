namespace Traxxs.Server.Hosting;

/// <summary>Folders of data.</summary>
internal static class DataFolders
{
    /// <summary>Makes the folder, if it is not there: positions of people are for the owner's eyes.</summary>
    public static void Prepare(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
