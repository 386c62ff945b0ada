using Traxxs.Core;
using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Drivers;

namespace Traxxs.Device.Tests;

/// <summary>The composition on simulated chips: what the chips say arrives, what is decided is carried out.</summary>
[TestClass]
public sealed class InsoleTests
{
    private const long MinuteMs = 60_000;

    [TestMethod]
    public void An_insole_at_rest_falls_asleep_with_its_receiver_off()
    {
        var bench = new Bench();
        bench.RunUntil(10 * MinuteMs);
        Assert.AreEqual(MotionState.Stationary, bench.Insole.Tracker.MotionState);
        Assert.AreEqual(AccelerometerMode.WakeOnStride, bench.Insole.Outputs.Accelerometer, "only a stride is worth the end of a deep sleep");
        Assert.IsFalse(bench.Gnss.Powered, "the receiver's supply must be off at rest");
        Assert.IsGreaterThan(0, bench.Insole.Tracker.Scheduler.Taken, "the first fix gives the device its time");
        var steps = bench.Steps;
        bench.RunUntil(40 * MinuteMs);
        Assert.IsLessThan(steps + 20, bench.Steps, "half an hour of rest takes a few steps only");
        bench.RunUntil(240 * MinuteMs);
        Assert.IsInRange(1, 10, bench.DeepSleeps, "four hours of rest are deep sleep, with a start where something is due");
        Assert.AreEqual(0, bench.Insole.Tracker.FailedParts);
    }

    [TestMethod]
    public void A_walk_wakes_it_counts_steps_and_takes_fixes_and_its_end_puts_it_to_sleep()
    {
        var bench = new Bench();
        bench.Foot.WalksFromMs = 5 * MinuteMs;
        bench.Foot.WalksUntilMs = 15 * MinuteMs;
        bench.RunUntil(5 * MinuteMs + 10_000);
        Assert.AreEqual(MotionState.Moving, bench.Insole.Tracker.MotionState);
        Assert.AreEqual(AccelerometerMode.Streaming, bench.Insole.Outputs.Accelerometer);
        var fixesBefore = bench.Insole.Tracker.Scheduler.Taken;
        bench.RunUntil(20 * MinuteMs);
        Assert.IsGreaterThan(8, bench.Insole.Tracker.Scheduler.Taken - fixesBefore);
        Assert.IsInRange(520u, 560u, bench.Insole.Tracker.StepsTotal);
        Assert.AreEqual(MotionState.Stationary, bench.Insole.Tracker.MotionState);
        Assert.IsFalse(bench.Gnss.Powered);
        Assert.AreEqual(0, bench.Gnss.BytesOverrun, "the line must be read often enough");
    }

    [TestMethod]
    public void An_SOS_press_reaches_the_server_and_the_wearer_feels_it()
    {
        var bench = new Bench();
        bench.RunUntil(2 * MinuteMs);
        var stored = bench.Uplink.Stored.Count;
        bench.Signals.Sos = 1;
        bench.RunUntil(bench.NowMs + 5_000);
        Assert.IsGreaterThan(stored, bench.Uplink.Stored.Count);
        Assert.Contains(IndicatorPattern.AlarmSending, bench.Indicator.Shown);
    }

    [TestMethod]
    public void Reports_wait_out_a_dead_zone_and_a_restart_and_are_all_delivered()
    {
        var bench = new Bench { };
        bench.Uplink.Coverage = false;
        bench.Foot.WalksFromMs = MinuteMs;
        bench.Foot.WalksUntilMs = 31 * MinuteMs;
        bench.RunUntil(40 * MinuteMs);
        var waiting = bench.Insole.Tracker.Queue.Count;
        Assert.IsGreaterThan(0, waiting);
        var sequence = bench.Insole.Tracker.Queue.Journal.NextSequence;

        bench.Restart();
        bench.RunUntil(bench.NowMs + MinuteMs);
        Assert.IsGreaterThanOrEqualTo(waiting, bench.Insole.Tracker.Queue.Count, "a restart must lose no accepted report");
        Assert.IsGreaterThanOrEqualTo(sequence, bench.Insole.Tracker.Queue.Journal.NextSequence, "a number must not be given twice");

        bench.Uplink.Coverage = true;
        bench.RunUntil(bench.NowMs + 90 * MinuteMs);
        Assert.AreEqual(0, bench.Insole.Tracker.Queue.Count);
        Assert.IsGreaterThanOrEqualTo(waiting, bench.Uplink.Stored.Count);
    }

    [TestMethod]
    public void An_accelerometer_that_stops_answering_is_reported_and_one_that_answers_again_is_used_again()
    {
        var bench = new Bench();
        bench.RunUntil(MinuteMs);
        bench.Accelerometer.Faults.NakFrom = bench.Accelerometer.Faults.Transfers;
        bench.Foot.WalksFromMs = 2 * MinuteMs;
        bench.RunUntil(60 * MinuteMs);
        Assert.AreNotEqual(0, bench.Insole.Tracker.FailedParts, "a dead accelerometer must be a failed part");

        bench.Accelerometer.Faults.NakFrom = null;
        bench.RunUntil(150 * MinuteMs);
        Assert.AreEqual(0, bench.Insole.Tracker.FailedParts, "an accelerometer that answers again must be well again");
        Assert.AreEqual(MotionState.Moving, bench.Insole.Tracker.MotionState);
    }

    [TestMethod]
    public void A_refused_transfer_at_any_place_of_the_first_minutes_costs_no_exception_and_no_motion()
    {
        var counted = new Bench();
        counted.Foot.WalksFromMs = MinuteMs;
        counted.RunUntil(2 * MinuteMs);
        var transfers = counted.Accelerometer.Faults.Transfers;
        Assert.IsGreaterThan(50, transfers);
        for (var at = 0; at < transfers; at += 1 + at / 40)
        {
            var bench = new Bench();
            bench.Foot.WalksFromMs = MinuteMs;
            bench.Accelerometer.Faults.NakAt = at;
            bench.RunUntil(2 * MinuteMs);
            Assert.AreEqual(MotionState.Moving, bench.Insole.Tracker.MotionState, $"NAK at transfer {at}");
        }
    }

    [TestMethod]
    public void The_receiver_is_configured_once_and_not_again_while_its_backup_supply_lasts()
    {
        var bench = new Bench();
        bench.Foot.WalksFromMs = 5 * MinuteMs;
        bench.Foot.WalksUntilMs = 30 * MinuteMs;
        bench.RunUntil(30 * MinuteMs);
        Assert.AreEqual(1, bench.Gnss.Configurations);
        Assert.IsFalse(bench.Insole.Gnss.ConfigurationFault);
    }

    [TestMethod]
    public void The_battery_is_measured()
    {
        var bench = new Bench();
        bench.FuelGauge.Faults.NakFrom = 0;
        bench.RunUntil(MinuteMs);
        Assert.IsGreaterThan(0, bench.FuelGauge.Faults.Transfers);
        bench.FuelGauge.Faults.NakFrom = null;
        var before = bench.FuelGauge.Faults.Transfers;
        bench.RunUntil(40 * MinuteMs);
        Assert.IsGreaterThanOrEqualTo(before + 2, bench.FuelGauge.Faults.Transfers, "identity, then the values");
    }

    [TestMethod]
    public void An_empty_FIFO_read_twice_in_one_sample_time_is_no_fault()
    {
        var bench = new Bench();
        bench.Foot.WalksFromMs = 0;
        bench.RunUntil(10_000);
        Assert.AreEqual(AccelerometerMode.Streaming, bench.Insole.Outputs.Accelerometer);
        for (var i = 0; i < 30; i++) bench.Insole.Step(bench.NowMs);
        bench.RunUntil(20_000);
        Assert.AreEqual(0, bench.Insole.Tracker.FailedParts);
        Assert.AreEqual(MotionState.Moving, bench.Insole.Tracker.MotionState);
    }

    [TestMethod]
    public void A_step_allocates_nothing_once_the_walk_is_under_way()
    {
        var bench = new Bench();
        bench.Uplink.Coverage = false;
        bench.Foot.WalksFromMs = 0;
        bench.RunUntil(10 * MinuteMs);
        bench.BytesAllocatedInSteps = 0;
        bench.RunUntil(20 * MinuteMs);
        Assert.AreEqual(0, bench.BytesAllocatedInSteps, "bytes allocated by ten minutes of steps: the heap of the device is small");
    }
}
