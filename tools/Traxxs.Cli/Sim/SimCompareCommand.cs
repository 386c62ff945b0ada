using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Comparison;
using Traxxs.Simulation.Reporting;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim compare</c>: what has changed from one run to another, and whether that is worse.</summary>
internal static class SimCompareCommand
{
    /// <summary>How much worse a number may get unless told otherwise, %.</summary>
    public const double DefaultMaxWorse = 2;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var a = new Argument<string>("a") { Description = "the run to hold against: last, a number of 'sim view --list', a scenario, a run's folder or its summary.json" };
        var b = new Argument<string>("b") { Description = "the run to judge, named alike", DefaultValueFactory = _ => "last" };
        var maxWorse = MaxWorseOption();
        var output = new Option<FileInfo?>("--out") { Description = "HTML page with both runs over each other" };
        var runs = SimViewCommand.RunsOption();
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("compare", "Hold a run against another of the same scenario: numbers, alerts, expectations, plots over each other. Exit code 1 where the second is worse.") { a, b, maxWorse, output, runs, json };
        command.SetAction(result =>
        {
            try
            {
                var index = new SimViewIndex(result.GetValue(runs)!);
                var (first, second) = (RunFolder.Read(index.Find(result.GetValue(a)!)), RunFolder.Read(index.Find(result.GetValue(b)!)));
                var comparison = RunComparison.Of(first, second, Percent(result.GetValue(maxWorse)!));
                if (result.GetValue(output) is { } page) WritePage(page.FullName, comparison, first, second);
                if (result.GetValue(json)) JsonOutput.Write(comparison);
                else Print(comparison, result.GetValue(output)?.FullName);
                return comparison.Worse.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
            }
            catch (InvalidDataException problem)
            {
                Console.Error.WriteLine(problem.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }

    /// <summary>How much worse a number may get.</summary>
    public static Option<string> MaxWorseOption() => new("--max-worse") { Description = "how much worse a number may get, of what it was", DefaultValueFactory = _ => $"{DefaultMaxWorse}%" };

    /// <summary>Reads <c>2%</c> or <c>2</c>. Throws <see cref="InvalidDataException"/>.</summary>
    public static double Percent(string text)
        => double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 1000
            ? percent
            : throw new InvalidDataException($"--max-worse is a share such as 2%, 0% to 1000%, not '{text}'");

    /// <summary>Writes the page of two runs.</summary>
    public static void WritePage(string path, RunComparison comparison, StoredRun first, StoredRun second)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, ComparisonPage.Of(comparison, first, second));
    }

    /// <summary>Prints what has changed.</summary>
    public static void Print(RunComparison comparison, string? page)
    {
        Console.Out.WriteLine($"{comparison.Scenario}: A {comparison.A} (seed {comparison.SeedA}), B {comparison.B} (seed {comparison.SeedB}){(comparison.SameBytes ? ": the same bytes" : "")}");
        Console.Out.WriteLine($"  {"",-52}{"A",12}{"B",12}{"change",10}");
        foreach (var number in comparison.Numbers.Where(n => n.Change != Change.Same || n.Name is "charge, mAh a day" or "days on the cell"))
        {
            var name = number.DeviceId is { } device ? $"{device}: {number.Name}" : number.Name;
            var percent = number.Percent is { } known ? PlotWords.Number(known, "+0.0;-0.0;0.0") + " %" : "";
            Console.Out.WriteLine($"  {name,-52}{RunComparison.Text(number.A),12}{RunComparison.Text(number.B),12}{percent,10}  {(number.Change is Change.Same or Change.Changed ? "" : number.Change.ToString().ToLowerInvariant())}");
        }

        foreach (var alert in comparison.Alerts.Where(alert => alert.Change != Change.Same)) Console.Out.WriteLine($"  {alert.DeviceId}, {alert.Rule} alert {alert.Number}: {alert.Note}");
        foreach (var e in comparison.Expectations) Console.Out.WriteLine($"  {e.Meaning}: {e.A} in A, {e.B} in B ({e.Detail})");
        Console.Out.WriteLine(comparison.Worse.Count == 0 ? $"B is not worse by more than {comparison.MaxWorsePercent:0.##} %" : $"B is WORSE in {comparison.Worse.Count}:");
        foreach (var sentence in comparison.Worse) Console.Out.WriteLine($"  {sentence}");
        if (page is not null) Console.Out.WriteLine($"page in {page}");
    }
}
