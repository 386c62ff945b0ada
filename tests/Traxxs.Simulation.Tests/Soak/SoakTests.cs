using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Soak;

namespace Traxxs.Simulation.Tests.Soak;

[TestClass]
public sealed class SoakTests
{
    // A seed of 90 minutes takes less than a CPU second: some of each suite's time for this and no more.
    private const int Minutes = 90;

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 8).Select(static seed => new object[] { (ulong)seed });

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void A_fixed_seed_breaks_no_promise(ulong seed) => Holds(seed);

    [TestMethod]
    public void The_seed_of_this_commit_breaks_no_promise() => Holds(SeedOfCommit());

    [TestMethod]
    public void The_same_seed_gives_the_same_plan_and_hash_and_another_seed_others()
    {
        var first = SoakRun.Run(11, 30);
        var again = SoakRun.Run(11, 30);
        var other = SoakRun.Run(12, 30);
        Assert.AreEqual((first.Plan, first.Hash), (again.Plan, again.Hash));
        Assert.AreNotEqual(first.Hash, other.Hash);
    }

    [TestMethod]
    public void A_plan_runs_from_its_file_as_from_its_seed()
    {
        var result = SoakRun.Run(5, 30);
        Assert.AreEqual(result.Hash, SoakRun.Run(result.Plan).Hash);
    }

    [TestMethod]
    public void Every_plan_is_a_scenario_and_between_them_they_have_every_fault()
    {
        var kinds = new HashSet<FaultKind>();
        var stores = new HashSet<SoakStore?>();
        for (var seed = 0UL; seed < 300; seed++)
        {
            var scenario = ScenarioFile.Parse("plan.yaml", SoakPlanner.Plan(seed, SoakPlanner.MinutesUsual));
            kinds.UnionWith(scenario.Faults.Select(fault => fault.Kind));
            stores.Add(scenario.Store);
            Assert.AreEqual(seed, scenario.Seed);
        }

        CollectionAssert.AreEquivalent(Enum.GetValues<FaultKind>(), kinds.ToArray());
        Assert.HasCount(2, stores);
    }

    [TestMethod]
    public void A_fault_of_the_soaks_server_in_an_ordinary_scenario_is_a_mistake_with_a_place()
    {
        var plan = SoakPlans.WithFaults("fault: store-fails, from: 1m, to: 2m").Replace("store: memory\n", "", StringComparison.Ordinal);
        var problem = Assert.ThrowsExactly<ScenarioException>(() => ScenarioFile.Parse("plan.yaml", plan));
        Assert.Contains("sim soak", problem.Message);
        Assert.IsGreaterThan(0, problem.Line);
    }

    private static void Holds(ulong seed)
    {
        var result = SoakRun.Run(seed, Minutes);
        Assert.IsNull(result.Violation, $"traxxs sim soak --seeds {seed} --minutes-per-seed {Minutes}: {result.Violation}");
        Assert.IsGreaterThan(0, result.Reports);
    }

    // Outside of a repository, any seed will do.
    private static ulong SeedOfCommit()
    {
        const ulong constant = 20260302;
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "rev-parse HEAD") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory })!;
            var head = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return ulong.TryParse(head.AsSpan(0, Math.Min(12, head.Length)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var seed) ? seed : constant;
        }
        catch (Win32Exception)
        {
            return constant;
        }
    }
}
