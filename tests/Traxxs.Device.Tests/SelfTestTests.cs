using Traxxs.Core.Diagnostics;
using Traxxs.Protocol;

namespace Traxxs.Device.Tests;

/// <summary>The self-test of a whole board: a command asks, a report answers with a bit for each part.</summary>
[TestClass]
public sealed class SelfTestTests
{
    private const int MinuteMs = 60_000;

    private uint _commandId;

    [TestMethod]
    public void A_good_board_passes_within_seconds_and_goes_on_as_before()
    {
        var bench = Ready();
        var beganMs = bench.NowMs;
        Assert.AreEqual(0, Test(bench));
        Assert.IsLessThan(beganMs + 20_000, bench.NowMs);
        bench.RunUntil(bench.NowMs + 10 * MinuteMs);
        Assert.AreNotEqual(Traxxs.Core.AccelerometerMode.Streaming, bench.Insole.Outputs.Accelerometer);
        bench.Foot.WalksFromMs = bench.NowMs;
        bench.RunUntil(bench.NowMs + 10_000);
        Assert.AreEqual(Traxxs.Core.Motion.MotionState.Moving, bench.Insole.Tracker.MotionState, "the accelerometer must be in its mode again");
    }

    [TestMethod]
    public void The_push_of_the_chip_is_nobodys_fall()
    {
        var bench = Ready();
        bench.Accelerometer.SelfTestMg = 1400;
        Assert.AreEqual(0, Test(bench));
        bench.RunUntil(bench.NowMs + 5 * MinuteMs);
        Assert.DoesNotContain(EventCode.FallSuspected, Events(bench).Select(one => one.Code).ToList());
        Assert.DoesNotContain(EventCode.MovingSince, Events(bench).Select(one => one.Code).ToList());
    }

    [TestMethod]
    public void A_strange_accelerometer_fails_in_its_three_parts()
    {
        var bench = Ready();
        bench.Accelerometer.Faults.WrongIdentity = 0x41;
        Assert.AreEqual(0b111, Test(bench));
    }

    [TestMethod]
    public void A_proof_mass_that_sticks_fails_by_its_answer_alone()
    {
        var bench = Ready();
        bench.Accelerometer.SelfTestMg = 0;
        Assert.AreEqual(1 << SelfTest.AccelerometerSelfTest, Test(bench));
    }

    [TestMethod]
    public void A_board_that_moves_fails_by_its_noise_alone()
    {
        var bench = Ready();
        bench.Foot.WalksFromMs = bench.NowMs;
        Assert.AreEqual(1 << SelfTest.AccelerometerNoise, Test(bench) & ~(1 << SelfTest.AccelerometerSelfTest));
    }

    [TestMethod]
    public void A_missing_fuel_gauge_fails_by_name()
    {
        var bench = Ready();
        bench.FuelGauge.Faults.NakFrom = 0;
        Assert.AreEqual(1 << SelfTest.FuelGauge, Test(bench));
    }

    [TestMethod]
    public void A_silent_receiver_fails_by_name_once_the_time_is_over()
    {
        var bench = Ready();
        bench.Gnss.Faults.Silent = true;
        Assert.AreEqual(1 << SelfTest.Gnss, Test(bench));
    }

    [TestMethod]
    public void Flash_that_takes_no_more_records_fails_and_the_result_still_arrives()
    {
        var bench = Ready();
        bench.Flash.RefuseAppends = true;
        Assert.AreEqual(1 << SelfTest.Flash, Test(bench));
    }

    [TestMethod]
    public void A_radio_that_finds_nobody_fails_and_says_so_when_it_does()
    {
        var bench = Ready();
        bench.Uplink.Coverage = false;
        bench.RunUntil(bench.NowMs + MinuteMs);
        bench.Insole.Tracker.BeginSelfTest(bench.NowMs);
        bench.RunUntil(bench.NowMs + 3 * MinuteMs);
        bench.Uplink.Coverage = true;
        bench.RunUntil(bench.NowMs + 30 * MinuteMs);
        Assert.AreEqual(1 << SelfTest.Radio, Results(bench).Single());
    }

    private static Bench Ready()
    {
        var bench = new Bench();
        bench.RunUntil(5 * MinuteMs);
        return bench;
    }

    // The command is taken at the next contact, which a press brings about.
    private int Test(Bench bench)
    {
        var before = Results(bench).Count;
        var buffer = new byte[CommandFrame.FrameSizeMax];
        var length = CommandFrame.Write(new Command { Id = ++_commandId, Code = CommandCode.SelfTest }, buffer, 0);
        bench.Uplink.Downlink.Enqueue(buffer[..length]);
        bench.Signals.Sos = 1;
        var limitMs = bench.NowMs + 5 * MinuteMs;
        while (Results(bench).Count == before && bench.NowMs < limitMs) bench.RunUntil(bench.NowMs + 250);
        Assert.HasCount(before + 1, Results(bench), "the result is one event");
        return Results(bench)[^1];
    }

    private static List<int> Results(Bench bench) => [.. Events(bench).Where(one => one.Code == EventCode.SelfTest).Select(one => one.Value)];

    private static List<(EventCode Code, int Value)> Events(Bench bench)
    {
        var events = new List<(EventCode, int)>();
        var report = new Report();
        foreach (var frame in bench.Uplink.Stored)
        {
            Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(frame, 0, frame.Length, report));
            for (var i = 0; i < report.EventCount; i++) events.Add((report.EventCodes[i], report.EventValue[i]));
        }

        return events;
    }
}
