using System.Runtime.InteropServices;

namespace Traxxs.Cli.Tests.Monitor;

/// <summary>A serial port without hardware: what is written here comes out of <see cref="Port"/>.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoControl = 0x102;   // O_RDWR | O_NOCTTY on Linux.

    private readonly FileStream _master;

    public PseudoTerminal()
    {
        var handle = posix_openpt(ReadWriteNoControl);
        Assert.IsTrue(handle >= 0 && grantpt(handle) == 0 && unlockpt(handle) == 0, "a pseudo-terminal");
        Port = Marshal.PtrToStringUTF8(ptsname(handle))!;
        _master = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(handle, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Path of the port.</summary>
    public string Port { get; }

    public void Send(ReadOnlySpan<byte> bytes) => _master.Write(bytes);

    public void Dispose() => _master.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int grantpt(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlockpt(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptsname(int handle);
}
