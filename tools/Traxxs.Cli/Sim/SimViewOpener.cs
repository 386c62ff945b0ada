using System.ComponentModel;
using System.Diagnostics;

namespace Traxxs.Cli.Sim;

/// <summary>Shows a file to the person at this machine.</summary>
internal static class SimViewOpener
{
    /// <summary>Hands the file to the desktop. False: there is none.</summary>
    public static bool TryOpen(string path)
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("DISPLAY") is null && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null) return false;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path) { UseShellExecute = true });
            return true;
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return false;
        }
    }
}
