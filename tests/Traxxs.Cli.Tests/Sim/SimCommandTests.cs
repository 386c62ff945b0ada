using System.Diagnostics;
using System.Text.Json;

namespace Traxxs.Cli.Tests.Sim;

[TestClass]
public sealed class SimCommandTests
{
    // Where runs leave their reports.
    private static readonly string _folder = Directory.CreateTempSubdirectory("traxxs-sim-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [ClassCleanup]
    public static void Done() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_run_prints_its_account_and_writes_its_report()
    {
        var folder = Path.Combine(Path.GetTempPath(), "traxxs-sim-" + Guid.NewGuid().ToString("N"));
        try
        {
            var (exit, output, errors) = await RunAsync("sim", "run", "sos-twice", "--seed", "4", "--json", "--out", folder);
            Assert.AreEqual(0, exit, errors);
            var result = JsonDocument.Parse(output).RootElement;
            foreach (var key in new[]
            {
                "seed", "virtualSeconds", "wallSeconds", "speedup", "expectationsPassed", "expectationsFailed", "acceptedReports", "storedReports",
                "duplicates", "lost", "mAhPerDay", "projectedDays", "bytesOnAirPerDay", "hash",
            })
            {
                Assert.IsTrue(result.TryGetProperty(key, out _), key);
            }

            Assert.AreEqual(4, result.GetProperty("seed").GetInt32());
            CollectionAssert.AreEquivalent(new[] { "junit.xml", "plots.json", "report.html", "summary.json" }, Directory.GetFiles(folder).Select(Path.GetFileName).ToArray());
            var (_, again, _) = await RunAsync("sim", "run", "sos-twice", "--seed", "4", "--json");
            Assert.AreEqual(result.GetProperty("hash").GetString(), JsonDocument.Parse(again).RootElement.GetProperty("hash").GetString(), "another process, the same bytes");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public async Task What_was_recorded_of_a_world_replays_to_the_same_bytes()
    {
        var trace = Path.Combine(Path.GetTempPath(), "traxxs-" + Guid.NewGuid().ToString("N") + ".trace");
        try
        {
            var (_, recorded, errors) = await RunAsync("sim", "run", "sos-twice", "--seed", "6", "--record", trace, "--no-report", "--json");
            Assert.IsTrue(File.Exists(trace), errors);
            var (exit, replayed, problems) = await RunAsync("sim", "run", "--replay", trace, "--no-report", "--json");
            Assert.AreEqual(0, exit, problems);
            var (first, second) = (JsonDocument.Parse(recorded).RootElement, JsonDocument.Parse(replayed).RootElement);
            foreach (var key in new[] { "hash", "scenario", "seed", "mAhPerDay" }) Assert.AreEqual(first.GetProperty(key).ToString(), second.GetProperty(key).ToString(), key);
            var (wrong, _, _) = await RunAsync("sim", "run", "working-day", "--replay", trace, "--no-report");
            Assert.AreEqual(2, wrong, "its insole was not recorded");
        }
        finally
        {
            File.Delete(trace);
        }
    }

    [TestMethod]
    public async Task Another_processor_time_zone_and_language_give_the_same_bytes_of_every_scenario()
    {
        // Without vector and fused instructions, the nearest to another machine that one machine offers.
        var elsewhere = new Dictionary<string, string> { ["DOTNET_EnableHWIntrinsic"] = "0", ["TZ"] = "Pacific/Auckland", ["LANG"] = "de_DE.UTF-8" };
        var (_, here, _) = await RunAsync(["sim", "hash", "--seed", "11", "--json"]);
        var (_, there, errors) = await RunAsync(["sim", "hash", "--seed", "11", "--json"], elsewhere);
        Assert.AreNotEqual("", there, errors);
        var (ours, theirs) = (Hashes(here), Hashes(there));
        Assert.IsGreaterThanOrEqualTo(12, ours.Count);
        foreach (var (scenario, hash) in ours) Assert.AreEqual(hash, theirs[scenario], scenario);
        var (_, run, _) = await RunAsync(["sim", "run", "garage", "--seed", "11", "--no-report", "--json"]);
        Assert.AreEqual(ours["garage"], JsonDocument.Parse(run).RootElement.GetProperty("hash").GetString(), "the same whether power is noted or not");

        static Dictionary<string, string> Hashes(string json) => JsonDocument.Parse(json).RootElement.GetProperty("hashes").Deserialize<Dictionary<string, string>>()!;
    }

    [TestMethod]
    public async Task The_energy_of_a_day_is_told_beside_other_ways_of_tracking()
    {
        var (exit, output, errors) = await RunAsync("sim", "energy", "--json");
        Assert.AreEqual(0, exit, errors);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.IsGreaterThan(0, result.GetProperty("speedup").GetDouble());
        Assert.IsGreaterThanOrEqualTo(1, result.GetProperty("overOracle").GetDouble());
        CollectionAssert.AreEqual(new[] { "our firmware", "always-on GNSS", "a fix every 70 s", "a fix every 10 min", "oracle" },
            result.GetProperty("ways").EnumerateArray().Select(way => way.GetProperty("name").GetString()).ToArray());
        var missed = result.GetProperty("goalsMissed").GetArrayLength();
        var (withGoals, _, _) = await RunAsync("sim", "energy", "--goals");
        Assert.AreEqual(missed > 0 ? 1 : 0, withGoals);
    }

    [TestMethod]
    public async Task The_schema_and_the_list_are_printed()
    {
        var (exit, schema, _) = await RunAsync("sim", "schema");
        Assert.AreEqual(0, exit);
        Assert.AreEqual("a scenario", JsonDocument.Parse(schema).RootElement.GetProperty("title").GetString());
        var (_, list, _) = await RunAsync("sim", "list");
        var lines = list.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.IsGreaterThanOrEqualTo(12, lines.Length);
        Assert.IsTrue(lines.All(line => line.EndsWith('.')), "a sentence each");
        var (_, listed, _) = await RunAsync("sim", "list", "--json");
        Assert.AreEqual(lines.Length, JsonDocument.Parse(listed).RootElement.GetProperty("scenarios").GetArrayLength());
    }

    [TestMethod]
    [DataRow("sos-twice --gait /nowhere.csv", "nowhere.csv")]
    [DataRow("no-such-day", "neither a file nor a scenario")]
    [DataRow("sos-twice --server http://x", "--server takes mqtt://")]
    public async Task What_cannot_be_run_is_wrong_usage(string arguments, string problem)
    {
        var (exit, output, errors) = await RunAsync(["sim", "run", .. arguments.Split(' ')]);
        Assert.AreEqual(2, exit);
        Assert.AreEqual("", output);
        Assert.Contains(problem, errors);
    }

    [TestMethod]
    public async Task An_expectation_that_fails_is_exit_code_1()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                name: impossible
                people: [ { name: A, route: { points: [[52.0, 5.1]] }, day: [ sit 10m ] } ]
                devices: [ { id: a, wearer: A } ]
                expect: [ { alert: sos, device: a } ]
                """, TestContext.CancellationToken);
            var (exit, output, _) = await RunAsync("sim", "run", file);
            Assert.AreEqual(1, exit);
            Assert.Contains("FAILS", output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private async Task<(int Exit, string Output, string Errors)> RunAsync(string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "traxxs.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
