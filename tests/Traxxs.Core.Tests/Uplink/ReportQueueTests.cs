using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Uplink;

namespace Traxxs.Core.Tests.Uplink;

[TestClass]
public class ReportQueueTests
{
    private readonly byte[] _frame = new byte[JournalRecord.PayloadSizeMax];

    [TestMethod]
    public void Reports_come_back_in_order_and_leave_only_by_acknowledgement()
    {
        var queue = Open(new MemoryStorage());
        for (uint i = 0; i < 5; i++) Assert.IsTrue(Enqueue(queue, i));
        for (uint i = 0; i < 5; i++)
        {
            Assert.AreEqual(i, Peek(queue));
            Assert.AreEqual(i, Peek(queue), "peeking takes nothing away");
            queue.MarkUnderWay(i);
        }

        Assert.AreEqual(5, queue.Count);
        Assert.IsFalse(queue.TryPeek(_frame, out _, out _));
        queue.ForgetUnderWay();
        Assert.AreEqual(0u, Peek(queue), "a lost link makes everything wait again");
        queue.Acknowledge(2);
        queue.Acknowledge(2);
        queue.Acknowledge(99);
        Assert.AreEqual(4, queue.Count);
    }

    [TestMethod]
    public void An_alarm_overtakes_what_is_not_under_way()
    {
        var queue = Open(new MemoryStorage());
        Enqueue(queue, 0);
        Enqueue(queue, 1);
        Enqueue(queue, 2, alarm: true);
        Enqueue(queue, 3, alarm: true);
        queue.MarkUnderWay(0);
        Assert.AreEqual(2u, Peek(queue));
        queue.MarkUnderWay(2);
        Assert.AreEqual(3u, Peek(queue));
        queue.MarkUnderWay(3);
        Assert.AreEqual(1u, Peek(queue));
    }

    [TestMethod]
    public void A_restart_knows_what_waits_and_what_was_noted()
    {
        var storage = new MemoryStorage();
        var queue = Open(storage);
        for (uint i = 0; i < 6; i++) Enqueue(queue, i);
        foreach (var i in new uint[] { 0, 1, 4 }) queue.Acknowledge(i);
        queue.NoteStored(always: true);
        queue.Acknowledge(5);   // not noted: comes again after the restart

        var again = Open(storage);
        Assert.AreEqual(queue.Journal.Epoch, again.Journal.Epoch);
        Assert.AreEqual(6u + ReportQueue.DirectMax, again.Journal.NextSequence, "numbers that may have gone out without flash are left out");
        CollectionAssert.AreEqual(new uint[] { 2, 3, 5 }, Waiting(again));
    }

    [TestMethod]
    public void The_numbering_survives_when_everything_was_acknowledged_and_erased()
    {
        var storage = new MemoryStorage(segments: 3, segmentSize: 1500);
        var queue = Open(storage);
        for (var i = 0; i < 500; i++)
        {
            var n = queue.Journal.NextSequence;
            Assert.IsTrue(Enqueue(queue, n));
            queue.Acknowledge(n);
            queue.NoteStored(i % 7 == 0);
            if (i % 50 != 0) continue;
            queue = Open(storage);
            Assert.AreEqual(n + 1 + ReportQueue.DirectMax, queue.Journal.NextSequence);
            foreach (var waiting in Waiting(queue)) queue.Acknowledge(waiting);
        }

        Assert.IsTrue(storage.Erases > 10);
        Assert.AreEqual(0, queue.Dropped);
    }

    [TestMethod]
    public void The_epoch_is_new_only_where_the_flash_has_none()
    {
        var storage = new MemoryStorage();
        var first = new ReportQueue(storage, 0xABCD_0001);
        Recover(first);
        var second = new ReportQueue(storage, 0x1111_2222);
        Recover(second);
        Assert.AreEqual(first.Journal.Epoch, second.Journal.Epoch);
        var other = new ReportQueue(new MemoryStorage(), 0x1111_2222);
        Recover(other);
        Assert.AreNotEqual(first.Journal.Epoch, other.Journal.Epoch);
    }

    [TestMethod]
    public void A_full_ring_drops_the_oldest_that_is_no_alarm_and_counts_it()
    {
        var storage = new MemoryStorage(segments: 4, segmentSize: 1024);
        var queue = Open(storage);
        Enqueue(queue, 0, alarm: true);
        for (uint i = 1; i < 200; i++) Assert.IsTrue(Enqueue(queue, i, alarm: i == 50));
        var waiting = Waiting(queue);
        CollectionAssert.Contains(waiting, 0u);
        CollectionAssert.Contains(waiting, 50u);
        CollectionAssert.Contains(waiting, 199u);
        Assert.AreEqual(200, waiting.Count + queue.Dropped);
        CollectionAssert.AreEqual(Enumerable.Range(0, waiting.Count - 2).Select(i => (uint)(199 - (waiting.Count - 3) + i)).ToList(), waiting[2..], "the newest stay");

        CollectionAssert.AreEqual(waiting, Waiting(Open(storage)), "and a restart agrees");
    }

    [TestMethod]
    public void A_ring_full_of_alarms_refuses_and_loses_none()
    {
        var queue = Open(new MemoryStorage(segments: 3, segmentSize: 1024));
        uint n = 0;
        while (Enqueue(queue, n, alarm: true)) n++;
        Assert.IsTrue(n > 10);
        Assert.AreEqual((int)n, queue.Count);
        Assert.AreEqual(0, queue.Dropped);
        Assert.IsTrue(queue.Refused > 0);
        CollectionAssert.AreEqual(Enumerable.Range(0, (int)n).Select(i => (uint)i).ToList(), Waiting(queue));
        for (uint i = 0; i < n; i++)
        {
            queue.Acknowledge(i);
            queue.Release(i);
        }

        Assert.IsTrue(Enqueue(queue, n, alarm: true), "room comes back with the acknowledgements");
    }

    [TestMethod]
    public void More_reports_than_the_index_holds_drop_the_oldest()
    {
        var queue = Open(new MemoryStorage(segments: 64, segmentSize: 4096));
        for (uint i = 0; i < ReportIndex.CountMax + 20; i++) Assert.IsTrue(Enqueue(queue, i));
        Assert.AreEqual(ReportIndex.CountMax, queue.Count);
        Assert.AreEqual(20, queue.Dropped);
        Assert.AreEqual(20u, Peek(queue));
    }

    [TestMethod]
    public void A_power_cut_at_any_append_loses_no_accepted_report_and_gives_no_number_twice()
    {
        for (var at = 1; at <= 70; at++)
        {
            foreach (var tornBytes in new[] { 0, 1, 17, 18, 30, 1000 })
            {
                var storage = new MemoryStorage(segments: 10, segmentSize: 1024) { FailAppendNumber = at, TornBytes = tornBytes, DeadAfterFailure = true };
                var accepted = new List<uint>();
                var queue = new ReportQueue(storage, 7);
                for (var i = 0; i < 20 && !queue.IsRecovered; i++) queue.Recover();
                for (var i = 0; i < 60 && !storage.IsDead && queue.IsRecovered; i++)
                {
                    var sequence = queue.Journal.NextSequence;
                    if (Enqueue(queue, sequence, alarm: i % 9 == 0)) accepted.Add(sequence);
                    if (i % 10 == 9) queue.TrySaveState();
                }

                storage.IsDead = false;
                var again = Open(storage);
                var waiting = Waiting(again);
                CollectionAssert.IsSubsetOf(accepted, waiting, $"append {at}, torn after {tornBytes}");
                Assert.IsTrue(waiting.Count <= accepted.Count + 1, "at most the report that was being written when the power went");
                if (accepted.Count > 0) Assert.IsTrue(again.Journal.NextSequence > accepted[^1]);
                Assert.IsTrue(Enqueue(again, again.Journal.NextSequence), $"append {at}, torn after {tornBytes}: goes on");
                CollectionAssert.IsSubsetOf(accepted, Waiting(Open(storage)));
            }
        }
    }

    [TestMethod]
    public void A_refused_append_is_offered_again_and_nothing_is_doubled()
    {
        for (var at = 2; at <= 40; at++)
        {
            var storage = new MemoryStorage(segments: 4, segmentSize: 1024) { FailAppendNumber = at, TornBytes = at * 7 % 60 };
            var queue = Open(storage);
            for (uint i = 0; i < 30; i++)
            {
                if (!Enqueue(queue, i)) Assert.IsTrue(Enqueue(queue, i), $"append {at}: the second offer of {i}");
                queue.Acknowledge(i >= 8 ? i - 8 : 99);
            }

            CollectionAssert.AreEqual(Enumerable.Range(22, 8).Select(i => (uint)i).ToList(), Waiting(queue));
            CollectionAssert.IsSubsetOf(Waiting(queue), Waiting(Open(storage)));
        }
    }

    [TestMethod]
    public void A_flipped_bit_anywhere_costs_at_most_its_record_and_is_never_accepted()
    {
        var storage = new MemoryStorage(segments: 3, segmentSize: 1200);
        var queue = Open(storage);
        for (uint i = 0; i < 12; i++) Enqueue(queue, i);
        queue.Acknowledge(0);
        queue.NoteStored(true);
        var before = Waiting(queue);
        for (var segment = 0; segment < 3; segment++)
        {
            for (var position = 0; position < storage.LengthOf(segment); position++)
            {
                var damaged = storage.Copy();
                damaged.Segment(segment)[position] ^= (byte)(1 << (position % 8));
                var again = new ReportQueue(damaged, 99);
                Recover(again);
                var waiting = Waiting(again);   // reads every frame and checks its content
                var missing = before.Except(waiting).ToList();
                Assert.IsTrue(missing.Count <= 1, $"segment {segment}, byte {position}: {missing.Count} reports lost");
                Assert.AreEqual(0, waiting.Except(before).Except([0u]).Count(), $"segment {segment}, byte {position}");
                if (again.Journal.Epoch == queue.Journal.Epoch) Assert.IsTrue(again.Journal.NextSequence >= queue.Journal.NextSequence, $"segment {segment}, byte {position}: a number would be given twice");
            }
        }
    }

    [TestMethod]
    public void A_flipped_bit_anywhere_lets_the_next_write_drop_nothing_that_waits()
    {
        for (var count = 16; count < 24; count++)
        {
            var storage = new MemoryStorage(segments: 8, segmentSize: 1200);
            var queue = Open(storage);
            for (uint i = 0; i < count; i++) Enqueue(queue, i);
            var newest = queue.Journal.Segment;
            for (var position = 0; position < storage.LengthOf(newest); position++)
            {
                var damaged = storage.Copy();
                damaged.Segment(newest)[position] ^= 1;
                var again = Open(damaged);
                var waiting = Waiting(again);
                Assert.IsTrue(again.TrySaveState());
                Assert.IsTrue(Enqueue(again, again.Journal.NextSequence));
                Assert.AreEqual(0, again.Dropped, $"{count} reports, byte {position} of segment {newest}");
                CollectionAssert.IsSubsetOf(waiting, Waiting(Open(damaged)), $"{count} reports, byte {position} of segment {newest}, after another start");
            }
        }
    }

    [TestMethod]
    public void A_report_that_rots_in_flash_is_counted_and_not_sent()
    {
        var storage = new MemoryStorage();
        var queue = Open(storage);
        for (uint i = 0; i < 3; i++) Enqueue(queue, i);
        storage.Segment(0)[storage.LengthOf(0) - 5] ^= 1;
        CollectionAssert.AreEqual(new uint[] { 0, 1 }, Waiting(queue));
        Assert.AreEqual(1, queue.Corrupted);
    }

    [TestMethod]
    public void A_storage_that_refuses_to_read_for_a_moment_costs_nothing()
    {
        var storage = new MemoryStorage();
        var queue = Open(storage);
        for (uint i = 0; i < 5; i++) Enqueue(queue, i);
        var again = new ReportQueue(storage, 3);
        storage.RefuseReads = true;
        again.Recover();
        storage.RefuseReads = false;
        Recover(again);
        CollectionAssert.AreEqual(new uint[] { 0, 1, 2, 3, 4 }, Waiting(again));
    }

    [TestMethod]
    [DataRow(1, true)]
    [DataRow(2, true, DisplayName = "twice")]
    [DataRow(40, false, DisplayName = "for long, but not while a restart reads")]
    public void A_read_refused_at_any_operation_loses_no_accepted_report(int refusals, bool alsoAtRestart)
    {
        var plain = Life(new MemoryStorage(segments: 4, segmentSize: 1024), at: 0, refusals, alsoAtRestart);
        Assert.IsTrue(plain > 50, $"{plain} reads");
        for (var at = 1; at <= plain; at++) Life(new MemoryStorage(segments: 4, segmentSize: 1024), at, refusals, alsoAtRestart);
    }

    // Contacts, then a dead zone in which the ring goes round and alarms move, with a restart in it, then contacts again. Returns the
    // reads of the operations meant.
    private int Life(MemoryStorage storage, int at, int refusals, bool alsoAtRestart)
    {
        var reads = 0;
        var counts = true;
        storage.RefusesRead = (_, _) => counts && ++reads >= at && reads < at + refusals && at > 0;
        var accepted = new List<(uint Sequence, bool Alarm)>();
        var delivered = new HashSet<uint>();
        var dropped = 0;
        var queue = Restart();
        for (var i = 0; i < 110; i++)
        {
            Accept(i % 9 == 0);
            if (i == 70)
            {
                dropped += queue.Dropped + queue.Corrupted;
                queue = Restart();
            }

            if (i < 20 || i > 90) Contact(1);
        }

        Contact(40);
        dropped += queue.Dropped + queue.Corrupted;
        foreach (var (sequence, alarm) in accepted) Assert.IsTrue(!alarm || delivered.Contains(sequence), $"read {at}: alarm {sequence} is lost");
        Assert.AreEqual(accepted.Count, delivered.Count + dropped, $"read {at}: what was not delivered was dropped by the full ring, and counted");
        Assert.IsTrue(dropped is > 10 and < 60, $"{dropped} dropped");
        Assert.AreEqual(0, queue.Count);
        return reads;

        ReportQueue Restart()
        {
            counts = alsoAtRestart;
            var made = Open(storage);
            counts = true;
            return made;
        }

        void Accept(bool alarm)
        {
            for (var offer = 0; offer < 100; offer++)
            {
                var sequence = queue.Journal.NextSequence;
                if (!Enqueue(queue, sequence, alarm)) continue;
                accepted.Add((sequence, alarm));
                return;
            }

            Assert.Fail($"read {at}: nothing is accepted any more");
        }

        void Contact(int steps)
        {
            for (; steps > 0; steps--)
            {
                queue.BeginSending();
                while (queue.TryPeek(_frame, out var sequence, out var length))
                {
                    CollectionAssert.AreEqual(Content(sequence), _frame[..length], $"frame of {sequence}");
                    Assert.IsTrue(delivered.Add(sequence), $"read {at}: {sequence} is sent twice");
                    queue.Acknowledge(sequence);
                    queue.Release(sequence);
                }

                queue.NoteStored(true);
                if (queue.LeftAlone > 0) Accept(false);
            }
        }
    }

    [TestMethod]
    public void A_report_that_is_misread_once_is_not_given_up()
    {
        var storage = new MemoryStorage();
        var queue = Open(storage);
        Enqueue(queue, 0);
        storage.RefusesRead = (number, _) =>
        {
            storage.Segment(0)[storage.LengthOf(0) - 5] ^= 1;       // wrong at one read, right at the next
            return false;
        };
        Assert.AreEqual(0u, Peek(queue));
        Assert.AreEqual(0, queue.Corrupted);
    }

    [TestMethod]
    public void A_step_reads_no_more_than_a_few_reports_that_the_storage_refuses()
    {
        var storage = new MemoryStorage(segments: 8);
        var queue = Open(storage);
        for (uint i = 0; i < 100; i++) Enqueue(queue, i);
        storage.RefuseReads = true;
        var rounds = 0;
        for (; queue.LeftAlone < 100 && rounds < 200; rounds++)
        {
            var before = storage.Reads;
            queue.BeginSending();
            Assert.IsFalse(queue.TryPeek(_frame, out _, out _));
            Assert.IsTrue(storage.Reads - before <= ReportQueue.UnreadMax * Journal.ReadsMax);
        }

        Assert.AreEqual(100, queue.LeftAlone, $"after {rounds} steps");
        Assert.AreEqual(100, queue.Count);
        storage.RefuseReads = false;
        Enqueue(queue, 100);
        queue.BeginSending();
        Assert.HasCount(101, Waiting(queue));
    }

    [TestMethod]
    public void The_saved_state_survives_rotation_and_restart()
    {
        var storage = new MemoryStorage(segments: 3, segmentSize: 1024);
        var queue = Open(storage);
        var state = new SavedState(queue.Journal.State);
        for (uint id = 1; id <= 12; id++)
        {
            state.Remember(id);
            Assert.IsTrue(queue.TrySaveState());
        }

        for (uint i = 0; i < 100; i++)
        {
            Enqueue(queue, i);
            queue.Acknowledge(i);
        }

        var again = new SavedState(Open(storage).Journal.State);
        for (uint id = 5; id <= 12; id++) Assert.IsTrue(again.Knows(id));
        Assert.IsFalse(again.Knows(4), "the oldest made room");
        Assert.IsFalse(again.Knows(0));
    }

    private static ReportQueue Open(MemoryStorage storage)
    {
        var queue = new ReportQueue(storage, 0x5EED_0000);
        Recover(queue);
        return queue;
    }

    private static void Recover(ReportQueue queue)
    {
        for (var i = 0; i < 1000 && !queue.Recover(); i++) { }
        Assert.IsTrue(queue.IsRecovered);
    }

    // The content follows from the sequence, so that a wrong frame is noticed.
    private static byte[] Content(uint sequence) => [.. Enumerable.Range(0, 20 + (int)(sequence % 60)).Select(i => (byte)(sequence * 31 + i * 7))];

    private static bool Enqueue(ReportQueue queue, uint sequence, bool alarm = false)
    {
        var content = Content(sequence);
        return queue.TryEnqueue(content, 0, content.Length, alarm ? JournalRecord.FlagAlarm : (byte)0, 0);
    }

    private uint Peek(ReportQueue queue)
    {
        Assert.IsTrue(queue.TryPeek(_frame, out var sequence, out var length));
        CollectionAssert.AreEqual(Content(sequence), _frame[..length], $"frame of {sequence}");
        return sequence;
    }

    private List<uint> Waiting(ReportQueue queue)
    {
        var found = new List<uint>();
        queue.ForgetUnderWay();
        while (queue.TryPeek(_frame, out var sequence, out var length))
        {
            CollectionAssert.AreEqual(Content(sequence), _frame[..length], $"frame of {sequence}");
            found.Add(sequence);
            queue.MarkUnderWay(sequence);
        }

        queue.ForgetUnderWay();
        found.Sort();
        return found;
    }
}
