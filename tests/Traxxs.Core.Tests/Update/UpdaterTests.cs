using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Update;
using Traxxs.Protocol;
using Traxxs.Simulation.Updates;

namespace Traxxs.Core.Tests.Update;

/// <summary>An image over the air: asked for window by window, proved, put on trial, kept or given back; whatever is cut on the way.</summary>
[TestClass]
public class UpdaterTests
{
    [TestMethod]
    public void An_image_is_asked_for_window_by_window_proved_restarted_into_and_kept()
    {
        var bench = new UpdateBench();
        bench.Run(60);
        bench.Offer();
        bench.Run(600, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
        (EventCode, int)[] expected =
        [
            (EventCode.UpdateWants, 0), (EventCode.UpdateWants, 8192), (EventCode.UpdateWants, 16384),
            (EventCode.UpdateReady, (int)UpdateBench.New), (EventCode.UpdateKept, (int)UpdateBench.New),
        ];
        CollectionAssert.AreEqual(expected, bench.News.ToArray());
        Assert.AreEqual(1, bench.Image);
        Assert.AreEqual(1, bench.Boots);
        Assert.AreSequenceEqual(bench.File, bench.Updates.Segment(2)[..bench.File.Length]);
        bench.Boot();
        Assert.AreEqual(1, bench.Image, "kept for good");
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void Each_wish_and_refusal_says_of_which_image()
    {
        var bench = new UpdateBench();
        bench.Run(60);
        bench.Offer();
        bench.Run(60, () => bench.News.Count() > 1);
        bench.File = [.. bench.File[..8], 0, 1, 0, 9, .. bench.File[12..]];      // another image, whose signature is not good
        bench.Offer(UpdateBench.New + 8);
        bench.Run(600, () => bench.News.Last().Code == EventCode.UpdateRefused);
        bench.Offer(UpdateBench.Factory);
        bench.Run(30);
        var events = bench.Rig.Server.Events().Select(one => (one.Code, one.Value)).ToList();
        var named = Enumerable.Range(1, events.Count - 1).Where(i => events[i].Code is EventCode.UpdateWants or EventCode.UpdateRefused).Select(i => (events[i].Code, events[i - 1])).ToList();
        Assert.IsTrue(named.All(one => one.Item2.Code == EventCode.UpdateVersion), string.Join(", ", events));
        Assert.AreEqual((EventCode.UpdateWants, (int)UpdateBench.New), (named[0].Code, named[0].Item2.Value));
        Assert.AreEqual((EventCode.UpdateRefused, (int)UpdateBench.New + 8), (named[^2].Code, named[^2].Item2.Value));
        Assert.AreEqual((EventCode.UpdateRefused, (int)UpdateBench.Factory), (named[^1].Code, named[^1].Item2.Value));
    }

    [TestMethod]
    public void A_kept_image_that_comes_up_may_fail_to_as_often_as_before()
    {
        var bench = Updated();
        for (var start = 0; start < 3 * BootRecord.TriesMax; start++)
        {
            bench.Boot();
            Assert.AreEqual(1, bench.Image);
            bench.Run(2);
        }

        var record = new BootRecord(bench.Updates, UpdateBench.Factory);
        record.Load();
        Assert.AreEqual(BootRecord.TriesMax, (int)record.Tries);
    }

    [TestMethod]
    public void The_next_image_goes_beside_the_one_that_runs_and_not_on_it()
    {
        var bench = Updated();
        bench.File = SignedFile.Make(UpdateBench.New + 1, new byte[9000], UpdateBench.Key);
        bench.Offer(UpdateBench.New + 1);
        bench.Run(600, () => bench.News.Last().Code == EventCode.UpdateKept && bench.Image == 2);
        Assert.AreEqual(2, bench.Image);
        bench.Run(60);
        bench.Updates.TryErase(3);      // it can no longer be read: what Boot finds
        var record = new BootRecord(bench.Updates, UpdateBench.Factory);
        Assert.AreEqual(2, record.Choose(woken: true));
        record.Fail(forGood: true);
        Assert.AreEqual(1, record.Choose(woken: true), "the image before it runs again");
        record.Fail(forGood: true);
        Assert.AreEqual(0, record.Choose(woken: true), "at last the factory's");
    }

    [TestMethod]
    [DataRow("malformed", UpdateRefusal.Malformed)]
    [DataRow("too long", UpdateRefusal.Malformed)]
    [DataRow("not newer", UpdateRefusal.NotNewer)]
    [DataRow("no key", UpdateRefusal.NoKey)]
    [DataRow("no memory", UpdateRefusal.NoRoom)]
    [DataRow("battery", UpdateRefusal.BatteryLow)]
    [DataRow("flash", UpdateRefusal.Flash)]
    [DataRow("flash later", UpdateRefusal.Flash)]
    [DataRow("signature", UpdateRefusal.Signature)]
    [DataRow("other key", UpdateRefusal.Signature)]
    [DataRow("bit flip", UpdateRefusal.Signature)]
    [DataRow("board", UpdateRefusal.WrongBoard)]
    [DataRow("other version inside", UpdateRefusal.Malformed)]
    public void What_cannot_be_taken_is_refused_by_name_and_the_firmware_goes_on(string what, UpdateRefusal refusal)
    {
        var bench = new UpdateBench(3000);
        if (what == "no key") bench.PublicKey = null;
        if (what == "no memory") bench.FreeMemory = 20_000;
        if (what == "battery") bench.Rig.BatteryPercent = Updater.BatteryMinPercent - 1;
        if (what == "signature") bench.File[^1] ^= 1;
        if (what == "board") bench.File[5] = 2;
        using var other = System.Security.Cryptography.RSA.Create(2048);
        if (what == "other key") bench.File = SignedFile.Make(UpdateBench.New, new byte[3000], other);
        if (what == "other version inside") bench.File = SignedFile.Make(UpdateBench.New + 1, new byte[3000], UpdateBench.Key);
        bench.Boot();
        bench.Run(60);
        if (what == "flash") bench.Updates.RefuseAppends = true;
        if (what == "flash later") bench.Rig.BeforeStep += _ => bench.Updates.RefuseAppends = bench.Rig.Uplink.Updater!.Length > 1000;
        if (what == "bit flip") bench.Rig.BeforeStep += _ => bench.Updates.Segment(2)[500] = bench.State == UpdateState.Taking && bench.Rig.Uplink.Updater!.Length > 2000 ? (byte)~bench.File[500] : bench.Updates.Segment(2)[500];
        bench.Offer(what == "not newer" ? UpdateBench.Factory : UpdateBench.New, what == "malformed" ? 272 : what == "too long" ? SignedImage.FileSizeMax + 1 : null);
        if (what == "other version inside") bench.Serves = false;
        bench.Run(20);
        if (what == "other version inside") for (var offset = 0; offset < bench.File.Length; offset += 128) bench.Rig.Server.Downlink.Add(UpdateBench.Block(UpdateBench.New, offset, bench.File.AsSpan(offset, Math.Min(128, bench.File.Length - offset))));
        bench.Run(200, () => bench.News.Any(n => n.Code == EventCode.UpdateRefused));
        Assert.AreEqual((EventCode.UpdateRefused, (int)refusal), bench.News.Last());
        Assert.AreEqual(UpdateState.Idle, bench.State);
        Assert.AreEqual(0, bench.Image);
        bench.Updates.RefuseAppends = false;
        bench.Boot();
        bench.Run(60);
        Assert.AreEqual(0, bench.Image);
        Assert.AreEqual(UpdateState.Idle, bench.State, "what was refused is not taken up again");
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void A_charger_makes_up_for_a_low_battery()
    {
        var bench = new UpdateBench(3000);
        (bench.Rig.BatteryPercent, bench.Rig.Charging) = (Updater.BatteryMinPercent - 1, true);
        bench.Run(60);
        bench.Offer();
        bench.Run(600, () => bench.Image == 1);
        Assert.AreEqual(1, bench.Image);
    }

    [TestMethod]
    public void A_dead_zone_in_the_middle_costs_time_and_nothing_else()
    {
        var bench = new UpdateBench();
        bench.Run(60);
        bench.Offer();
        bench.Run(120, () => bench.Rig.Uplink.Updater!.Length > 9000);
        bench.Rig.Uplink.Coverage = false;
        bench.Rig.Server.Downlink.RemoveAll(frame => frame[1] == (byte)CommandCode.UpdateBlock);
        var there = bench.Rig.Uplink.Updater!.Length;
        bench.Run(1800);
        Assert.IsLessThanOrEqualTo(there + 0, bench.Rig.Uplink.Updater!.Length);
        Assert.AreEqual(UpdateState.Taking, bench.State, "a dead zone is no reason to give up");
        bench.Rig.Uplink.Coverage = true;
        bench.Run(3600, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
        Assert.AreEqual(1, bench.Image);
        Assert.IsTrue(bench.News.Any(n => n == (EventCode.UpdateWants, there)), "it goes on where it was");
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void A_restart_at_any_step_goes_on_where_it_was()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var bench = new UpdateBench(12_000);
            bench.Run(60);
            bench.Offer();
            var restarts = 0;
            bench.Rig.BeforeStep += rig =>
            {
                if (bench.Image == 0 && restarts < 12 && random.Next(8) == 0)
                {
                    restarts++;
                    bench.Boot();
                }
            };
            bench.Run(1800, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
            Assert.AreEqual(1, bench.Image, $"seed {seed}: {string.Join(", ", bench.News)}");
            Assert.IsGreaterThan(3, restarts);
            bench.AssertNothingLost();
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void An_image_that_never_connects_is_given_back_after_its_time_and_taken_again_where_it_may_have_been_the_place(bool senses)
    {
        var bench = new UpdateBench(3000) { NewConnects = false, NewSenses = senses };
        bench.Run(60);
        bench.Offer();
        bench.Run(300, () => bench.Image == 1);
        Assert.AreEqual(1, bench.Image);
        bench.Run(Updater.TrialMs / 1000 - 60);
        Assert.AreEqual(1, bench.Image);
        bench.Run(120, () => bench.Image == 0);
        Assert.AreEqual(0, bench.Image);
        bench.Run(120);
        Assert.AreEqual((EventCode.UpdateReturned, (int)UpdateBench.New), bench.News.Last());
        bench.Boot();
        bench.Run(60);
        Assert.AreEqual(1, bench.News.Count(n => n.Code == EventCode.UpdateReturned), "told once");
        bench.NewConnects = true;
        bench.Offer();
        bench.Run(300, () => bench.News.Last().Code is EventCode.UpdateKept or EventCode.UpdateRefused);
        Assert.AreEqual(senses ? (EventCode.UpdateKept, (int)UpdateBench.New) : (EventCode.UpdateRefused, (int)UpdateRefusal.NotNewer), bench.News.Last());
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void An_image_that_does_not_come_to_a_step_is_tried_three_times_and_given_back()
    {
        var bench = new UpdateBench(3000) { NewStarts = false };
        bench.Run(60);
        bench.Offer();
        bench.Run(300, () => bench.Boots > 0);
        Assert.AreEqual(0, bench.Image);
        Assert.AreEqual(1 + BootRecord.TriesMax, bench.Boots);
        bench.Run(60);
        Assert.AreEqual((EventCode.UpdateReturned, (int)UpdateBench.New), bench.News.Last());
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void A_server_that_sends_nothing_is_asked_ten_times()
    {
        var bench = new UpdateBench(3000) { Serves = false };
        bench.Run(60);
        bench.Offer();
        bench.Run(1200, () => bench.News.Any(n => n.Code == EventCode.UpdateRefused));
        Assert.AreEqual(Updater.AsksMax, bench.News.Count(n => n == (EventCode.UpdateWants, 0)));
        Assert.AreEqual((EventCode.UpdateRefused, (int)UpdateRefusal.GaveUp), bench.News.Last());
        Assert.AreEqual(UpdateState.Idle, bench.State);
    }

    [TestMethod]
    public void Blocks_twice_out_of_order_or_of_another_version_are_ignored()
    {
        var bench = new UpdateBench(3000) { Serves = false };
        bench.Run(60);
        bench.Offer();
        bench.Run(5);
        var updater = bench.Rig.Uplink.Updater!;
        byte[] Block(uint version, int offset) => UpdateBench.Block(version, offset, bench.File.AsSpan(offset, Command.BlockSizeMax));
        foreach (var frame in new[] { Block(UpdateBench.New, 128), Block(UpdateBench.New, 0), Block(UpdateBench.New, 0), Block(UpdateBench.New + 1, 128), Block(UpdateBench.New, 256) })
            Assert.IsTrue(updater.TakeBlock(frame, frame.Length), "a block, taken or not, is no command");
        Assert.AreEqual(128, updater.Length);
        Assert.IsFalse(updater.TakeBlock([0x10, (byte)CommandCode.Reboot, 1], 3));
    }

    [TestMethod]
    public void An_alarm_goes_first_and_the_restart_waits_until_the_server_has_it()
    {
        var bench = new UpdateBench(3000);
        bench.Run(60);
        bench.Rig.Server.AnswersAlarms = false;
        bench.Offer();
        bench.Run(200);
        Assert.AreEqual(UpdateState.Ready, bench.State);
        Assert.AreEqual(0, bench.Boots, "somebody called for help and has no answer yet");
        bench.Rig.Server.AnswersAlarms = true;
        bench.Run(600, () => bench.Image == 1);
        Assert.AreEqual(1, bench.Image);
        Assert.AreEqual(1, bench.Rig.Server.CountOf(EventCode.Sos));
        bench.AssertNothingLost();
    }

    [TestMethod]
    public void Another_offer_takes_the_place_of_the_one_that_is_taken()
    {
        var bench = new UpdateBench(20_000);
        bench.Run(60);
        bench.Offer();
        bench.Run(60, () => bench.Rig.Uplink.Updater!.Length > 4000);
        bench.Rig.Server.Downlink.Clear();
        bench.File = SignedFile.Make(UpdateBench.New + 1, new byte[5000], UpdateBench.Key);
        bench.Offer(UpdateBench.New + 1);
        bench.Run(600, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
        Assert.AreEqual((EventCode.UpdateKept, (int)UpdateBench.New + 1), bench.News.Last());
    }

    [TestMethod]
    public void No_deep_sleep_while_an_image_is_taken_or_on_trial_and_deep_sleep_again_afterwards()
    {
        var bench = new UpdateBench(3000) { Serves = false };
        bench.Run(60);
        bench.Offer();
        var deep = 0;
        bench.Rig.BeforeStep += rig => deep += rig.Uplink.Updater!.IsBusy && rig.Outputs.Rest == Core.RestMode.DeepSleep ? 1 : 0;
        bench.Run(200);
        bench.Serves = true;
        bench.Run(600, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
        Assert.AreEqual(0, deep);
        bench.Run(2400, () => bench.Rig.Outputs.Rest == Core.RestMode.DeepSleep);
        Assert.AreEqual(Core.RestMode.DeepSleep, bench.Rig.Outputs.Rest);
    }

    [TestMethod]
    public void A_wake_reads_nothing_of_updates_until_one_is_offered()
    {
        var bench = Updated();
        bench.Run(2400, () => bench.Rig.Outputs.Rest == Core.RestMode.DeepSleep);
        var (reads, asked) = (bench.Updates.Reads, bench.Asked);
        bench.Wake();
        bench.Run(60);
        Assert.AreEqual((reads, asked), (bench.Updates.Reads, bench.Asked));
        bench.Offer();
        bench.Run(60);
        Assert.AreEqual((EventCode.UpdateRefused, (int)UpdateRefusal.NotNewer), bench.News.Last(), "the record is known once it matters");
        bench.File = SignedFile.Make(UpdateBench.New + 1, new byte[9000], UpdateBench.Key);
        bench.Offer(UpdateBench.New + 1);
        bench.Run(600, () => bench.Image == 2);
        Assert.AreEqual(2, bench.Image);
    }

    private static UpdateBench Updated()
    {
        var bench = new UpdateBench(3000);
        bench.Run(60);
        bench.Offer();
        bench.Run(600, () => bench.News.Any(n => n.Code == EventCode.UpdateKept));
        bench.Run(60);
        return bench;
    }
}
