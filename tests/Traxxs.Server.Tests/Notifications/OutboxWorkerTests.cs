using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Notifications;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public class OutboxWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly Stub _channel = new();
    private readonly OutboxWorker _worker;

    public OutboxWorkerTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _worker = new OutboxWorker(_database, [_channel], _clock, NullLogger.Instance);
        RaiseAnSos(_database, "stub");
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public async Task An_alert_is_notified_when_a_channel_took_it()
    {
        Alert? told = null;
        _worker.Changed += alert => told = alert;
        await Deliver();
        Assert.AreEqual(AlertState.Notified, TheAlert.State);
        Assert.AreEqual(Reports.Start, TheAlert.NotifiedAt);
        Assert.AreEqual(TheAlert.Id, told!.Id);
        Assert.AreEqual(OutboxState.Sent, TheEntry.State);
        await Deliver();
        Assert.AreEqual(1, _channel.Attempts);
    }

    [TestMethod]
    public async Task A_failure_is_tried_again_with_doubling_waits_and_then_kept_as_a_dead_letter()
    {
        _channel.Answer = () => Delivery.Failed("gateway says 503");
        var waits = new List<double>();
        for (var guard = 0; TheEntry.State == OutboxState.Pending && guard < 100; guard++)
        {
            var attempts = _channel.Attempts;
            await Deliver();
            if (TheEntry.State != OutboxState.Pending) break;
            Assert.AreEqual(attempts + 1, _channel.Attempts);
            var wait = TheEntry.DueAt - _clock.GetUtcNow();
            waits.Add(wait.TotalSeconds);
            _clock.Advance(wait - TimeSpan.FromSeconds(1));
            await Deliver();
            Assert.AreEqual(attempts + 1, _channel.Attempts, "not before its time");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.AreEqual("5 10 20 40 80 100 100", string.Join(' ', waits));
        Assert.AreEqual(OutboxState.Dead, TheEntry.State);
        Assert.AreEqual("gateway says 503", TheEntry.LastError);
        Assert.AreEqual(AlertState.Raised, TheAlert.State);
        Assert.AreEqual("notification.given-up", _database.Read(session => session.Audit.Read(null, 0, 100))[^1].Action);
    }

    [TestMethod]
    public async Task An_entry_whose_outcome_cannot_be_written_is_put_off_and_those_behind_it_are_delivered()
    {
        var answers = new Queue<Delivery>([Delivery.Refused("no such number"), Delivery.Taken]);
        _channel.Answer = answers.Dequeue;
        _worker.GivenUp = (_, _, _) => throw new FormatException("a policy nobody can read");
        PutBehind("behind");
        await Deliver();
        Assert.AreEqual(OutboxState.Sent, Find("behind").State);
        Assert.AreEqual((OutboxState.Pending, 1, "a policy nobody can read"), (TheEntry.State, TheEntry.Attempts, TheEntry.LastError));
        Assert.IsGreaterThan(_clock.GetUtcNow(), TheEntry.DueAt, "it is not tried without a pause");
    }

    // A process that was frozen in an attempt, and the one that took over meanwhile.
    [TestMethod]
    [DataRow(OutboxState.Sent)]
    [DataRow(OutboxState.Skipped)]
    public async Task Who_comes_late_with_an_attempt_reopens_nothing_that_is_over(OutboxState became)
    {
        _channel.Answer = () =>
        {
            _database.Write(session => session.Outbox.Update(TheEntry with { State = became, Attempts = 1, FinishedAt = _clock.GetUtcNow() }));
            return Delivery.Failed("cut off");
        };
        await Deliver();
        Assert.AreEqual((became, 1, (string?)null), (TheEntry.State, TheEntry.Attempts, TheEntry.LastError));
        _clock.Advance(TimeSpan.FromHours(1));
        await Deliver();
        Assert.AreEqual(1, _channel.Attempts, "nobody hears it again");
    }

    [TestMethod]
    public async Task A_channel_s_loop_goes_on_whatever_fails_in_it()
    {
        var fails = true;
        _worker.Changed += _ =>
        {
            if (fails) throw new InvalidOperationException("poison");
        };
        _worker.Start();
        await UntilAsync(() => _worker.Trouble == "stub: poison", "health tells");
        fails = false;
        PutBehind("behind");
        _worker.Wake();
        await UntilAsync(() => Find("behind").State == OutboxState.Sent, "the loop goes on");
        await UntilAsync(() => _worker.Trouble is null, "and says so");
        await _worker.DisposeAsync();
    }

    [TestMethod]
    public async Task A_channel_that_throws_fails_and_a_later_attempt_delivers()
    {
        _channel.Answer = () => throw new HttpRequestException("connection refused");
        await Deliver();
        Assert.AreEqual("connection refused", TheEntry.LastError);
        _channel.Answer = () => Delivery.Taken;
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Deliver();
        Assert.AreEqual(AlertState.Notified, TheAlert.State);
    }

    [TestMethod]
    public async Task What_a_channel_skips_is_neither_tried_again_nor_counted_as_notified()
    {
        _channel.Answer = () => Delivery.Skipped("nobody is watching");
        await Deliver();
        Assert.AreEqual(OutboxState.Skipped, TheEntry.State);
        Assert.AreEqual(AlertState.Raised, TheAlert.State);
    }

    [TestMethod]
    public async Task An_acknowledged_alert_is_not_escalated_any_more()
    {
        await Deliver();
        var journal = new AlertJournal(_database, Escalations.Of((["stub"], 1)));
        journal.Escalate(Reports.At(100));
        new AlertDesk(_database, Escalations.Of((["stub"], 1)), _clock).Acknowledge(Escalations.Person("ada"), TheAlert.Id, null);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await Deliver();
        Assert.AreEqual(1, _channel.Attempts);
    }

    [TestMethod]
    public async Task A_worker_started_after_a_crash_delivers_what_was_left()
    {
        await using var later = new OutboxWorker(_database, [_channel], _clock, NullLogger.Instance);
        var done = new TaskCompletionSource();
        later.Changed += _ => done.TrySetResult();
        later.Start();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.AreEqual(1, _channel.Attempts);
    }

    internal static void RaiseAnSos(ServiceDatabase database, params string[] channels)
    {
        var journal = new AlertJournal(database, Escalations.Of((channels, 1)));
        var engine = journal.Resume([new AlarmEventRule(new FixedRuleBook(RuleSet.Default))]);
        var report = new Reports().Add(0, fixes: [Reports.North(-10, 0)], events: [Reports.Event(EventCode.Sos, -5, 1)]);
        journal.Commit(engine.Evaluate([report], report.Position, Reports.Start));
    }

    private Alert TheAlert => _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 1))[0].Alert;

    private OutboxEntry TheEntry => _database.Read(session => session.Outbox.OfAlert(TheAlert.Id))[0];

    private void PutBehind(string key) => _database.Write(session =>
        session.Outbox.TryAdd(new OutboxEntry { Key = key, Channel = "stub", Kind = "test", DueAt = _clock.GetUtcNow(), CreatedAt = _clock.GetUtcNow() }));

    private OutboxEntry Find(string key) => _database.Read(session => session.Outbox.List(null, null, null, 10)).Single(entry => entry.Key == key);

    private static async Task UntilAsync(Func<bool> wanted, string what)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(120_000L, Environment.TickCount64 - started, $"never: {what}");
            await Task.Delay(10);
        }
    }

    private Task Deliver() => _worker.DeliverDueAsync(_channel, CancellationToken.None);

    private sealed class Stub : INotificationChannel
    {
        public string Name => "stub";

        public RetryPolicy Retry { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(100), 8);

        public Func<Delivery> Answer { get; set; } = () => Delivery.Taken;

        public int Attempts { get; private set; }

        public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
        {
            Attempts++;
            return Task.FromResult(Answer());
        }
    }
}
