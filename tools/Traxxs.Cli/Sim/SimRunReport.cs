using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Comparison;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;

namespace Traxxs.Cli.Sim;

/// <summary>The options of <c>sim run</c> that say what becomes of its result.</summary>
internal sealed class SimRunReportOptions
{
    private readonly Option<DirectoryInfo?> _output = new("--out") { Description = $"folder for report.html, junit.xml, summary.json and plots.json; without it a new one in --runs, of which the newest {SimViewIndex.RunsMax} are kept" };
    private readonly Option<bool> _noReport = new("--no-report") { Description = "write nothing" };
    private readonly Option<string> _runs = SimViewCommand.RunsOption();
    private readonly Option<bool> _png = new("--png") { Description = "render the plots as PNG too (needs chromium)" };
    private readonly Option<string?> _compareTo = new("--compare-to") { Description = "hold the run against an earlier one (last, a number, a folder); exit code 1 where it is worse; compare.html beside the report" };
    private readonly Option<string> _maxWorse = SimCompareCommand.MaxWorseOption();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _output, _noReport, _runs, _png, _compareTo, _maxWorse }) command.Options.Add(option);
    }

    public SimRunReport Read(ParseResult result) => new(result.GetValue(_output)?.FullName, !result.GetValue(_noReport), result.GetValue(_runs)!, result.GetValue(_png), result.GetValue(_compareTo), result.GetValue(_maxWorse)!);
}

/// <summary>Writes, compares and prints what a run came to.</summary>
internal sealed class SimRunReport(string? output, bool writes, string runs, bool png, string? compareTo, string maxWorse)
{
    private readonly SimViewIndex _index = new(runs);
    private StoredRun? _before;
    private double _maxWorsePercent;

    /// <summary>Whether anything is written.</summary>
    public bool Writes => writes;

    /// <summary>Looks at what can be looked at before the run. Throws <see cref="InvalidDataException"/>.</summary>
    public void Prepare(string scenario)
    {
        if (!writes && (png || output is not null || compareTo is not null)) throw new InvalidDataException("--no-report goes with none of --out, --png and --compare-to");
        _maxWorsePercent = SimCompareCommand.Percent(maxWorse);
        if (compareTo is null) return;
        // Read now: the run may be told to write over it.
        _before = RunFolder.Read(_index.Find(compareTo));
        if (_before.Result.Scenario != scenario) throw new InvalidDataException($"--compare-to: {_before.Name} is a run of {_before.Result.Scenario}, not of {scenario}");
    }

    /// <summary>Whether all is as expected, and not worse than what it was to be held against.</summary>
    public bool Finish(FinishedRun finished, bool json)
    {
        var result = finished.Result;
        if (!writes)
        {
            if (json) JsonOutput.Write(result);
            else Print(result);
            return result.ExpectationsFailed == 0;
        }

        var (indexed, stored) = _index.Add(finished, output);
        var (pictures, problem) = png ? SimViewPictures.Write(stored, indexed.Folder) : ([], null);
        var comparison = _before is null ? null : RunComparison.Of(_before, stored, _maxWorsePercent);
        var page = Path.Combine(indexed.Folder, "compare.html");
        if (comparison is not null) SimCompareCommand.WritePage(page, comparison, _before!, stored);
        if (json) JsonOutput.Write(Json(result, indexed, pictures, comparison));
        else
        {
            Print(result, finished);
            Console.Out.WriteLine($"  report {indexed.Number} in {Path.Combine(indexed.Folder, RunFolder.Report)}");
            foreach (var picture in pictures) Console.Out.WriteLine($"  {picture}");
            if (comparison is not null) SimCompareCommand.Print(comparison, page);
        }

        if (problem is not null) Console.Error.WriteLine(problem);
        return result.ExpectationsFailed == 0 && comparison is not { Worse.Count: > 0 } && problem is null;
    }

    private static JsonNode Json(ScenarioResult result, IndexedRun indexed, IReadOnlyList<string> pictures, RunComparison? comparison)
    {
        var node = JsonSerializer.SerializeToNode(result, JsonSerializerOptions.Web)!.AsObject();
        node["run"] = indexed.Number;
        node["report"] = Path.Combine(indexed.Folder, RunFolder.Report);
        if (pictures.Count > 0) node["pictures"] = new JsonArray([.. pictures.Select(picture => JsonValue.Create(picture))]);
        if (comparison is not null) node["comparison"] = JsonSerializer.SerializeToNode(comparison, JsonSerializerOptions.Web);
        return node;
    }

    private static void Print(ScenarioResult result, FinishedRun? finished = null)
    {
        var line = CultureInfo.InvariantCulture;
        Console.Out.WriteLine(string.Create(line, $"{result.Scenario}, seed {result.Seed}: {result.VirtualSeconds / 3600:0.0} h in {result.WallSeconds:0.00} s ({result.Speedup:N0} times real time)"));
        foreach (var e in result.Expectations)
        {
            var word = e.Passed switch { true => "holds      ", false => "FAILS      ", null => "not checked" };
            var at = e.AtMs is { } ms && finished is not null ? $"; look at {finished.Run.Scenario.Start.AddMilliseconds(ms):HH:mm:ss}" : "";
            Console.Out.WriteLine($"  {word} {e.Meaning}: {e.Detail}{at}");
        }

        foreach (var device in result.Devices)
        {
            Console.Out.WriteLine(string.Create(line, $"  {device.DeviceId}: {device.Accepted} reports, {device.Fixes} fixes, {device.MAhPerDay:0.00} mAh a day ({device.ProjectedDays:0.0} days), {device.BytesOnAirPerDay / 1000:0.0} kB on air a day"));
        }

        Console.Out.WriteLine($"  hash {result.Hash}");
    }
}
