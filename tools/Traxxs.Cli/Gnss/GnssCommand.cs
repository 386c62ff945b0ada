using System.CommandLine;
using System.IO.Compression;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Gnss;

/// <summary>`traxxs gnss parse FILE…`: the firmware's own GNSS parser over raw receiver logs.</summary>
internal static class GnssCommand
{
    private const int ChunkSizeMax = 1 << 20;

    /// <summary>The verb with its one subverb.</summary>
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Raw receiver logs (UBX, NMEA or both), plain or .gz; of a folder all *.log, *.nmea, *.ubx and their .gz.",
            Arity = ArgumentArity.OneOrMore,
        };
        var chunk = new Option<int>("--chunk") { Description = "Bytes a read, as a UART groups them; the result must not depend on it.", DefaultValueFactory = _ => 4096 };
        var json = new Option<bool>("--json") { Description = "Print one JSON object: files, fixes, undated, validMessages, rejected." };
        chunk.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var size) || size is < 1 or > ChunkSizeMax))
            {
                result.AddError($"--chunk takes 1 to {ChunkSizeMax} bytes");
            }
        });

        var parse = new Command("parse", "Fixes found and messages refused, by reason.") { files, chunk, json };
        parse.SetAction(result => Parse(result.GetValue(files)!, result.GetValue(chunk), result.GetValue(json)));
        return new Command("gnss", "The firmware's GNSS parser on recordings.") { parse };
    }

    private static int Parse(string[] paths, int chunkSize, bool json)
    {
        var log = new GnssLog();
        try
        {
            using var progress = new ProgressLine("gnss parse");
            foreach (var file in paths.SelectMany(Expand))
            {
                using var stream = Open(file);
                log.Add(stream, chunkSize);
                progress.Report($"{log.Files} files, {log.Fixes} fixes");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"Cannot read a log: {e.Message}");
            return ExitCode.Usage;
        }

        if (log.Files == 0)
        {
            Console.Error.WriteLine("No log in the folder given: it holds no *.log, *.nmea, *.ubx or .gz of them. Name a file.");
            return ExitCode.Usage;
        }

        if (json)
        {
            JsonOutput.Write(new
            {
                files = log.Files,
                fixes = log.Fixes,
                undated = log.Undated,
                validMessages = new { rmc = log.ValidRmc, gga = log.ValidGga, navPvt = log.ValidNavPvt },
                rejected = log.Rejected,
            });
        }
        else
        {
            Print(log);
        }

        return ExitCode.Ok;
    }

    private static void Print(GnssLog log)
    {
        Console.WriteLine($"{log.Files} files, {log.Fixes} fixes ({log.Undated} of them without a date)");
        Console.WriteLine($"  from {log.ValidRmc} RMC, {log.ValidGga} GGA, {log.ValidNavPvt} NAV-PVT with a position; one fix an epoch");
        foreach (var (reason, count) in log.Rejected.Where(line => line.Value > 0)) Console.WriteLine($"  refused {reason,-16} {count,8}");
    }

    private static IEnumerable<string> Expand(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path).Where(IsLog).Order(StringComparer.Ordinal)
        : [path];

    private static bool IsLog(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() is ".log" or ".nmea" or ".ubx";
    }

    private static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
