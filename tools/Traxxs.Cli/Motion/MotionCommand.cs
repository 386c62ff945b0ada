using System.CommandLine;
using System.Text.Json;
using Traxxs.Cli.Shared;
using Traxxs.Core;

namespace Traxxs.Cli.Motion;

/// <summary><c>traxxs motion eval</c>: the firmware's own detectors over recorded accelerometer CSVs.</summary>
internal static class MotionCommand
{
    /// <summary>The <c>motion</c> verb with its <c>eval</c>.</summary>
    public static Command Create()
    {
        var paths = new Argument<string[]>("path") { Description = "Recordings (.csv, .csv.gz), folders or patterns", Arity = ArgumentArity.OneOrMore };
        var task = new Option<string>("--task") { Description = "steps, falls, gate, taps or activity", Required = true };
        task.AcceptOnlyFromAmong("steps", "falls", "gate", "taps", "activity");
        var rate = new Option<double?>("--rate") { Description = "Samples a second, for recordings without a time column" };
        var unit = new Option<string?>("--unit") { Description = "g, ms2 or lsb256; otherwise by the column's name" };
        unit.AcceptOnlyFromAmong("g", "ms2", "lsb256");
        var position = new Option<string>("--position") { Description = "Where rows name a sensor's position, the one to use", DefaultValueFactory = _ => "ankle" };
        var subjects = new Option<string?>("--subjects") { Description = "Only these subjects of the index, separated by commas" };
        var period = new Option<int>("--period") { Description = "Sampling period to evaluate at, ms", DefaultValueFactory = _ => TrackerProfile.SamplePeriodMs };
        var verbose = new Option<bool>("--verbose") { Description = "Name each recording that differs, on stderr" };
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout" };

        var eval = new Command("eval", "Run the firmware's own detectors over recorded accelerometer data") { paths, task, rate, unit, position, subjects, period, verbose, json };
        eval.SetAction(parsed =>
        {
            var options = new EvaluationOptions(
                parsed.GetValue(paths)!, parsed.GetValue(task)!, parsed.GetValue(rate), Unit(parsed.GetValue(unit)), parsed.GetValue(position)!,
                parsed.GetValue(subjects)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), parsed.GetValue(period));
            try
            {
                var (summary, lines) = Evaluate(options);
                if (parsed.GetValue(verbose)) foreach (var line in lines) Console.Error.WriteLine(line);
                if (parsed.GetValue(json)) JsonOutput.Write(summary);
                else Print(summary);
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return ExitCode.Usage;
            }
        });
        return new Command("motion", "What the firmware makes of recorded movement") { eval };
    }

    private static (object Summary, IEnumerable<string> Lines) Evaluate(EvaluationOptions options)
    {
        var index = new RecordingIndex();
        var steps = new StepEvaluation();
        var falls = new FallEvaluation();
        var gate = new GateEvaluation();
        var taps = new TapEvaluation();
        var activity = new ActivityEvaluation();
        using var progress = new ProgressLine("motion eval");
        foreach (var path in RecordingIndex.Find(options.Paths))
        {
            var row = index.RowOf(path);
            if (options.Subjects is not null && (row is null || !row.TryGetValue("subject", out var subject) || !options.Subjects.Contains(subject))) continue;
            progress.Report(path);
            foreach (var track in AccelerometerTrack.Read(path, options.Position, options.RateHz, options.Unit, options.PeriodMs))
            {
                if (options.Task == "steps") steps.Add(track, row);
                else if (options.Task == "falls") falls.Add(track, row);
                else if (options.Task == "taps") taps.Add(track);
                else if (options.Task == "activity") activity.Add(track, row);
                else gate.Add(track);
            }
        }

        return options.Task switch
        {
            "steps" => (steps.Summary(), steps.Lines()),
            "falls" => (falls.Summary(), falls.Lines()),
            "taps" => (taps.Summary(), taps.Lines()),
            "activity" => (activity.Summary(), []),
            _ => (gate.Summary(), []),
        };
    }

    private static AccelerationUnit Unit(string? name) => name switch
    {
        "g" => AccelerationUnit.G,
        "ms2" => AccelerationUnit.Ms2,
        "lsb256" => AccelerationUnit.Lsb256,
        _ => AccelerationUnit.ByName,
    };

    private static void Print(object summary)
    {
        foreach (var property in JsonSerializer.SerializeToElement(summary, JsonSerializerOptions.Web).EnumerateObject())
        {
            Console.WriteLine($"{property.Name,-22} {property.Value}");
        }
    }

    private sealed record EvaluationOptions(
        string[] Paths, string Task, double? RateHz, AccelerationUnit Unit, string Position, string[]? Subjects, int PeriodMs);
}
