namespace Traxxs.Store.Tests;

/// <summary>What every report store promises. A new implementation inherits this class and says how it is opened.</summary>
public abstract class ReportStoreContract
{
    protected const string Device = "insole-1";

    protected abstract Task<IReportStore> OpenAsync();

    [TestMethod]
    public async Task A_report_reads_back_as_it_was_appended()
    {
        await using var store = await OpenAsync();
        var report = Reports.Make(Device, 7, fixS: (1000, 1060)) with { Epoch = 65535, FixCount = 3 };
        var result = await store.AppendAsync(report);
        Assert.AreEqual(AppendOutcome.Stored, result.Outcome);
        var stored = store.ReadAfter(0, 10).Single();
        Assert.AreEqual(result.Position, stored.Position);
        Reports.AssertSame(report, stored.Report);
        Assert.AreEqual(result.Position, store.LastPosition);
        Assert.AreEqual(1, store.Count());
    }

    [TestMethod]
    public async Task Absent_times_stay_absent_and_the_extremes_of_every_number_survive()
    {
        await using var store = await OpenAsync();
        ReportRecord[] reports =
        [
            Reports.Make(Device, 0) with { DeviceTimeS = null },
            Reports.Make(Device, uint.MaxValue, fixS: (0, 0)) with { DeviceTimeS = 0, ServerTimeMs = 0 },
            Reports.Make(Device, 1, fixS: (uint.MaxValue - 1, uint.MaxValue)) with { DeviceTimeS = uint.MaxValue, Epoch = 0 },
            Reports.Make(Device, 2, fixS: (5, 5)) with { DeviceTimeS = null, Payload = Array.Empty<byte>() },
            Reports.Make(new string('x', 64), 3, payload: new byte[5000]),
        ];
        foreach (var report in reports) await store.AppendAsync(report);
        var stored = store.ReadAfter(0, 10);
        Assert.HasCount(reports.Length, stored);
        for (var i = 0; i < reports.Length; i++) Reports.AssertSame(reports[i], stored[i].Report);
    }

    [TestMethod]
    public async Task The_same_report_again_is_a_duplicate_and_stored_once()
    {
        await using var store = await OpenAsync();
        var first = await store.AppendAsync(Reports.Make(Device, 1));
        var again = await store.AppendAsync(Reports.Make(Device, 1) with { ServerTimeMs = 99 });
        Assert.AreEqual(new AppendResult(AppendOutcome.Duplicate, first.Position), again);
        Assert.AreEqual(1, store.Count());
        Assert.HasCount(1, store.ReadAfter(0, 10));
        Assert.IsEmpty(store.ReadRejected(10));
    }

    [TestMethod]
    public async Task Another_payload_under_a_taken_number_is_a_conflict_and_kept_among_the_rejected()
    {
        await using var store = await OpenAsync();
        var first = await store.AppendAsync(Reports.Make(Device, 1, payload: [1]));
        var other = await store.AppendAsync(Reports.Make(Device, 1, payload: [2]) with { ServerTimeMs = 42 });
        Assert.AreEqual(new AppendResult(AppendOutcome.Conflict, first.Position), other);
        CollectionAssert.AreEqual(new byte[] { 1 }, store.ReadAfter(0, 10).Single().Report.Payload.ToArray());
        var rejected = store.ReadRejected(10).Single();
        Assert.AreEqual((Device, 42L, "Conflict"), (rejected.DeviceId, rejected.ServerTimeMs, rejected.Reason));
        CollectionAssert.AreEqual(new byte[] { 2 }, rejected.Payload);
    }

    [TestMethod]
    public async Task Devices_and_epochs_number_their_reports_apart()
    {
        await using var store = await OpenAsync();
        foreach (var (device, epoch) in new[] { ("a", 0), ("a", 1), ("b", 0), ("A", 0) })
            Assert.AreEqual(AppendOutcome.Stored, (await store.AppendAsync(Reports.Make(device, 5) with { Epoch = epoch })).Outcome);
        Assert.AreEqual(4, store.Count());
        Assert.HasCount(2, store.ReadNewest("a", 10));
        Assert.HasCount(1, store.ReadNewest("A", 10));
    }

    [TestMethod]
    public async Task Appends_complete_in_the_order_queued()
    {
        await using var store = await OpenAsync();
        var completed = new List<int>();
        var done = new TaskCompletionSource();
        const int count = 3000;
        for (var i = 0; i < count; i++)
        {
            Assert.IsTrue(store.TryAppend(Reports.Make(Device, i), (state, _, error) =>
            {
                Assert.IsNull(error);
                completed.Add((int)state!);
                if (completed.Count == count) done.SetResult();
            }, i));
        }

        await done.Task;
        CollectionAssert.AreEqual(Enumerable.Range(0, count).ToList(), completed);
        CollectionAssert.AreEqual(completed, store.ReadAfter(0, count).Select(stored => (int)stored.Report.Sequence).ToList());
    }

    [TestMethod]
    public async Task What_is_acknowledged_can_be_read_at_that_moment()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            var result = await store.AppendAsync(Reports.Make(Device, i, fixS: (i, i)));
            Assert.AreEqual(result.Position, store.LastPosition);
            Assert.AreEqual(result.Position, store.ReadNewest(Device, 1).Single().Position);
            Assert.AreEqual(result.Position, store.ReadByFixTime(Device, i, i, null, 10).Single().Position);
            Assert.AreEqual(result.Position, store.ReadNewestOfEachDevice().Single().Position);
        }
    }

    [TestMethod]
    public async Task Reading_on_from_a_position_sees_every_report_once_whatever_the_page_size()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 100; i++) await store.AppendAsync(Reports.Make($"d{i % 3}", i));
        foreach (var limit in new[] { 1, 7, 100, 1000 })
        {
            var seen = new List<long>();
            for (long position = 0; ;)
            {
                var page = store.ReadAfter(position, limit);
                if (page.Count == 0) break;
                seen.AddRange(page.Select(stored => stored.Report.Sequence));
                position = page[^1].Position;
            }

            CollectionAssert.AreEqual(Enumerable.Range(0, 100).Select(i => (long)i).ToList(), seen);
        }

        Assert.IsEmpty(store.ReadAfter(store.LastPosition, 10));
    }

    [TestMethod]
    [DataRow(100, 200, "1 2 4 3")]
    [DataRow(120, 130, "2 4", DisplayName = "inside a report")]
    [DataRow(90, 100, "1", DisplayName = "the first second counts")]
    [DataRow(200, 300, "4 3 5", DisplayName = "the last second counts")]
    [DataRow(201, 249, "4", DisplayName = "only the long report spans the gap")]
    [DataRow(301, 400, "")]
    public async Task Reports_are_found_by_overlap_with_a_time_range_in_order_of_their_first_fix(int from, int to, string expected)
    {
        await using var store = await OpenAsync();
        (int First, int Last)[] spans = [(100, 110), (115, 150), (160, 200), (118, 300), (250, 260)];
        foreach (var (index, span) in spans.Index()) await store.AppendAsync(Reports.Make(Device, index + 1, fixS: span));
        await store.AppendAsync(Reports.Make(Device, 6));
        await store.AppendAsync(Reports.Make("other", 1, fixS: (100, 300)));
        var found = store.ReadByFixTime(Device, from, to, null, 100);
        Assert.AreEqual(expected, string.Join(' ', found.Select(stored => stored.Report.Sequence)));
    }

    [TestMethod]
    public async Task Pages_by_fix_time_join_without_gap_or_overlap_even_where_first_fix_times_are_equal()
    {
        await using var store = await OpenAsync();
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var first = random.Next(0, 40);
            await store.AppendAsync(Reports.Make(Device, i, fixS: (first, first + random.Next(0, 20))));
        }

        var whole = store.ReadByFixTime(Device, 10, 30, null, 1000).Select(stored => stored.Position).ToList();
        Assert.IsNotEmpty(whole);
        foreach (var limit in new[] { 1, 3, 50 })
        {
            var joined = new List<long>();
            (long, long)? after = null;
            while (store.ReadByFixTime(Device, 10, 30, after, limit) is { Count: > 0 } page)
            {
                joined.AddRange(page.Select(stored => stored.Position));
                after = (page[^1].Report.FirstFixTimeS!.Value, page[^1].Position);
            }

            CollectionAssert.AreEqual(whole, joined);
        }
    }

    [TestMethod]
    public async Task The_newest_of_each_device_is_by_fix_time_and_by_arrival_where_there_is_no_fix()
    {
        await using var store = await OpenAsync();
        await store.AppendAsync(Reports.Make("walker", 1, fixS: (100, 200)));
        await store.AppendAsync(Reports.Make("walker", 2, fixS: (10, 20)));
        await store.AppendAsync(Reports.Make("walker", 3));
        await store.AppendAsync(Reports.Make("silent", 2));
        await store.AppendAsync(Reports.Make("silent", 1));
        var newest = store.ReadNewestOfEachDevice().ToDictionary(stored => stored.Report.DeviceId, stored => stored.Report.Sequence);
        Assert.HasCount(2, newest);
        Assert.AreEqual(1, newest["walker"]);
        Assert.AreEqual(1, newest["silent"]);
        CollectionAssert.AreEqual(new long[] { 3, 2 }, store.ReadNewest("walker", 2).Select(stored => stored.Report.Sequence).ToArray());
    }

    [TestMethod]
    public async Task An_unknown_device_has_nothing()
    {
        await using var store = await OpenAsync();
        Assert.IsEmpty(store.ReadNewest("nobody", 5));
        Assert.IsEmpty(store.ReadByFixTime("nobody", 0, 100, null, 5));
        Assert.IsEmpty(store.ReadNewestOfEachDevice());
        Assert.AreEqual(0, store.LastPosition);
        Assert.AreEqual(0, store.Count());
    }

    [TestMethod]
    public async Task Refused_frames_are_kept_newest_first_and_cut_at_their_bound()
    {
        await using var store = await OpenAsync();
        await store.AppendRejectedAsync(Device, 1, "TooShort", new byte[] { 1 });
        await store.AppendRejectedAsync(Device, 2, "BadChecksum", new byte[RejectedFrames.SizeMax + 1]);
        var rejected = store.ReadRejected(10);
        CollectionAssert.AreEqual(new[] { "BadChecksum", "TooShort" }, rejected.Select(frame => frame.Reason).ToArray());
        Assert.HasCount(RejectedFrames.SizeMax, rejected[0].Payload);
        Assert.HasCount(1, store.ReadRejected(1));
    }

    [TestMethod]
    public async Task A_report_outside_its_stated_ranges_is_refused_before_it_is_queued()
    {
        await using var store = await OpenAsync();
        var valid = Reports.Make(Device, 1, fixS: (1, 2));
        foreach (var wrong in new[] { valid with { DeviceId = "" }, valid with { DeviceId = new string('x', 65) }, valid with { Epoch = 65536 }, valid with { Sequence = 1L << 32 }, valid with { Sequence = -1 }, valid with { LastFixTimeS = null }, valid with { FirstFixTimeS = 3 } })
            Assert.ThrowsExactly<ArgumentException>(() => store.TryAppend(wrong, (_, _, _) => { }, null));
        Assert.AreEqual(0, store.Count());
    }

    [TestMethod]
    public async Task Reports_read_in_the_order_the_device_closed_them_however_they_arrived()
    {
        await using var store = await OpenAsync();
        long[] numbers = [.. Enumerable.Range(0, 300).Select(i => (long)i * 3), uint.MaxValue];
        var order = new Random(6);
        foreach (var number in numbers.OrderBy(_ => order.Next())) await store.AppendAsync(Reports.Make(Device, number));
        await store.AppendAsync(Reports.Make(Device, 5) with { Epoch = 9 });
        await store.AppendAsync(Reports.Make("other", 7));

        var read = new List<long>();
        for (long from = 0; store.ReadBySequence(Device, 3, from, 37) is { Count: > 0 } page; from = read[^1] + 1)
            read.AddRange(page.Select(stored => stored.Report.Sequence));
        CollectionAssert.AreEqual(numbers, read);
        Assert.AreEqual(300, store.ReadBySequence(Device, 3, 299, 1).Single().Report.Sequence);
        Assert.IsEmpty(store.ReadBySequence(Device, 4, 0, 10));
        CollectionAssert.AreEquivalent(
            new[] { new Numbering(3, 0, uint.MaxValue), new Numbering(9, 5, 5) }, store.ReadNumberings(Device).ToArray());
        Assert.IsEmpty(store.ReadNumberings("nobody"));
    }

    [TestMethod]
    public async Task Erased_reports_of_a_device_are_found_by_no_query_and_the_others_stay()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 300; i++)
        {
            await store.AppendAsync(Reports.Make(Device, i, fixS: (1000 + i, 1010 + i)));
            await store.AppendAsync(Reports.Make("other", i, fixS: (1000 + i, 1010 + i)));
        }

        Assert.AreEqual(300, await EraseAsync(store, new ReportErasure(Device), 50));
        Assert.IsEmpty(store.ReadByFixTime(Device, 0, uint.MaxValue, null, 1000));
        Assert.IsEmpty(store.ReadNewest(Device, 1000));
        Assert.IsEmpty(store.ReadBySequence(Device, 3, 0, 1000));
        Assert.IsEmpty(store.ReadNumberings(Device));
        Assert.HasCount(300, store.ReadNewest("other", 1000));
        Assert.HasCount(300, store.ReadAfter(0, 1000));
        Assert.AreEqual("other", store.ReadNewestOfEachDevice().Single().Report.DeviceId);
        Assert.AreEqual(0, await EraseAsync(store, new ReportErasure(Device), 50));
    }

    [TestMethod]
    public async Task What_was_erased_does_not_come_back_when_it_is_sent_again()
    {
        await using var store = await OpenAsync();
        var report = Reports.Make(Device, 7, fixS: (1000, 1060));
        var first = await store.AppendAsync(report);
        await EraseAsync(store, new ReportErasure(Device), 100);
        Assert.AreEqual(new AppendResult(AppendOutcome.Duplicate, first.Position), await store.AppendAsync(report));
        Assert.IsEmpty(store.ReadAfter(0, 10));
        Assert.AreEqual(AppendOutcome.Stored, (await store.AppendAsync(Reports.Make(Device, 8, fixS: (1070, 1080)))).Outcome);
        Assert.AreEqual(8, store.ReadNewest(Device, 10).Single().Report.Sequence);
        Assert.HasCount(1, store.ReadByFixTime(Device, 0, 2000, null, 10));
        Assert.AreEqual(new Numbering(3, 8, 8), store.ReadNumberings(Device).Single());
    }

    [TestMethod]
    public async Task Only_what_was_received_before_a_time_or_speaks_of_a_span_is_erased()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            await store.AppendAsync(Reports.Make(Device, i, fixS: (100_000 + (i * 10), 100_005 + (i * 10))) with { DeviceTimeS = 100_006 + (i * 10), ServerTimeMs = (100_007 + (i * 10)) * 1000 });
        }

        Assert.AreEqual(100, await EraseAsync(store, new ReportErasure(Device) { ReceivedBeforeMs = 101_007_000 }, 30));
        Assert.AreEqual(100, store.ReadByFixTime(Device, 0, uint.MaxValue, null, 1000)[0].Report.Sequence);
        // From within the 151st report to the beginning of the 161st.
        Assert.AreEqual(10, await EraseAsync(store, new ReportErasure(Device) { FromS = 101_503, BeforeS = 101_600 }, 30));
        var left = store.ReadNewest(Device, 1000).Select(stored => stored.Report.Sequence).Order().ToList();
        CollectionAssert.AreEqual(Enumerable.Range(100, 50).Concat(Enumerable.Range(160, 40)).Select(number => (long)number).ToList(), left);
    }

    [TestMethod]
    public async Task Refused_frames_of_an_erased_device_go_too()
    {
        await using var store = await OpenAsync();
        await store.AppendRejectedAsync(Device, 5000, "TooShort", new byte[] { 1 });
        await store.AppendRejectedAsync(Device, 9000, "TooShort", new byte[] { 2 });
        await store.AppendRejectedAsync("other", 5000, "TooShort", new byte[] { 3 });
        await EraseAsync(store, new ReportErasure(Device) { ReceivedBeforeMs = 8000 }, 10);
        Assert.AreEqual("2 3", string.Join(' ', store.ReadRejected(10).Select(frame => frame.Payload[0]).Order()));
    }

    /// <summary>Erases slice after slice; gives how many were erased.</summary>
    protected static async Task<int> EraseAsync(IReportStore store, ReportErasure what, int limit)
    {
        var erased = 0;
        string? next = null;
        do
        {
            var progress = await store.EraseAsync(what, next, limit);
            (erased, next) = (erased + progress.Erased, progress.Next);
        }
        while (next is not null);
        return erased;
    }
}
