using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Traxxs.Mqtt.Storage;

/// <summary>A folder on disk, for its owner's eyes only.</summary>
internal sealed class DiskFolder : IStoreFolder
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int ReadOnly = 0; // O_RDONLY, everywhere

    private readonly string _path;

    /// <summary>The folder, made where absent.</summary>
    public DiskFolder(string path) =>
        _path = (OperatingSystem.IsWindows() || Directory.Exists(path) ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnerOnlyFolder)).FullName;

    public IDisposable Lock(string name)
    {
        try
        {
            return new FileStream(PathOf(name + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"'{name}' in {_path} is in use by another process: stop it, or name another folder", error);
        }
    }

    public IReadOnlyList<string> Names() => [.. Directory.GetFiles(_path).Select(file => Path.GetFileName(file))];

    public IStoreFile Open(string name, bool empty) => new DiskFile(PathOf(name), empty);

    public void Rename(string name, string to) => File.Move(PathOf(name), PathOf(to));

    public void Delete(string name) => File.Delete(PathOf(name));

    /// <summary>fsync(2) of the folder. Windows has no such thing: NTFS writes names in order.</summary>
    public void Sync()
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = open(_path, ReadOnly);
        if (folder < 0) throw Failure("open");
        try
        {
            if (fsync(folder) != 0) throw Failure("fsync");
        }
        finally
        {
            _ = close(folder);
        }
    }

    private string PathOf(string name) => Path.Combine(_path, name);

    private IOException Failure(string call) => new($"{call} of the folder {_path} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int file);

    [DllImport("libc")]
    private static extern int close(int file);

    private sealed class DiskFile : IStoreFile
    {
        private readonly SafeFileHandle _handle;

        public DiskFile(string path, bool empty)
        {
            _handle = File.OpenHandle(path, empty ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        public long Length
        {
            get => RandomAccess.GetLength(_handle);
            set => RandomAccess.SetLength(_handle, value);
        }

        public int Read(Span<byte> target, long offset) => RandomAccess.Read(_handle, target, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

        public void Sync() => RandomAccess.FlushToDisk(_handle);

        public void Dispose() => _handle.Dispose();
    }
}
