using System.Text.Json;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>A run that was written to a folder.</summary>
/// <param name="Name">The folder, or the summary, as it was asked for.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Plots">What its plots are drawn from; null where only the summary is there.</param>
public sealed record StoredRun(string Name, ScenarioResult Result, RunPlots? Plots);

/// <summary>The files of a run: <c>report.html</c>, <c>junit.xml</c>, <c>summary.json</c> and <c>plots.json</c>.</summary>
public static class RunFolder
{
    /// <summary>The page's name.</summary>
    public const string Report = "report.html";

    private const string Summary = "summary.json";
    private const string Plots = "plots.json";

    /// <summary>Writes a run's files; those of an earlier run there are replaced.</summary>
    public static StoredRun Write(FinishedRun finished, string folder)
    {
        Directory.CreateDirectory(folder);
        var plots = RunPlotsReading.Of(finished);
        File.WriteAllText(Path.Combine(folder, Report), HtmlReport.Of(finished.Result, plots));
        JUnitReport.Of(finished.Result).Save(Path.Combine(folder, "junit.xml"));
        File.WriteAllText(Path.Combine(folder, Summary), JsonSerializer.Serialize(finished.Result, JsonSerializerOptions.Web) + "\n");
        File.WriteAllText(Path.Combine(folder, Plots), JsonSerializer.Serialize(plots, JsonSerializerOptions.Web) + "\n");
        return new StoredRun(folder, finished.Result, plots);
    }

    /// <summary>Reads a run from its folder, or what a summary alone says. Throws <see cref="InvalidDataException"/> with what is wrong and where.</summary>
    public static StoredRun Read(string folderOrSummary)
    {
        var isFolder = Directory.Exists(folderOrSummary);
        var summary = isFolder ? Path.Combine(folderOrSummary, Summary) : folderOrSummary;
        if (!File.Exists(summary)) throw new InvalidDataException($"{folderOrSummary}: {(isFolder ? $"no run: there is no {Summary} in it" : "there is no such run")}");
        var result = Read<ScenarioResult>(summary);
        if (result.Devices.Count == 0) throw new InvalidDataException($"{summary}: the summary of a run has devices, this one has none");
        var plots = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(summary))!, Plots);
        if (!File.Exists(plots) || (!isFolder && Path.GetFileName(summary) != Summary)) return new StoredRun(folderOrSummary, result, null);
        var read = Read<RunPlots>(plots);
        if (read.Format != RunPlots.FormatVersion) throw new InvalidDataException($"{plots}: format {read.Format}, this program reads {RunPlots.FormatVersion}");
        return new StoredRun(folderOrSummary, result, read);
    }

    private static T Read<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file), JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{file}: empty");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{file}:{problem.LineNumber + 1}:{problem.BytePositionInLine + 1}: not the file of a run: {problem.Message}", problem);
        }
    }
}
