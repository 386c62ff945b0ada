using System.Globalization;
using System.Text.Json;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;

namespace Traxxs.Cli.Sim;

/// <summary>A run as the index has it.</summary>
/// <param name="Number">Its number, to ask for it by.</param>
/// <param name="Scenario">Scenario.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="At">When it ended.</param>
/// <param name="Passed">Expectations that held.</param>
/// <param name="Failed">Expectations that did not.</param>
/// <param name="MAhPerDay">Charge used a day.</param>
internal sealed record IndexedRun(int Number, string Scenario, ulong Seed, string Folder, DateTimeOffset At, int Passed, int Failed, double MAhPerDay);

/// <summary>
/// The runs of one folder, newest last: each has a number and, unless it was told where to write, a folder of its own there.
/// The newest <see cref="RunsMax"/> are kept; an older one leaves the index, and its folder goes too where it lies in here.
/// </summary>
internal sealed class SimViewIndex(string folder)
{
    /// <summary>The folder of runs where none is named.</summary>
    public const string DefaultFolder = "sim-runs";

    /// <summary>How many runs are kept.</summary>
    public const int RunsMax = 100;

    // Runs that end at once wait for each other; longer than this, something else holds the file.
    private static readonly TimeSpan LockMax = TimeSpan.FromSeconds(10);

    private readonly string _folder = Path.GetFullPath(folder);

    private string IndexPath => Path.Combine(_folder, "index.json");

    /// <summary>All runs, oldest first. Throws <see cref="InvalidDataException"/> where the index cannot be read.</summary>
    public IReadOnlyList<IndexedRun> Read()
    {
        if (!File.Exists(IndexPath)) return [];
        try
        {
            return JsonSerializer.Deserialize<List<IndexedRun>>(File.ReadAllText(IndexPath), JsonSerializerOptions.Web) ?? [];
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{IndexPath}:{problem.LineNumber + 1}: not an index of runs; delete it to begin anew", problem);
        }
    }

    /// <summary>Writes a run, into a new folder in here unless one is given, and notes it.</summary>
    public (IndexedRun Indexed, StoredRun Stored) Add(FinishedRun finished, string? into)
    {
        using var _ = Lock();
        var runs = Read().ToList();
        var number = runs.Count == 0 ? 1 : runs[^1].Number + 1;
        var result = finished.Result;
        var target = into is null ? Path.Combine(_folder, $"{number:0000}-{result.Scenario}-{result.Seed.ToString(CultureInfo.InvariantCulture)}") : Path.GetFullPath(into);
        var stored = RunFolder.Write(finished, target);
        runs.RemoveAll(run => run.Folder == target);    // Written over.
        runs.Add(new IndexedRun(number, result.Scenario, result.Seed, target, DateTimeOffset.UtcNow, result.ExpectationsPassed, result.ExpectationsFailed, result.MAhPerDay));
        for (; runs.Count > RunsMax; runs.RemoveAt(0)) Forget(runs[0]);
        Save(runs);
        return (runs[^1], stored);
    }

    /// <summary>The run that is meant by <c>last</c>, a number, a folder or a summary. Throws <see cref="InvalidDataException"/> where there is none.</summary>
    public string Find(string run)
    {
        if (Directory.Exists(run) || File.Exists(run)) return run;
        var runs = Read();
        if (runs.Count == 0) throw new InvalidDataException($"there is no run '{run}', nor any in {_folder}: 'traxxs sim run' makes one");
        if (run == "last") return runs[^1].Folder;
        if (int.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return runs.FirstOrDefault(one => one.Number == number)?.Folder ?? throw new InvalidDataException($"there is no run {number}; there are {runs[0].Number} to {runs[^1].Number}");
        }

        return runs.LastOrDefault(one => one.Scenario == run)?.Folder ?? throw new InvalidDataException($"'{run}' is neither 'last', a number, a scenario that was run, nor a run's folder");
    }

    private void Forget(IndexedRun run)
    {
        if (Path.GetDirectoryName(run.Folder) == _folder && Directory.Exists(run.Folder)) Directory.Delete(run.Folder, recursive: true);
    }

    private void Save(List<IndexedRun> runs)
    {
        var whole = IndexPath + ".new";
        File.WriteAllText(whole, JsonSerializer.Serialize(runs, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }) + "\n");
        File.Move(whole, IndexPath, overwrite: true);
    }

    private FileStream Lock()
    {
        Directory.CreateDirectory(_folder);
        for (var until = DateTime.UtcNow + LockMax; ;)
        {
            try
            {
                return new FileStream(Path.Combine(_folder, "index.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < until)
            {
                Thread.Sleep(20);
            }
        }
    }
}
