using Traxxs.Server.Alerts;
using Traxxs.Simulation.Soak;

namespace Traxxs.Simulation.Tests.Soak;

/// <summary>The soak is worth what it finds: a bug is planted, and it must name the promise that is broken.</summary>
[TestClass]
public sealed class PlantedBugTests
{
    private const string CrashBeforeCommit = "fault: server-crash, at: 12m, moment: before-commit, for: 30s";

    [TestMethod]
    [DataRow("memory")]
    [DataRow("sqlite")]
    public void Every_kind_of_trouble_at_once_breaks_no_promise_where_nothing_is_planted(string store)
    {
        var plan = SoakPlans.WithFaults(
            CrashBeforeCommit,
            "fault: server-crash, at: 14m, moment: torn-commit, for: 10s",
            "fault: server-crash, at: 20m, moment: after-commit, for: 10s",
            "fault: server-crash, at: 24m, moment: before-rules, for: 10s",
            "fault: server-crash, at: 28m, moment: torn-journal, for: 10s",
            "fault: server-crash, at: 40m, moment: after-journal, for: 10s",
            "fault: store-fails, from: 31m, to: 33m",
            "fault: store-full, from: 34m, to: 35m",
            "fault: journal-full, from: 29m, to: 36m",
            "fault: channel-fails, from: 10m, to: 40m, percent: 50",
            "fault: frame-twice, from: 0s, to: 1h",
            "fault: frame-late, from: 42m, to: 45m, by: 90s, percent: 50",
            "fault: session-takeover, at: 50m",
            "fault: power-cut, at: 51m",
            "fault: flash-torn, at: 52m").Replace("store: memory", $"store: {store}", StringComparison.Ordinal);
        var result = SoakRun.Run(plan);
        Assert.IsNull(result.Violation, $"{result.Violation}");
        Assert.IsGreaterThanOrEqualTo(5, result.Kills, "moments must be come to");
        Assert.IsGreaterThan(20, result.Reports);
        Assert.AreEqual(2, result.Alarms);
        Assert.IsGreaterThan(10, result.Repeats);
        Assert.AreEqual(1, result.Restarts);
        Assert.AreEqual(result.Hash, SoakRun.Run(plan).Hash, "the same plan and seed give the same bytes");
    }

    [TestMethod]
    public void A_store_that_acknowledges_before_its_commit()
        => Finds(SoakInvariant.AcknowledgedIsStored, SoakPlans.WithFaults(CrashBeforeCommit, "fault: slow-disk, from: 0s, to: 1h, by: 2s"), new SoakParts { Store = store => new EarlyStore(store) });

    [TestMethod]
    public void A_store_that_takes_a_failed_commit_for_a_good_one()
        => Finds(SoakInvariant.AcknowledgedIsStored, SoakPlans.WithFaults("fault: store-fails, from: 10m, to: 15m"), new SoakParts { Store = store => new CarelessStore(store) });

    [TestMethod]
    public void A_store_that_knows_no_report_again()
        => Finds(SoakInvariant.StoredOnce, SoakPlans.WithFaults("fault: frame-twice, from: 10m, to: 20m"), new SoakParts { Memory = () => new ForgetfulStore() });

    [TestMethod]
    public void A_store_that_never_opens_again()
        => Finds(SoakInvariant.AllComesThrough, SoakPlans.WithFaults().Replace("press sos", "sit 1m", StringComparison.Ordinal), new SoakParts { Store = store => new ClosedStore(store) });

    [TestMethod]
    public void Rules_that_pass_over_reports()
        => Finds(SoakInvariant.AlarmIsAlerted, SoakPlans.WithFaults(), new SoakParts { Rules = rules => [.. rules.Select(rule => rule is AlarmEventRule ? new SkippingRule(rule) : rule)] });

    [TestMethod]
    public void Rules_that_raise_twice()
        => Finds(SoakInvariant.AlertedOnce, SoakPlans.WithFaults(), new SoakParts { Rules = rules => [.. rules.Select(rule => rule is AlarmEventRule ? new StutteringRule(rule) : rule)] });

    [TestMethod]
    public void Rules_that_call_silent_whom_the_server_could_not_hear()
        => Finds(SoakInvariant.SilenceIsTheDevices, SoakPlans.WithFaults("fault: server-kill, from: 20m, to: 40m"),
            new SoakParts { Rules = rules => [.. rules.Select(rule => rule is ContactRule ? new AccusingRule(rule) : rule)] });

    [TestMethod]
    public void A_journal_that_drops_what_was_raised()
        => Finds(SoakInvariant.AlarmIsAlerted, SoakPlans.WithFaults(), new SoakParts
        {
            Commit = (batch, commit) =>
            {
                batch.Raised.Clear();
                return commit(batch);
            },
        });

    [TestMethod]
    public void A_journal_that_tells_of_a_commit_it_did_not_make()
        => Finds(SoakInvariant.NothingThrows, SoakPlans.WithFaults(), new SoakParts { Commit = (batch, commit) => batch.Raised.Count > 0 ? [] : commit(batch) });

    [TestMethod]
    public void A_planned_fault_of_the_flash_costs_what_it_must_and_no_more()
    {
        var plan = SoakPlans.WithFaults("fault: flash-full, from: 14m, to: 20m", "fault: link-down, from: 14m, to: 20m", "fault: flash-flips, at: 29m, bits: 3", "fault: power-cut, at: 30m");
        var result = SoakRun.Run(plan);
        Assert.IsNull(result.Violation, $"{result.Violation}");
        Assert.IsGreaterThanOrEqualTo(2, result.Alerts, "both calls stand, though flash took nothing while the first was made");
    }

    [TestMethod]
    public void A_flash_that_takes_nothing_keeps_no_press()
        => Finds(SoakInvariant.PressIsAccepted, SoakPlans.WithFaults("fault: flash-full, from: 14m, to: 20m", "fault: link-down, from: 14m, to: 20m"), Untold);

    [TestMethod]
    public void A_flash_whose_bits_turn_over_keeps_no_report()
        => Finds(SoakInvariant.AcceptedIsKept, SoakPlans.WithFaults("fault: link-down, from: 5m, to: 40m", "fault: flash-flips, at: 29m, bits: 600", "fault: power-cut, at: 30m"), Untold);

    // A fault that nobody planned is a bug.
    private static SoakParts Untold => new() { Told = plan => plan with { Faults = [] } };

    private static void Finds(string invariant, string plan, SoakParts parts)
    {
        var found = SoakRun.Run(plan, null, parts).Violation;
        Assert.IsNotNull(found, $"the bug is not found: {invariant} must fail");
        Assert.AreEqual(invariant, found.Invariant, found.Detail);
    }
}
