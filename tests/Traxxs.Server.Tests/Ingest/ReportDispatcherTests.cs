using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Ingest;

[TestClass]
public sealed class ReportDispatcherTests
{
    private readonly MemoryReportStore _store = new();

    [TestMethod]
    public async Task Consumers_are_told_every_report_in_the_order_of_arrival_one_after_the_other()
    {
        var told = new List<string>();
        await Fill(1, 600);
        await using var dispatcher = Dispatcher(0, new Consumer("a", told), new Consumer("b", told));
        dispatcher.Pump();
        Assert.HasCount(1200, told);
        for (var i = 0; i < 600; i++)
        {
            Assert.AreEqual($"a{i + 1}", told[2 * i]);
            Assert.AreEqual($"b{i + 1}", told[2 * i + 1]);
        }

        Assert.AreEqual(_store.LastPosition, dispatcher.Position);
    }

    [TestMethod]
    public async Task It_begins_behind_its_start_and_goes_on_where_it_stood()
    {
        var told = new List<string>();
        await Fill(1, 3);
        await using var dispatcher = Dispatcher(_store.LastPosition, new Consumer("", told));
        dispatcher.Pump();
        Assert.IsEmpty(told);
        await Fill(4, 2);
        dispatcher.Pump();
        dispatcher.Pump();
        CollectionAssert.AreEqual(new[] { "4", "5" }, told);
    }

    [TestMethod]
    public async Task A_consumer_that_fails_costs_itself_one_report_and_nobody_else_any()
    {
        var told = new List<string>();
        await Fill(1, 3);
        await using var dispatcher = Dispatcher(0, new Consumer("bad", told, failsOn: 2), new Consumer("good", told));
        dispatcher.Pump();
        CollectionAssert.AreEqual(new[] { "bad1", "good1", "good2", "bad3", "good3" }, told);
        Assert.AreEqual(1, dispatcher.PassedOver);
    }

    [TestMethod]
    public async Task A_stored_frame_that_does_not_decode_is_counted_and_passed_over()
    {
        var told = new List<string>();
        await _store.AppendAsync(new ReportRecord("d", 0, 1, 0, null, null, null, 0, new byte[] { 1 }));
        await Fill(2, 1);
        await using var dispatcher = Dispatcher(0, new Consumer("", told));
        dispatcher.Pump();
        CollectionAssert.AreEqual(new[] { "2" }, told);
        Assert.AreEqual(1, dispatcher.PassedOver);
    }

    [TestMethod]
    public async Task The_thread_tells_reports_and_contacts_without_being_asked()
    {
        var told = new List<string>();
        using var all = new CountdownEvent(51);
        await using var dispatcher = Dispatcher(0, new Consumer("", told, onTold: () => all.Signal()));
        dispatcher.Start();
        await Fill(1, 50);
        dispatcher.ReportStored();
        dispatcher.ContactChanged("d", true, DateTimeOffset.UnixEpoch);
        Assert.IsTrue(all.Wait(TimeSpan.FromSeconds(30)));
        Assert.HasCount(1, told.Where(one => one == "d+").ToList());
    }

    [TestMethod]
    public async Task Who_is_connected_is_told_of_now_while_reports_are_caught_up_with()
    {
        var told = new List<string>();
        await Fill(1, 600);
        ReportDispatcher? dispatcher = null;
        await using (dispatcher = Dispatcher(0, new Consumer("", told, onTold: () =>
        {
            if (told.Count != 1) return;
            dispatcher!.ContactChanged("d", true, DateTimeOffset.UnixEpoch);
            dispatcher.ContactChanged("d", false, DateTimeOffset.UnixEpoch);
        })))
        {
            dispatcher.Pump();
        }

        Assert.HasCount(602, told);
        Assert.AreEqual("256 d+ d- 257", string.Join(' ', told[255..259]), "behind the page under way, in their order");
    }

    private ReportDispatcher Dispatcher(long start, params IReportConsumer[] consumers) => new(_store, consumers, start, NullLogger.Instance);

    private async Task Fill(uint from, uint count)
    {
        for (var sequence = from; sequence < from + count; sequence++)
            await _store.AppendAsync(new ReportRecord("d", 3, sequence, 0, null, null, null, 1, Frames.Make(sequence, 1)));
    }

    private sealed class Consumer(string name, List<string> told, long failsOn = -1, Action? onTold = null) : IReportConsumer
    {
        public void Accept(AcceptedReport report)
        {
            if (report.Sequence == failsOn) throw new InvalidOperationException("a bug");
            told.Add($"{name}{report.Sequence}");
            onTold?.Invoke();
        }

        public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
        {
            told.Add($"{deviceId}{(connected ? '+' : '-')}");
            onTold?.Invoke();
        }
    }
}
