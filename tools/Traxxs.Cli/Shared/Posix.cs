using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Traxxs.Cli.Shared;

/// <summary>The few calls of the system that .NET has no word for.</summary>
internal static class Posix
{
    private const int Terminate = 15;                   // SIGTERM

    /// <summary>Asks a process to end in order; where that is not to be had it is killed.</summary>
    public static void End(Process process)
    {
        if (OperatingSystem.IsWindows() || kill(process.Id, Terminate) != 0) process.Kill();
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
