using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Reporting;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim view</c>: the report of a run, by default of the last.</summary>
internal static class SimViewCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "last, a number of --list, a scenario (its last run), or a run's folder", DefaultValueFactory = _ => "last" };
        var list = new Option<bool>("--list") { Description = "list the runs instead" };
        var noOpen = new Option<bool>("--no-open") { Description = "only print where the report is" };
        var png = new Option<bool>("--png") { Description = "render the plots beside the report as PNG (needs chromium)" };
        var runs = RunsOption();
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("view", $"Open the report of a run; 'traxxs sim run' keeps the last {SimViewIndex.RunsMax} in ./{SimViewIndex.DefaultFolder}.") { run, list, noOpen, png, runs, json };
        command.SetAction(result =>
        {
            try
            {
                var index = new SimViewIndex(result.GetValue(runs)!);
                return result.GetValue(list) ? List(index, result.GetValue(json)) : View(index.Find(result.GetValue(run)!), !result.GetValue(noOpen), result.GetValue(png), result.GetValue(json));
            }
            catch (InvalidDataException problem)
            {
                Console.Error.WriteLine(problem.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }

    /// <summary>Where the runs are.</summary>
    public static Option<string> RunsOption() => new("--runs") { Description = "folder of the runs and their index", DefaultValueFactory = _ => SimViewIndex.DefaultFolder };

    private static int List(SimViewIndex index, bool json)
    {
        var runs = index.Read();
        if (json) JsonOutput.Write(new { runs });
        else if (runs.Count == 0) Console.Out.WriteLine("no runs yet: 'traxxs sim run working-day' makes one");
        else
        {
            foreach (var run in runs)
            {
                var verdict = run.Failed == 0 ? "as expected" : $"{run.Failed} not as expected";
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Number,5}  {run.At.ToLocalTime():yyyy-MM-dd HH:mm}  {run.Scenario,-20} seed {run.Seed,-6} {run.MAhPerDay,8:0.00} mAh a day  {verdict,-20} {run.Folder}"));
            }
        }

        return ExitCode.Ok;
    }

    private static int View(string found, bool open, bool png, bool json)
    {
        var stored = RunFolder.Read(found);
        var folder = Directory.Exists(found) ? Path.GetFullPath(found) : Path.GetDirectoryName(Path.GetFullPath(found))!;
        var report = Path.Combine(folder, RunFolder.Report);
        if (!File.Exists(report)) throw new InvalidDataException($"{folder}: there is no {RunFolder.Report} in it");
        string? problem = null;
        IReadOnlyList<string> pictures = [];
        if (png) (pictures, problem) = SimViewPictures.Write(stored, folder);
        var opened = open && SimViewOpener.TryOpen(report);
        if (json) JsonOutput.Write(new { scenario = stored.Result.Scenario, seed = stored.Result.Seed, folder, report, address = new Uri(report).AbsoluteUri, opened, pictures });
        else Print(stored, report, open && !opened, pictures);
        if (problem is not null) Console.Error.WriteLine(problem);
        return problem is null ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(StoredRun stored, string report, bool couldNot, IReadOnlyList<string> pictures)
    {
        var result = stored.Result;
        Console.Out.WriteLine($"{result.Scenario}, seed {result.Seed}: {(result.ExpectationsFailed == 0 ? "as expected" : $"{result.ExpectationsFailed} not as expected")}");
        Console.Out.WriteLine(report);
        foreach (var picture in pictures) Console.Out.WriteLine(picture);
        if (couldNot) Console.Error.WriteLine("no desktop to open it on: give the path to a browser");
    }
}
