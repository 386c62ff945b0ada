using System.Text;
using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Ingest;

[TestClass]
public sealed class ReportIngestTests
{
    private readonly MemoryReportStore _store = new();
    private readonly IngestCounters _counters = new();
    private readonly ManualClock _clock = new();
    private int _told;

    private ReportIngest Ingest => new(_store, _clock, _counters, () => _told++);

    [TestMethod]
    public void A_report_is_stored_as_it_came_with_the_facts_queries_need()
    {
        var frame = Frames.Make(7, fixes: 3);
        Assert.AreEqual(IngestOutcome.Stored, Take(frame));
        var report = _store.ReadAfter(0, 10).Single().Report;
        CollectionAssert.AreEqual(frame, report.Payload.ToArray());
        Assert.AreEqual(("insole-1", 3, 7L, 3), (report.DeviceId, report.Epoch, report.Sequence, report.FixCount));
        Assert.AreEqual(_clock.GetUtcNow().ToUnixTimeMilliseconds(), report.ServerTimeMs);
        Assert.AreEqual(Frames.StartS + 4200L, report.DeviceTimeS);
        Assert.AreEqual((Frames.StartS + 3900L, Frames.StartS + 4020L), (report.FirstFixTimeS!.Value, report.LastFixTimeS!.Value));
        Assert.AreEqual(1, _told);
    }

    [TestMethod]
    public void First_and_last_fix_time_are_the_extremes_also_where_fixes_are_out_of_order()
    {
        var frame = Frames.Make(1, fixes: 3, report => (report.FixTimeS[0], report.FixTimeS[1], report.FixTimeS[2]) = (500, 100, 300));
        Take(frame);
        var report = _store.ReadAfter(0, 10).Single().Report;
        Assert.AreEqual((100L, 500L), (report.FirstFixTimeS!.Value, report.LastFixTimeS!.Value));
    }

    [TestMethod]
    public void A_report_that_does_not_know_the_time_has_no_device_time()
    {
        Take(Frames.Make(1, fixes: 0, report => (report.TimeIsUptime, report.DeviceTimeS) = (true, 90)));
        var report = _store.ReadAfter(0, 10).Single().Report;
        Assert.IsNull(report.DeviceTimeS);
        Assert.IsNull(report.FirstFixTimeS);
    }

    [TestMethod]
    public void The_same_report_again_is_acknowledged_and_nobody_is_told_twice()
    {
        Take(Frames.Make(1));
        Assert.AreEqual(IngestOutcome.Duplicate, Take(Frames.Make(1)));
        Assert.AreEqual((1, 1L, 1L), (_told, _counters.Accepted, _counters.Duplicates));
    }

    [TestMethod]
    public void Another_report_under_a_taken_number_is_kept_among_the_rejected()
    {
        Take(Frames.Make(1, fixes: 2));
        Assert.AreEqual(IngestOutcome.Conflict, Take(Frames.Make(1, fixes: 1)));
        Assert.AreEqual((1, 1L), (_told, _counters.Conflicts));
        Assert.AreEqual("Conflict", _store.ReadRejected(1).Single().Reason);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_report_that_comes_once_as_it_was_closed_and_once_in_true_time_is_one_report(bool closedFirst)
    {
        byte[] closed = Sos(startS: 0, atS: 90), told = Sos(Frames.StartS, atS: 90);
        Assert.AreEqual(IngestOutcome.Stored, Take(closedFirst ? closed : told));
        Assert.AreEqual(IngestOutcome.Duplicate, Take(closedFirst ? told : closed));
        Assert.AreEqual((1L, 0L), (_store.Count(), _counters.Conflicts));
        Assert.AreEqual(IngestOutcome.Conflict, Take(Sos(closedFirst ? Frames.StartS : 0, atS: 91)), "another report");

        static byte[] Sos(uint startS, uint atS) => Frames.Make(1, fixes: 0, report =>
        {
            (report.TimeIsUptime, report.DeviceTimeS) = (startS == 0, startS + 95);
            (report.EventCount, report.EventCodes[0], report.EventTimeS[0], report.EventValue[0]) = (1, EventCode.Sos, startS + atS, 1);
        });
    }

    [TestMethod]
    public void A_frame_that_does_not_decode_costs_only_itself_and_is_kept_under_the_error_s_name()
    {
        var broken = Frames.Make(1);
        broken[^1] ^= 0xFF;
        var expected = new ReportReader().Read(broken, 0, broken.Length, new Report());
        Assert.AreNotEqual(DecodeResult.Ok, expected);
        Assert.AreEqual(IngestOutcome.Rejected, Take(broken));
        Assert.AreEqual(IngestOutcome.Rejected, Take([]));
        Assert.AreEqual(IngestOutcome.Stored, Take(Frames.Make(1)));
        var kept = _store.ReadRejected(10);
        Assert.HasCount(2, kept);
        Assert.AreEqual(expected.ToString(), kept[1].Reason);
        CollectionAssert.AreEqual(broken, kept[1].Payload);
        Assert.AreEqual(2, _counters.Rejected);
        Assert.IsGreaterThanOrEqualTo(1, _counters.RejectedByReason()[expected.ToString()]);
        Assert.AreEqual(1, _told);
    }

    [TestMethod]
    public void A_report_without_identity_cannot_be_stored_once_and_is_refused_by_name()
    {
        Assert.AreEqual(IngestOutcome.Rejected, Take(Frames.Make(1, 1, report => report.HasIdentity = false)));
        Assert.AreEqual("NoIdentity", _store.ReadRejected(1).Single().Reason);
        Assert.AreEqual(1, _counters.RejectedByReason()["NoIdentity"]);
        Assert.AreEqual(0, _store.Count());
    }

    [TestMethod]
    public void While_the_store_is_down_nothing_counts_as_taken_neither_good_frames_nor_bad()
    {
        _store.Fail("the disk is full");
        Assert.AreEqual(IngestOutcome.Unavailable, Take(Frames.Make(1)));
        Assert.AreEqual(IngestOutcome.Unavailable, Take(Encoding.ASCII.GetBytes("not a report")));
        Assert.AreEqual((0, 0L, 2L), (_told, _counters.Accepted, _counters.Unavailable));
        _store.Heal();
        Assert.AreEqual(IngestOutcome.Stored, Take(Frames.Make(1)));
    }

    [TestMethod]
    public async Task Of_what_is_kept_unread_somebody_is_told_before_it_is_acknowledged_and_where_that_fails_it_is_not()
    {
        var (told, fails) = (new List<string>(), true);
        var ingest = new ReportIngest(_store, _clock, _counters, () => { }, (device, reason) =>
        {
            if (fails) throw new StoreUnavailableException("away");
            told.Add($"{device} {reason}");
        });
        byte[][] frames = [Encoding.ASCII.GetBytes("not a report"), Frames.Make(1), Frames.Make(1, fixes: 1), Frames.Make(2, 1, report => report.HasIdentity = false), Frames.Make(1)];
        Assert.AreEqual("Unavailable Stored Unavailable Unavailable Duplicate", await TakeAllAsync());
        fails = false;
        Assert.AreEqual("Rejected Duplicate Conflict Rejected Duplicate", await TakeAllAsync());
        Assert.AreEqual("Conflict NoIdentity UnknownVersion", string.Join(' ', _store.ReadRejected(10).Select(frame => frame.Reason).Order()), "each is kept once, however often it came");
        Assert.AreEqual((2L, 1L), (_counters.Rejected, _counters.Conflicts), "and counted once");
        Assert.HasCount(3, told, "of what can be read nobody is told");
        Assert.AreEqual("insole-1 Conflict,insole-1 NoIdentity", string.Join(',', told[1..]));

        async Task<string> TakeAllAsync()
        {
            var outcomes = new List<IngestOutcome>();
            foreach (var frame in frames)
            {
                var taken = new TaskCompletionSource<IngestOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
                Assert.IsTrue(ingest.TryTake("insole-1", frame, (_, outcome) => taken.SetResult(outcome), null));
                outcomes.Add(await taken.Task);
            }

            return string.Join(' ', outcomes);
        }
    }

    [TestMethod]
    public async Task Where_telling_of_it_fails_for_good_a_refused_frame_is_kept_once_and_answered_like_any_other()
    {
        var ingest = new ReportIngest(_store, _clock, _counters, () => { }, (_, _) => throw new FormatException("a policy nobody can read"));
        foreach (var (frame, expected) in ((byte[], IngestOutcome)[])
            [(Encoding.ASCII.GetBytes("not a report"), IngestOutcome.Rejected), (Frames.Make(1), IngestOutcome.Stored), (Frames.Make(1, fixes: 1), IngestOutcome.Conflict)])
        {
            var taken = new TaskCompletionSource<IngestOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.IsTrue(ingest.TryTake("insole-1", frame, (_, outcome) => taken.SetResult(outcome), null));
            Assert.AreEqual(expected, await taken.Task);
        }

        Assert.HasCount(2, _store.ReadRejected(10));
        Assert.AreEqual((2L, 0L), (_counters.Untold, _counters.Unavailable));
    }

    private IngestOutcome Take(byte[] frame)
    {
        var taken = new TaskCompletionSource<IngestOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.IsTrue(Ingest.TryTake("insole-1", frame, (state, outcome) =>
        {
            Assert.AreEqual("state", state);
            taken.SetResult(outcome); // throws where it is completed twice
        }, "state"));
        Assert.IsTrue(taken.Task.Wait(TimeSpan.FromSeconds(60)), "it is never completed");
        return taken.Task.Result;
    }
}
