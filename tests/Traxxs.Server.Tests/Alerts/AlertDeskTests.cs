using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>What people do with alerts: who may, who was first, and what follows.</summary>
[TestClass]
public class AlertDeskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;
    private readonly Escalator _escalator = Escalations.Of((["log"], 5));
    private readonly AlertDesk _desk;

    public AlertDeskTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _desk = new AlertDesk(_database, _escalator, new ManualClock());
        _database.Write(session =>
        {
            session.AddWearer("wendy", "insole-1");
            session.AddUser("ada");
            session.AddUser("vic", "viewer");
            session.AddUser("wendy", "supervisor", wearer: "wendy");
        });
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void Of_many_who_acknowledge_at_once_one_wins_and_the_others_are_told_who()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = Raise(EventCode.ManDown, 100 + round);
            using var start = new Barrier(8);
            var results = new DeskResult[8];
            // Threads of their own: the pool gives eight only after seconds.
            Task.WaitAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                results[i] = _desk.Acknowledge(Escalations.Person($"person-{i}"), id, null);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray());

            var winner = results.Single(result => result.Outcome == DeskOutcome.Done).Alert!.AcknowledgedBy;
            Assert.HasCount(7, results.Where(result => result.Outcome == DeskOutcome.AlreadyAcknowledged && result.Alert!.AcknowledgedBy == winner).ToList());
            Assert.AreEqual(winner, Find(id).AcknowledgedBy);
            Assert.HasCount(1, _database.Read(session => session.Audit.Read("main", 0, 1000, $"alert:{id}")).Where(entry => entry.Action == "alert.acknowledged").ToList());
            Assert.HasCount(1, _database.Read(session => session.Outbox.OfAlert(id)).Where(entry => entry.Kind == "command").ToList());
        }
    }

    [TestMethod]
    public void Nobody_takes_or_ends_an_alert_that_speaks_of_themselves()
    {
        var id = Raise(EventCode.ManDown, 0);
        var wendy = Escalations.Person("wendy", wearer: "wendy");
        Assert.AreEqual(DeskOutcome.OwnAlert, _desk.Acknowledge(wendy, id, null).Outcome);
        Assert.AreEqual(DeskOutcome.OwnAlert, _desk.Resolve(wendy, id, "I am fine").Outcome);
        Assert.AreEqual(AlertState.Raised, Find(id).State);
        Assert.AreEqual(DeskOutcome.Done, _desk.Comment(wendy, id, "I am fine").Outcome);
        Assert.IsNull(_desk.CheckIn(wendy, "wendy"));
    }

    [TestMethod]
    public void An_alert_is_assigned_to_a_user_who_may_deal_with_it()
    {
        var id = Raise(EventCode.ManDown, 0);
        var ben = Escalations.Person("ben");
        Assert.AreEqual(DeskOutcome.NoSuchAssignee, _desk.Assign(ben, id, "nobody").Outcome);
        Assert.AreEqual(DeskOutcome.NoSuchAssignee, _desk.Assign(ben, id, "vic").Outcome);
        Assert.AreEqual(DeskOutcome.NoSuchAssignee, _desk.Assign(ben, id, "wendy").Outcome, "it is her own");
        Assert.AreEqual(DeskOutcome.Done, _desk.Assign(ben, id, "ada").Outcome);
        Assert.AreEqual("ada", _database.Read(session => session.Alerts.DetailsOf(Find(id), null, null)).AssigneeName);
        Assert.AreEqual(DeskOutcome.Done, _desk.Assign(ben, id, null).Outcome);
    }

    [TestMethod]
    public void Whoever_acknowledges_has_it_unless_somebody_was_given_it()
    {
        var first = Raise(EventCode.ManDown, 0);
        _desk.Acknowledge(Escalations.Person("ada"), first, null);
        Assert.AreEqual("ada", Find(first).Assignee);
        var second = Raise(EventCode.ManDown, 50);
        _desk.Assign(Escalations.Person("ben"), second, "ada");
        _desk.Acknowledge(Escalations.Person("ben"), second, null);
        Assert.AreEqual("ada", Find(second).Assignee);
    }

    [TestMethod]
    public void Who_spoke_with_a_wearer_ends_missed_check_ins_and_starts_the_timer_anew()
    {
        var missed = Raise(EventCode.CheckInMissed, 0);
        var fall = Raise(EventCode.ManDown, 10);
        var ended = _desk.CheckIn(Escalations.Person("ada"), "wendy")!;
        Assert.AreEqual(missed, ended.Single().Id);
        Assert.AreEqual("spoke with the wearer", Find(missed).Resolution);
        Assert.AreEqual(AlertState.Raised, Find(fall).State);
        var command = _database.Read(session => session.Outbox.List("main", null, null, 100)).Select(DeviceCommands.Read).First(item => item?.Code == CommandCode.CheckInReset);
        Assert.IsNotNull(command);
        Assert.IsNull(_desk.CheckIn(Escalations.Person("ada"), "nobody"));
    }

    [TestMethod]
    public void An_alert_shows_what_its_wearers_foot_was_told()
    {
        var id = Raise(EventCode.ManDown, 0);
        Assert.AreEqual("none", Feedback(id));
        Send(CommandCode.AlarmReceived);
        Assert.AreEqual("received", Feedback(id));
        _desk.Acknowledge(Escalations.Person("ada"), id, null);
        Assert.AreEqual("received", Feedback(id));
        Send(CommandCode.AlarmAcknowledged);
        Assert.AreEqual("acknowledged", Feedback(id));
    }

    private void Send(CommandCode code) => _database.Write(session =>
    {
        var entry = session.Outbox.List("main", null, null, 100).First(item => DeviceCommands.Read(item)?.Code == code);
        session.Outbox.Update(entry with { State = OutboxState.Sent, FinishedAt = Reports.Start });
    });

    private string Feedback(string id) => _database.Read(session => Traxxs.Server.Api.AlertView.Of(session, Find(id))).WearerFeedback;

    private Alert Find(string id) => _database.Read(session => session.Alerts.Find("main", id))!;

    private string Raise(EventCode code, double timeS)
    {
        var journal = new AlertJournal(_database, _escalator);
        var engine = journal.Resume([new AlarmEventRule(new FixedRuleBook(RuleSet.Default))]);
        var report = new Reports().Add(timeS, events: [Reports.Event(code, timeS, 60)], sequence: (long)timeS + 1);
        var at = engine.Cursor + 1;
        var moved = new Traxxs.Server.Ingest.AcceptedReport
        {
            Position = at, DeviceId = report.DeviceId, Epoch = 1, Sequence = report.Sequence, ServerTime = report.ServerTime, DeviceTime = report.DeviceTime, Events = report.Events,
        };
        return journal.Commit(engine.Evaluate([moved], at, Reports.At(timeS))).Single().Id;
    }
}
