using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Cli.Tracks;
using Traxxs.Protocol;
using Command = System.CommandLine.Command;

namespace Traxxs.Cli.Codec;

/// <summary>The verbs <c>traxxs codec measure</c>, <c>decode</c> and <c>encode</c>.</summary>
internal static class CodecCommand
{
    private const int BlockDefault = 20;
    private const int MinIntervalDefaultS = 30;
    private const int MinIntervalMaxS = 86_400;

    /// <summary>The command with its verbs.</summary>
    public static Command Create() => new("codec", "The wire format: measure it on tracks, read and write its frames.")
    {
        Measure(),
        Decode(),
        Encode(),
    };

    private static Command Measure()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "GPX or CSV track files (.gz too), folders, or patterns such as walks/*.gpx",
            Arity = ArgumentArity.OneOrMore,
        };
        var block = BlockOption();
        var minInterval = MinIntervalOption(MinIntervalDefaultS);
        var mode = new Option<string>("--mode")
        {
            Description = $"what the track's mode column must say, or '{TrackBlocks.AnyMode}'; tracks without the column are taken whole",
            DefaultValueFactory = _ => "walk",
        };
        var json = JsonOption();
        var command = new Command("measure", "Bytes a fix over recorded tracks, beside other formats; every report is read back.")
        {
            paths, block, minInterval, mode, json,
        };
        command.SetAction(parsed => Guarded(() =>
            RunMeasure(parsed.GetValue(paths)!, parsed.GetValue(block), parsed.GetValue(minInterval), parsed.GetValue(mode)!, parsed.GetValue(json))));
        return command;
    }

    private static Command Decode()
    {
        var hex = new Argument<string[]>("hex")
        {
            Description = "a frame in hexadecimal, @file for a file of it (lines with # are skipped), or - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        var isCommand = new Option<bool>("--command") { Description = "the frame is a command to a device, not a report" };
        var json = JsonOption();
        var command = new Command("decode", "What is in a frame, or by what name it is refused.") { hex, isCommand, json };
        command.SetAction(parsed => Guarded(() =>
        {
            var frame = HexInput.Read(parsed.GetValue(hex)!);
            return parsed.GetValue(isCommand)
                ? FrameText.PrintCommand(frame, parsed.GetValue(json))
                : FrameText.PrintReport(frame, parsed.GetValue(json));
        }));
        return command;
    }

    private static Command Encode()
    {
        var path = new Argument<string>("track") { Description = "a GPX or CSV track file (.gz too)" };
        var block = BlockOption();
        var minInterval = MinIntervalOption(0);
        var json = JsonOption();
        var command = new Command("encode", "The reports of a track, one frame in hexadecimal a line: every point, all modes.")
        {
            path, block, minInterval, json,
        };
        command.SetAction(parsed => Guarded(() =>
            RunEncode(parsed.GetValue(path)!, parsed.GetValue(block), parsed.GetValue(minInterval), parsed.GetValue(json))));
        return command;
    }

    private static int RunMeasure(string[] paths, int block, int minInterval, string mode, bool json)
    {
        var files = TrackFile.Find(paths);
        var measurement = new CodecMeasurement(block, minInterval, mode);
        using (var progress = new ProgressLine("codec measure"))
        {
            for (var i = 0; i < files.Count; i++)
            {
                foreach (var track in TrackFile.Read(files[i])) measurement.Add(track);
                progress.Report($"{i + 1} of {files.Count} files");
            }
        }

        if (json) PrintMeasurementJson(measurement, files.Count, block, minInterval, mode);
        else PrintMeasurement(measurement, files.Count, block, minInterval, mode);
        if (measurement.Reports > 0) return ExitCode.Ok;

        Console.Error.WriteLine($"nothing to measure: no track has {block} points in mode '{mode}' without a gap over {TrackBlocks.GapMaxS} s");
        return ExitCode.Failed;
    }

    private static void PrintMeasurementJson(CodecMeasurement m, int files, int block, int minInterval, string mode) => JsonOutput.Write(new
    {
        fixes = m.Fixes,
        reports = m.Reports,
        bytesPerFix = m.BytesPerFix,
        bytesPerFixFull = m.BytesPerFixFull,
        formats = m.Formats,
        files,
        tracks = m.Tracks,
        block,
        minInterval,
        mode,
    });

    private static void PrintMeasurement(CodecMeasurement m, int files, int block, int minInterval, string mode)
    {
        Console.WriteLine($"{m.Fixes} fixes in {m.Reports} reports of {block}, from {m.Tracks} tracks in {files} files, mode {mode}, {minInterval} s apart or more");
        Console.WriteLine();
        Console.WriteLine("bytes a fix");
        PrintRow(m.BytesPerFix, "this format, position and time, all headers");
        PrintRow(m.BytesPerFixFull, "this format, with identity, device time, battery, steps, activity, contract and accuracy");
        foreach (var format in KnownFormats.All) PrintRow(m.Formats[format.Key], format.About);
        Console.WriteLine();
        Console.WriteLine("Every report was read back and compared. Accuracy, steps and battery are made up: the tracks do not have them.");
    }

    private static void PrintRow(double bytes, string about) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes,8:0.00}  {about}"));

    private static int RunEncode(string path, int block, int minInterval, bool json)
    {
        var writer = new ReportWriter();
        var report = new Report();
        var frame = new byte[ReportWriter.FrameSizeMax];
        var frames = new List<(int Fixes, string Hex)>();
        foreach (var track in TrackFile.Read(path))
        {
            foreach (var points in TrackBlocks.Thin(track.Points, minInterval).Chunk(block))
            {
                TrackerReports.FillBare(report, points);
                frames.Add((points.Length, Convert.ToHexStringLower(frame, 0, writer.Write(report, frame, 0))));
            }
        }

        if (json)
        {
            JsonOutput.Write(new
            {
                file = path,
                fixes = frames.Sum(f => f.Fixes),
                bytes = frames.Sum(f => f.Hex.Length / 2),
                reports = frames.Select(f => new { fixes = f.Fixes, hex = f.Hex }),
            });
        }
        else
        {
            foreach (var (_, hex) in frames) Console.WriteLine(hex);
        }

        return ExitCode.Ok;
    }

    // What is wrong with a file or a frame is said in one line, without a stack.
    private static int Guarded(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is TrackFileException or CodecMismatchException or HexInputException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static Option<int> BlockOption() => Ranged("--block", "fixes in a report", BlockDefault, 1, Report.FixesMax);

    private static Option<int> MinIntervalOption(int defaultS) =>
        Ranged("--min-interval", "seconds: leave out points that come sooner after the last one kept", defaultS, 0, MinIntervalMaxS);

    private static Option<bool> JsonOption() => new("--json") { Description = "print one JSON object and nothing else" };

    private static Option<int> Ranged(string name, string about, int defaultValue, int min, int max)
    {
        var option = new Option<int>(name) { Description = $"{about}, {min}..{max}", DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            // A value that is no number has its own message already.
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && (value < min || value > max))
            {
                result.AddError($"{name} {value} is outside {min}..{max}");
            }
        });
        return option;
    }
}
