namespace Traxxs.Simulation.Soak;

/// <summary>
/// A folder for one run, gone with it. In memory where the system has a place for that: what a killed process has written is there
/// as on a disk, and what a disk would not have yet is cut off by <see cref="SoakDisk"/>, so a real sync would only cost time.
/// </summary>
internal sealed class SoakFolder : IDisposable
{
    private const string InMemory = "/dev/shm";

    private readonly string _root = Path.Combine(Directory.Exists(InMemory) ? InMemory : Path.GetTempPath(), $"traxxs-soak-{Guid.NewGuid():N}");
    private int _count;

    /// <summary>Another empty folder in it, for its owner's eyes.</summary>
    public string Next()
    {
        var path = Path.Combine(_root, $"{_count++}");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }
}
