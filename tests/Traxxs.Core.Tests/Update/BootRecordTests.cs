using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Update;

[TestClass]
public class BootRecordTests
{
    [TestMethod]
    public void Nothing_on_flash_or_nothing_that_can_be_read_starts_the_factorys_image()
    {
        Assert.AreEqual(0, new BootRecord(new MemoryStorage(4, 1024), 7).Choose(woken: false));
        Assert.AreEqual(0, new BootRecord(new MemoryStorage(4, 1024) { RefuseReads = true }, 7).Choose(woken: false));
    }

    [TestMethod]
    public void A_power_cut_at_every_byte_of_every_write_leaves_the_record_before_or_after()
    {
        // A life of an update: taken, put on trial, two starts, kept. Each write is cut after each number of bytes.
        for (var write = 1; write <= 5; write++)
        {
            for (var torn = 0; torn <= 48; torn += torn < 8 ? 1 : 5)
            {
                var storage = new MemoryStorage(4, 1024) { FailAppendNumber = write, TornBytes = torn, DeadAfterFailure = true };
                var states = new List<string> { State(new BootRecord(storage.Copy(), 7)) };
                var record = new BootRecord(storage, 7);
                for (var step = 0; step < 5 && !storage.IsDead; step++)
                {
                    Advance(record, step);
                    states.Add(State(record));
                }

                var found = new BootRecord(storage.Copy(), 7);
                found.Load();
                Assert.IsTrue(State(found) == states[^1] || State(found) == states[^2], $"write {write} cut after {torn} bytes: {State(found)} is neither {states[^2]} nor {states[^1]}");
            }
        }
    }

    [TestMethod]
    public void Every_flipped_bit_of_the_newer_record_is_found_and_the_older_one_taken()
    {
        var storage = new MemoryStorage(4, 1024);
        var record = new BootRecord(storage, 7);
        Advance(record, 0);
        var before = State(record);
        Advance(record, 1);
        for (var bit = 0; bit < 48 * 8; bit++)
        {
            var copy = storage.Copy();
            copy.Segment(0)[bit / 8] ^= (byte)(1 << bit % 8);   // the second write
            var found = new BootRecord(copy, 7);
            found.Load();
            Assert.AreEqual(before, State(found), $"bit {bit}");
        }
    }

    [TestMethod]
    public void An_image_on_trial_has_three_starts_and_the_one_before_runs_where_they_cannot_be_counted()
    {
        var storage = new MemoryStorage(4, 1024);
        var record = new BootRecord(storage, 7);
        OnTrial(record);
        for (var start = 0; start < BootRecord.TriesMax; start++) Assert.AreEqual(1, new BootRecord(storage, 7).Choose(woken: false));
        var copy = storage.Copy();
        Assert.AreEqual(0, new BootRecord(copy, 7).Choose(woken: false));
        var after = new BootRecord(copy, 7);
        Assert.AreEqual(0, after.Choose(woken: false));
        Assert.AreEqual(8u, after.Failed);

        storage = new MemoryStorage(4, 1024);
        OnTrial(new BootRecord(storage, 7));
        storage.RefuseAppends = true;
        for (var start = 0; start < 10; start++) Assert.AreEqual(0, new BootRecord(storage, 7).Choose(woken: false), "a start that cannot be counted is none");
        storage.RefuseAppends = false;
    }

    [TestMethod]
    public void A_kept_image_that_ends_the_interpreter_while_it_is_loaded_is_given_back_at_the_fourth_start_and_may_be_offered_again()
    {
        var storage = new MemoryStorage(4, 1024);
        Kept(storage);
        for (var wake = 0; wake < 10; wake++) Assert.AreEqual(1, new BootRecord(storage, 7).Choose(woken: true), "a wake costs no write and no start");
        Assert.AreEqual((uint)BootRecord.TriesMax, Loaded(storage).Tries);
        for (var start = 0; start < BootRecord.TriesMax; start++) Assert.AreEqual(1, new BootRecord(storage, 7).Choose(woken: false));
        Assert.AreEqual(0, new BootRecord(storage, 7).Choose(woken: false));
        var after = Loaded(storage);
        Assert.AreEqual((0u, 0u, 0u, (uint)EventCode.UpdateReturned, 8u), (after.Image, after.Previous, after.Failed, after.News, after.NewsValue));
    }

    [TestMethod]
    public void A_kept_image_starts_though_its_starts_cannot_be_counted()
    {
        var storage = new MemoryStorage(4, 1024);
        Kept(storage);
        storage.RefuseAppends = true;
        for (var start = 0; start < 10; start++) Assert.AreEqual(1, new BootRecord(storage, 7).Choose(woken: false));
    }

    [TestMethod]
    public void A_factorys_image_as_new_as_the_chosen_one_is_started_itself()
    {
        var storage = new MemoryStorage(4, 1024);
        var record = new BootRecord(storage, 7);
        OnTrial(record);
        record.Previous = record.Image;
        record.TrySave();
        Assert.AreEqual(1, new BootRecord(storage, 7).Choose(woken: false));
        for (var start = 0; start < 10; start++) Assert.AreEqual(0, new BootRecord(storage, 8).Choose(woken: false), "the board was flashed anew");
        Assert.AreEqual(0u, Loaded(storage).News, "nothing failed");
    }

    [TestMethod]
    public void A_write_that_fails_is_tried_again_in_its_own_place_and_never_over_the_last_good_record()
    {
        var storage = new MemoryStorage(4, 1024);
        var record = new BootRecord(storage, 7);
        Advance(record, 0);
        var good = State(record);
        storage.RefuseAppends = true;
        for (var i = 0; i < 5; i++)
        {
            record.Tries++;
            Assert.IsFalse(record.TrySave());
            var found = new BootRecord(storage, 7);
            found.Load();
            Assert.AreEqual(good, State(found));
        }
    }

    private static void Kept(MemoryStorage storage)
    {
        var record = new BootRecord(storage, 7);
        OnTrial(record);
        record.Previous = record.Image;
        record.TrySave();
    }

    private static BootRecord Loaded(MemoryStorage storage)
    {
        var record = new BootRecord(storage, 7);
        record.Load();
        return record;
    }

    private static void OnTrial(BootRecord record)
    {
        Advance(record, 0);
        Advance(record, 1);
    }

    private static void Advance(BootRecord record, int step)
    {
        switch (step)
        {
            case 0: (record.TakingVersion, record.TakingSize) = (8, 9000); break;
            case 1: (record.TakingVersion, record.Versions[1], record.Image, record.Tries) = (0, 8, 1, BootRecord.TriesMax); break;
            case 4: record.Previous = record.Image; break;
            default: record.Tries--; break;
        }

        record.TrySave();
    }

    private static string State(BootRecord r) => $"{r.Image}/{r.Previous}/{r.Tries} {r.Versions[1]} {r.Versions[2]} {r.Failed} {r.TakingVersion}/{r.TakingSize} {r.News}/{r.NewsValue}";
}
