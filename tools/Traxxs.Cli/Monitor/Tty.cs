using System.Diagnostics;

namespace Traxxs.Cli.Monitor;

/// <summary>A serial port of Linux or macOS: a file, set up by <c>stty</c>.</summary>
internal static class Tty
{
    /// <summary>Opens a port for reading. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> with what to do.</summary>
    public static FileStream Open(string port, int baud)
    {
        if (OperatingSystem.IsWindows()) throw new IOException("this verb reads a tty, which Windows has not: use a terminal program and --file with its log");
        if (!File.Exists(port)) throw new IOException($"{port} is not there: 'nanoff --listports' shows what is");
        var stream = new FileStream(port, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            // Raw, so that nothing is translated or waited for; clocal, since no modem line is connected.
            string[] settings = [OperatingSystem.IsMacOS() ? "-f" : "-F", port, baud.ToString(System.Globalization.CultureInfo.InvariantCulture), "raw", "-echo", "clocal"];
            using var stty = Process.Start(new ProcessStartInfo("stty", settings) { RedirectStandardError = true }) ?? throw new IOException("stty did not start");
            var errors = stty.StandardError.ReadToEnd();
            stty.WaitForExit();
            if (stty.ExitCode != 0) throw new IOException($"{port} cannot be set to {baud} baud: {errors.Trim()}");
            return stream;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            stream.Dispose();
            throw new IOException("stty is not on the PATH");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
