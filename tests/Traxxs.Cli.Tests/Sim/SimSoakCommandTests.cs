using System.Diagnostics;
using System.Text.Json;

namespace Traxxs.Cli.Tests.Sim;

[TestClass]
public sealed class SimSoakCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-soak-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Seeds_that_hold_are_counted_and_another_number_of_jobs_gives_the_same_hash()
    {
        var (exit, output, errors) = await RunAsync("sim", "soak", "--seeds", "3..5", "--minutes-per-seed", "15", "--json");
        Assert.AreEqual(0, exit, errors);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.AreEqual(3, result.GetProperty("seeds").GetInt32());
        Assert.AreEqual(0, result.GetProperty("failedSeeds").GetArrayLength());
        foreach (var key in new[] { "ticks", "faults", "alarms", "alerts", "reports", "kills", "virtualHours", "wallSeconds", "hash" }) Assert.IsTrue(result.TryGetProperty(key, out _), key);
        var (_, again, _) = await RunAsync("sim", "soak", "--seeds", "3..5", "--minutes-per-seed", "15", "--jobs", "1", "--json");
        Assert.AreEqual(result.GetProperty("hash").GetString(), JsonDocument.Parse(again).RootElement.GetProperty("hash").GetString());
    }

    [TestMethod]
    public async Task A_plan_that_fails_is_told_kept_and_cut_down()
    {
        // A cell that is nearly empty, no charger and no network: what waits on the insole cannot come through.
        var plan = Path.Combine(_folder, "plan.yaml");
        await File.WriteAllTextAsync(plan, """
            name: empty
            seed: 1
            store: memory
            duration: 30m
            people:
              - { name: Ann, route: { points: [[52.0, 5.1], [52.01, 5.1]] }, day: [ walk 20m, sit 10m ] }
            devices:
              - { id: ann, wearer: Ann, capacity: 10, battery: 6, profile: { batchAgeS: 30 } }
            faults:
              - { fault: link-down, from: 0s, to: 30m }
              - { fault: gnss-silent, from: 25m, to: 26m }
              - { fault: server-kill, from: 28m, to: 29m }
            """, TestContext.CancellationToken);
        var output = Path.Combine(_folder, "out");
        var (exit, _, errors) = await RunAsync("sim", "soak", "--plan", plan, "--out", output);
        Assert.AreEqual(1, exit, errors);
        Assert.Contains("all-comes-through", errors);
        CollectionAssert.AreEquivalent(new[] { "seed-1.min.yaml", "seed-1.yaml" }, Directory.GetFiles(output).Select(Path.GetFileName).ToArray());

        var small = Path.Combine(_folder, "small.yaml");
        var (cut, json, problem) = await RunAsync("sim", "shrink", plan, "--invariant", "all-comes-through", "--out", small, "--json");
        Assert.AreEqual(0, cut, problem);
        Assert.AreEqual("all-comes-through", JsonDocument.Parse(json).RootElement.GetProperty("invariant").GetString());
        var text = await File.ReadAllTextAsync(small, TestContext.CancellationToken);
        Assert.Contains("battery: 6", text);
        Assert.DoesNotContain("server-kill", text);
        Assert.AreEqual(1, (await RunAsync("sim", "soak", "--plan", small)).Exit, "it still fails");
        Assert.AreEqual(1, (await RunAsync("sim", "shrink", plan, "--invariant", "stored-once")).Exit, "nothing to cut where nothing fails");
    }

    [TestMethod]
    [DataRow("sim", "soak", "--seeds", "9..1")]
    [DataRow("sim", "soak", "--seeds", "all")]
    [DataRow("sim", "soak", "--minutes-per-seed", "1")]
    [DataRow("sim", "soak", "--jobs", "0")]
    [DataRow("sim", "soak", "--plan", "nowhere.yaml")]
    [DataRow("sim", "shrink", "nowhere.yaml")]
    public async Task Wrong_usage_is_told(params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(arguments);
        Assert.AreEqual(2, exit);
        Assert.AreEqual("", output);
        Assert.AreNotEqual("", errors);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "traxxs.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
