using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Traxxs.Engines;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// What went over the connections that stand now, both ways, without the headers of TCP and IP: as the kernel counts for each
/// (tcp(7), <c>TCP_INFO</c>), asked by <c>ss</c>.
/// </summary>
internal static partial class SocketBytes
{
    /// <summary>Bytes by the port connected to; nothing where there is no <c>ss</c>.</summary>
    public static Dictionary<int, long> ByPort()
    {
        if (EngineProcess.Find("ss", "/bin", "/usr/bin") is not { } program) return [];
        using var process = Process.Start(new ProcessStartInfo(program, ["-tinH", "state", "established"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Parse(text);
    }

    /// <summary>Two lines a connection: the addresses, our own first, and what is known of it.</summary>
    internal static Dictionary<int, long> Parse(string text)
    {
        var (found, port) = (new Dictionary<int, long>(), 0);
        foreach (var line in text.Split('\n'))
        {
            if (!char.IsWhiteSpace(line.FirstOrDefault()) && Addresses().Match(line) is { Success: true } addresses) port = (int)Number(addresses);
            if (port == 0 || !line.Contains("bytes_", StringComparison.Ordinal)) continue;
            found[port] = found.GetValueOrDefault(port) + (Sent().Match(line) is { Success: true } sent ? Number(sent) : 0) + (Received().Match(line) is { Success: true } received ? Number(received) : 0);
            port = 0;
        }

        return found;
    }

    private static long Number(Match match) => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\d+\s+\d+\s+\S+:(\d+)\s+\S+:\d+")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"bytes_acked:(\d+)")]
    private static partial Regex Sent();

    [GeneratedRegex(@"bytes_received:(\d+)")]
    private static partial Regex Received();
}
