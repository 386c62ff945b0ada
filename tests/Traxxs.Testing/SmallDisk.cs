using System.Diagnostics;
using System.Globalization;

namespace Traxxs.Testing;

/// <summary>
/// A file system of a few megabytes of its own, in memory, that a test fills to the last byte. Mounting one is root's to do, on Linux;
/// elsewhere a test is inconclusive with <see cref="Missing"/>.
/// </summary>
public sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Why = new(Try);

    private SmallDisk(string path) => Path = path;

    /// <summary>Why there can be none, for an inconclusive test; null where one can be mounted.</summary>
    public static string? Missing => Why.Value;

    /// <summary>Where it is mounted. Anybody may write there.</summary>
    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Bytes nobody has taken yet.</summary>
    public long Free => new DriveInfo(Path).AvailableFreeSpace;

    /// <summary>Mounts one.</summary>
    /// <exception cref="InvalidOperationException">It cannot be mounted.</exception>
    public static SmallDisk Mount(int megabytes)
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("traxxs-disk-").FullName);
        try
        {
            Exec("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0777"), "traxxs-test", disk.Path);
            return disk;
        }
        catch
        {
            Directory.Delete(disk.Path);
            throw;
        }
    }

    /// <summary>Takes all room but some bytes, as a file that has nothing to do with anybody.</summary>
    public void Fill(long leave)
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var some = new byte[4096];
        while (Free >= leave + some.Length) file.Write(some);
    }

    /// <summary>Gives that room back.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    /// <summary>Unmounts it; what still has a file open there keeps it until it lets go.</summary>
    public void Dispose()
    {
        Exec("umount", "--lazy", Path);
        Directory.Delete(Path);
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return "skipped: a small disk to be filled is mounted by root on Linux only";
        try
        {
            Mount(1).Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return $"skipped: no small disk can be mounted here: {e.Message}";
        }
    }

    private static void Exec(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {errors.Trim()}");
    }
}
