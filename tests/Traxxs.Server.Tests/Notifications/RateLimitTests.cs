using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Notifications;

/// <summary>Three notifications in ten minutes for each recipient.</summary>
[TestClass]
public class RateLimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly Phone _phone = new();
    private readonly OutboxWorker _worker;
    private int _number;

    public RateLimitTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _worker = new OutboxWorker(_database, [_phone], _clock, NullLogger.Instance);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public async Task Beyond_the_limit_news_is_held_back_and_told_in_one_summary_when_it_lifts()
    {
        for (var i = 0; i < 8; i++) Put(AlertSeverity.Warning, "ada");
        await Deliver();
        Assert.AreEqual("w0 w1 w2", _phone.Told("ada"));
        Assert.AreEqual(5, Count(OutboxState.Held));

        await Pass(TimeSpan.FromMinutes(9));
        Assert.AreEqual("w0 w1 w2", _phone.Told("ada"));
        await Pass(TimeSpan.FromMinutes(1));
        Assert.AreEqual("w0 w1 w2 summary(w3,w4,w5,w6,w7)", _phone.Told("ada"));
        Assert.AreEqual(0, Count(OutboxState.Held));
        Assert.IsTrue(Alerts().All(alert => alert.State == AlertState.Notified), "what a summary told is told");
    }

    [TestMethod]
    public async Task A_flood_of_warnings_holds_back_nothing_that_is_more_urgent()
    {
        for (var i = 0; i < 5; i++) Put(AlertSeverity.Warning, "ada");
        await Deliver();
        Put(AlertSeverity.High, "ada");
        Put(AlertSeverity.Critical, "ada");
        Put(AlertSeverity.Warning, "ada");
        await Deliver();
        Assert.AreEqual("w0 w1 w2 c6 h5", _phone.Told("ada"));
    }

    [TestMethod]
    public async Task New_critical_alerts_are_never_held_back_however_many()
    {
        for (var i = 0; i < 10; i++) Put(AlertSeverity.Critical, "ada");
        Put(AlertSeverity.Critical, "ada", "escalated");
        await Deliver();
        Assert.HasCount(10, _phone.Told("ada").Split(' '));
        Assert.AreEqual(1, Count(OutboxState.Held), "but another call for the same may wait");
    }

    [TestMethod]
    public async Task One_recipients_flood_is_not_anothers()
    {
        for (var i = 0; i < 5; i++) Put(AlertSeverity.Warning, "ada");
        Put(AlertSeverity.Warning, "ben");
        await Deliver();
        Assert.AreEqual("w5", _phone.Told("ben"));
    }

    [TestMethod]
    public async Task A_single_notification_held_back_is_told_itself()
    {
        for (var i = 0; i < 4; i++) Put(AlertSeverity.Warning, "ada");
        await Deliver();
        await Pass(TimeSpan.FromMinutes(10));
        Assert.AreEqual("w0 w1 w2 w3", _phone.Told("ada"));
    }

    [TestMethod]
    public async Task What_failed_does_not_count_against_the_limit()
    {
        _phone.Answer = Delivery.Failed("gateway says 503");
        for (var i = 0; i < 3; i++) Put(AlertSeverity.Warning, "ada");
        await Deliver();
        _phone.Answer = Delivery.Taken;
        Put(AlertSeverity.Warning, "ada");
        await Deliver();
        Assert.AreEqual("w3", _phone.Told("ada"));
    }

    [TestMethod]
    public async Task What_a_channel_refuses_for_good_is_a_dead_letter_at_once()
    {
        _phone.Answer = Delivery.Refused("no such number");
        Put(AlertSeverity.Critical, "ada");
        await Deliver();
        Assert.AreEqual(1, Count(OutboxState.Dead));
    }

    [TestMethod]
    public async Task News_that_waited_for_the_end_of_quiet_hours_and_is_none_any_more_is_not_told()
    {
        Put(AlertSeverity.Warning, "ada", due: TimeSpan.FromHours(1));
        _database.Write(session => session.Alerts.Update(Alerts()[0] with { State = AlertState.Resolved }));
        _clock.Advance(TimeSpan.FromHours(2));
        await Deliver();
        Assert.AreEqual("", _phone.Told("ada"));
        Assert.AreEqual(1, Count(OutboxState.Skipped));
    }

    [TestMethod]
    public void What_waits_for_a_channel_that_is_no_more_is_given_up_for_people_to_see()
    {
        Put(AlertSeverity.High, "ada");
        using var ready = new ManualResetEventSlim();
        var worker = new OutboxWorker(_database, [], _clock, NullLogger.Instance);
        worker.Start();
        Assert.AreEqual(1, Count(OutboxState.Dead));
        worker.DisposeAsync().AsTask().Wait();
    }

    private void Put(AlertSeverity severity, string recipient, string kind = "raised", TimeSpan due = default) => _database.Write(session =>
    {
        var name = $"{AlertName(severity)}{_number++}";
        session.Alerts.TryAdd(new Alert
        {
            Id = name, Key = name, DeviceId = "insole-1", Rule = "test", Severity = severity, RaisedAt = _clock.GetUtcNow(), Summary = name, Org = "main",
        });
        session.Outbox.TryAdd(new OutboxEntry
        {
            Key = name + kind, Channel = "phone", Recipient = recipient, Kind = kind, AlertId = name, DueAt = _clock.GetUtcNow() + due, CreatedAt = _clock.GetUtcNow(),
        });
    });

    private static char AlertName(AlertSeverity severity) => severity switch { AlertSeverity.Critical => 'c', AlertSeverity.High => 'h', _ => 'w' };

    private Task Deliver() => _worker.DeliverDueAsync(_phone, CancellationToken.None);

    private async Task Pass(TimeSpan span)
    {
        _clock.Advance(span);
        _worker.Tick(_clock.GetUtcNow());
        await Deliver();
    }

    private int Count(OutboxState state) => (int)_database.Read(session => session.Outbox.CountByState(null)).GetValueOrDefault(state);

    private List<Alert> Alerts() => [.. _database.Read(session => session.Alerts.List("main", new AlertFilter(), null, 100)).Select(row => row.Alert)];

    private sealed class Phone : INotificationChannel
    {
        private readonly List<(string? Recipient, string Text)> _told = [];

        public string Name => "phone";

        public RateLimit? Limit => new(3, TimeSpan.FromMinutes(10));

        public Delivery Answer { get; set; } = Delivery.Taken;

        public string Told(string recipient) => string.Join(' ', _told.Where(item => item.Recipient == recipient).Select(item => item.Text));

        public Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
        {
            if (Answer.Outcome == DeliveryOutcome.Taken)
            {
                _told.Add((entry.Recipient, entry.Kind == "summary" ? $"summary({string.Join(',', NotificationWriter.AlertsOf(entry).Order())})" : alert!.Id));
            }

            return Task.FromResult(Answer);
        }
    }
}
