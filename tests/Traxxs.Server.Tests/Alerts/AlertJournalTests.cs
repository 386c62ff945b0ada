using System.Data.Common;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>Exactly once, across crashes at every moment.</summary>
[TestClass]
public class AlertJournalTests : IDisposable
{
    private static readonly Escalator Policy = Escalations.Of((["log"], 5), (["log", "mail"], 15));

    private static readonly Actor Ada = Escalations.Person("ada");
    private static readonly Actor Ben = Escalations.Person("ben");

    private readonly TemporaryFolder _folder = new();
    private readonly AcceptedReport[] _day = ADay();
    private ServiceDatabase _database;

    public AlertJournalTests() => _database = Open();

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void A_day_raises_the_expected_alerts()
    {
        RunAll(0, 1, null);
        Assert.AreEqual("device-fault geofence-enter geofence-leave low-battery man-down missed-contact sos sos sos", Rules());
    }

    [TestMethod]
    public void Killed_before_or_after_every_commit_the_alerts_are_the_same_and_none_is_doubled()
    {
        RunAll(0, 1, null);
        var expected = Snapshot();
        for (var crash = 0; crash < _day.Length; crash++)
        {
            foreach (var group in (int[])[1, 4, 100])
            {
                foreach (var committed in (bool[])[false, true])
                {
                    Fresh();
                    RunAll(0, group, crash, committed);
                    Assert.AreEqual(expected, Snapshot(), $"killed at report {crash}, groups of {group}, committed: {committed}");
                }
            }
        }
    }

    [TestMethod]
    public void An_engine_that_lost_its_memory_and_reads_everything_again_raises_nothing_new()
    {
        RunAll(0, 1, null);
        var expected = Snapshot();
        var outbox = _database.Read(session => session.Outbox.List(null, null, null, 1000).Count);
        _database.Write(session => session.Rules.Cursor = 0);
        RunAll(0, 3, null);
        Assert.AreEqual(expected, Snapshot());
        Assert.AreEqual(outbox, _database.Read(session => session.Outbox.List(null, null, null, 1000).Count));
    }

    [TestMethod]
    public void What_cannot_be_committed_did_not_happen_and_is_done_when_it_can()
    {
        var journal = new AlertJournal(_database, Policy);
        var engine = journal.Resume(Rules(out _));
        Sql(TestServiceDatabase.RefusesCursor(this));
        var batch = engine.Evaluate(_day, _day[^1].Position, Reports.At(90000));
        Assert.ThrowsExactly<StoreUnavailableException>(() => journal.Commit(batch));
        Assert.AreEqual("", Rules());
        Assert.IsNotNull(_database.LastError);
        _database.Write(_ => { });
        Assert.IsNotNull(_database.LastError, "a commit that needs no room proves none");
        Assert.AreEqual(0, engine.Cursor);

        Sql(TestServiceDatabase.TakesCursorAgain(this));
        journal.Commit(engine.Evaluate(_day, _day[^1].Position, Reports.At(90000)));
        _database.Probe();
        Assert.IsNull(_database.LastError);
        StringAssert.Contains(Rules(), "man-down");
    }

    [TestMethod]
    public void A_second_engine_on_the_same_folder_ends_instead_of_doubling()
    {
        var first = new AlertJournal(_database, Policy);
        var second = new AlertJournal(_database, Policy);
        var one = first.Resume(Rules(out _));
        var two = second.Resume(Rules(out _));
        first.Commit(one.Evaluate(_day[..3], _day[2].Position, Reports.At(0)));
        Assert.ThrowsExactly<RulesOvertakenException>(() => second.Commit(two.Evaluate(_day[..3], _day[2].Position, Reports.At(0))));
    }

    [TestMethod]
    public void Every_alarm_report_gets_one_received_command()
    {
        RunAll(0, 1, 4);
        var commands = _database.Read(session => session.Outbox.List(null, null, null, 1000)).Where(entry => entry.Kind == "command").ToList();
        Assert.HasCount(_day.Count(report => report.Events.Any(item => Alarm.Is(item.Code))), commands);
        Assert.IsTrue(commands.All(entry => DeviceCommands.Read(entry)!.Code == CommandCode.AlarmReceived));
    }

    [TestMethod]
    public void Nobody_acknowledges_and_the_next_tier_is_told_until_somebody_does()
    {
        var journal = new AlertJournal(_database, Policy);
        var engine = journal.Resume(Rules(out _));
        var reports = new Reports();
        journal.Commit(engine.Evaluate([reports.Add(0, events: [Reports.Event(EventCode.Sos, 0, 1)], percent: 5)], 3, Reports.At(0)));

        Assert.IsEmpty(journal.Escalate(Reports.At(299)));
        Assert.AreEqual("sos", journal.Escalate(Reports.At(301)).Single().Rule); // and not the low battery
        Assert.IsEmpty(journal.Escalate(Reports.At(302)));
        var again = journal.Escalate(Reports.At(301 + 901)).Single();
        Assert.AreEqual((1, 2), (again.Tier, again.Told)); // the last tier, again

        var id = _database.Read(session => session.Alerts.List(null, new AlertFilter { Rule = "sos" }, null, 1))[0].Alert.Id;
        var kinds = _database.Read(session => session.Outbox.OfAlert(id)).Select(entry => $"{entry.Kind}/{entry.Channel}");
        Assert.AreEqual("raised/log escalated/log escalated/mail escalated/log escalated/mail", string.Join(' ', kinds));

        new AlertDesk(_database, Policy, new ManualClock()).Acknowledge(Ada, id, null);
        Assert.IsEmpty(journal.Escalate(Reports.At(1e6)));
    }

    [TestMethod]
    public void The_audit_log_refuses_to_be_changed_or_cut()
    {
        RunAll(0, 1, null);
        Assert.IsNotEmpty(_database.Read(session => session.Audit.Read(null, 0, 10)));
        foreach (var sql in (string[])["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"])
        {
            var error = Assert.Throws<DbException>(() => Sql(sql));
            StringAssert.Contains(error.Message, "append-only");
        }
    }

    [TestMethod]
    public void Every_step_of_an_alert_is_in_the_audit_log()
    {
        RunAll(0, 1, null);
        var desk = new AlertDesk(_database, Policy, new ManualClock());
        var id = _database.Read(session => session.Alerts.List(null, new AlertFilter { Rule = "man-down" }, null, 1))[0].Alert.Id;
        desk.Acknowledge(Ada, id, "on my way");
        _database.Write(session => session.AddUser("ben"));
        desk.Assign(Ada, id, "ben");
        desk.Resolve(Ben, id, "found, a sprained ankle");
        var steps = _database.Read(session => session.Audit.Read(null, 0, 100, $"alert:{id}")).Select(entry => $"{entry.Action} {entry.Who}");
        Assert.AreEqual(
            "alert.raised rule:man-down, alert.acknowledged ada, alert.commented ada, alert.assigned ada, alert.resolved ben", string.Join(", ", steps));
    }

    [TestMethod]
    public void The_first_acknowledgement_wins_and_reaches_the_wearer_once()
    {
        RunAll(0, 1, null);
        var desk = new AlertDesk(_database, Policy, new ManualClock());
        var id = _database.Read(session => session.Alerts.List(null, new AlertFilter { Rule = "man-down" }, null, 1))[0].Alert.Id;
        Assert.AreEqual(DeskOutcome.Done, desk.Acknowledge(Ada, id, null).Outcome);
        Assert.AreEqual(DeskOutcome.Done, desk.Acknowledge(Ada, id, null).Outcome);
        Assert.AreEqual(DeskOutcome.AlreadyAcknowledged, desk.Acknowledge(Ben, id, null).Outcome);
        var commands = _database.Read(session => session.Outbox.OfAlert(id)).Where(entry => entry.Kind == "command").Select(entry => DeviceCommands.Read(entry)!.Code);
        Assert.AreEqual(CommandCode.AlarmAcknowledged, commands.Single());
        desk.Resolve(Ben, id, null);
        Assert.AreEqual(DeskOutcome.AlreadyResolved, desk.Acknowledge(Ada, id, null).Outcome);
        Assert.AreEqual(DeskOutcome.NotFound, desk.Resolve(Ben, "none", null).Outcome);
    }

    private static AcceptedReport[] ADay()
    {
        var reports = new Reports();
        reports.Add(0, nextS: 300, percent: 40, fixes: [Reports.North(-60, 0), Reports.North(-30, 5)]);
        reports.Add(200, nextS: 300, device: "insole-2");
        reports.Add(300, nextS: 300, percent: 14, fixes: [Reports.North(240, 30), Reports.North(270, 60)]);
        reports.Add(310, events: [Reports.Event(EventCode.Sos, 305, 1), Reports.Event(EventCode.Sos, 305, 2)], nextS: 300);
        reports.Add(320, events: [Reports.Event(EventCode.Sos, 305, 2)], nextS: 300); // told again
        reports.Add(600, device: "insole-2", nextS: 36000, events: [Reports.Event(EventCode.ManDown, 500, 60)]);
        reports.Add(900, nextS: 300, percent: 30, fixes: [Reports.North(700, 300), Reports.North(730, 310)]); // missed between 320 and 900
        reports.Add(1000, closedS: 660, nextS: 60, events: [Reports.Event(EventCode.Sos, 650, 3)], fixes: [Reports.North(640, 250), Reports.North(650, 260)], sequence: 2);
        reports.Add(1100, nextS: 36000, fixes: [Reports.North(1000, 0), Reports.North(1030, 0)], events: [Reports.Event(EventCode.Degraded, 1001, 2)]);
        return [.. reports.All];
    }

    private void Sql(string text) => TestServiceDatabase.Execute(this, _folder, text);

    private ServiceDatabase Open() => TestServiceDatabase.Open(this, _folder);

    private void Fresh()
    {
        _database.Dispose();
        TestServiceDatabase.Forget(this, _folder);
        _database = Open();
    }

    // Runs the day in groups. A crash: the batch that holds this report is evaluated, its commit is lost or the last thing done, a new engine resumes.
    private void RunAll(int from, int groupMax, int? crashAt, bool committed = false)
    {
        var journal = new AlertJournal(_database, Policy);
        var engine = journal.Resume(Rules(out var history));
        for (var next = from; next < _day.Length;)
        {
            // A group is what one commit of the store took in: reports that came close together.
            var group = _day.Skip(next).Take(groupMax).TakeWhile(report => report.ServerTime - _day[next].ServerTime < TimeSpan.FromSeconds(50)).ToArray();
            history.Stored = _day[..(next + group.Length)];
            var batch = engine.Evaluate(group, group[^1].Position, group[^1].ServerTime);
            if (crashAt >= next && crashAt < next + group.Length)
            {
                crashAt = null;
                if (committed) journal.Commit(batch);
                engine = journal.Resume(Rules(out history));
                if (!committed) continue;
            }
            else
            {
                journal.Commit(batch);
                engine.Confirm(batch);
            }

            // Time passes up to the next report, as the worker would have it.
            var until = next + group.Length < _day.Length ? _day[next + group.Length].ServerTime : group[^1].ServerTime;
            for (var now = group[^1].ServerTime; now < until; now = now.AddSeconds(50))
            {
                var tick = engine.Tick(now, Reports.At(-1000));
                journal.Commit(tick);
                engine.Confirm(tick);
            }

            next += group.Length;
        }
    }

    private static IReadOnlyList<IAlertRule> Rules(out History history)
    {
        history = new History();
        var fences = new GeofenceCatalog { Current = [GeofenceRuleTests.Circle(FenceCrossings.Enter | FenceCrossings.Leave)] };
        return AlertRules.All(new RuleOptions(), fences, history);
    }

    private string Rules() => string.Join(' ', All().Select(alert => alert.Rule).Order(StringComparer.Ordinal));

    private string Snapshot() => string.Join('\n', All().OrderBy(alert => alert.Key, StringComparer.Ordinal)
        .Select(alert => $"{alert.Key} {alert.EventTime:s} {alert.State} {alert.Resolution}"));

    private IEnumerable<Alert> All() => _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 1000)).Select(row => row.Alert);

    private sealed class History : IFixHistory
    {
        public AcceptedReport[] Stored { get; set; } = [];

        public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition) =>
        [
            .. Stored.Where(report => report.DeviceId == deviceId && report.Position <= throughPosition)
                .SelectMany(report => report.Fixes).Where(fix => fix.FixTime >= from && fix.FixTime <= to).OrderBy(fix => fix.FixTime),
        ];
    }
}
