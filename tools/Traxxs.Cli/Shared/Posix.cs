using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Traxxs.Cli.Shared;

/// <summary>The few calls of the system that .NET has no word for.</summary>
internal static class Posix
{
    private const int Terminate = 15;                   // SIGTERM
    private const int ReadWriteNoControl = 0x102;       // O_RDWR | O_NOCTTY on Linux.

    /// <summary>Asks a process to end in order; where that is not to be had it is killed.</summary>
    public static void End(Process process)
    {
        if (OperatingSystem.IsWindows() || kill(process.Id, Terminate) != 0) process.Kill();
    }

    /// <summary>Makes a pseudo-terminal: its near end, and the path of its far end.</summary>
    /// <exception cref="IOException">The system has none.</exception>
    public static (FileStream Near, string Far) OpenTerminal()
    {
        if (!OperatingSystem.IsLinux()) throw new IOException("pseudo-terminals are made on Linux only");
        var handle = posix_openpt(ReadWriteNoControl);
        if (handle < 0 || grantpt(handle) != 0 || unlockpt(handle) != 0 || Marshal.PtrToStringUTF8(ptsname(handle)) is not { } far)
            throw new IOException($"the system gives no pseudo-terminal (error {Marshal.GetLastPInvokeError()})");
        return (new FileStream(new SafeFileHandle(handle, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0), far);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_openpt(int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int grantpt(int handle);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int unlockpt(int handle);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ptsname(int handle);
}
