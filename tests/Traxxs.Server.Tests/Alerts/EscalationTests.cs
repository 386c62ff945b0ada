using System.Globalization;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>The day begins at 08:00 UTC.</summary>
[TestClass]
public class EscalationTests : IDisposable
{
    private const string Night = """[{"below":"critical","from":"22:00","to":"10:00","timeZone":"UTC"}]""";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly Recipients _recipients = new([]);
    private readonly Escalator _escalator;
    private readonly PolicyBook _book;
    private readonly AlertJournal _journal;

    public EscalationTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _escalator = new Escalator(EscalationPolicy.Standard, _recipients);
        _book = new PolicyBook(_database, _escalator, _recipients, _clock);
        _journal = new AlertJournal(_database, _escalator);
        _database.Write(session =>
        {
            session.AddWearer("wendy", "insole-1");
            session.AddUser("ada", phone: "+491701234567");
            session.AddUser("ben");
            session.AddUser("sue", "supervisor");
            session.AddUser("wendy", wearer: "wendy");
            foreach (var (id, kind) in ((string, string)[])[("mail", "smtp"), ("sms", "sms-webhook"), ("hook", "webhook")])
            {
                session.Channels.Put(new ChannelRecord
                {
                    Id = id, Org = "main", Version = 1, Kind = kind, Name = id, ChangedAt = Reports.Start,
                    Settings = kind == "smtp" ? """{"to":["desk@example.org"]}""" : "{}",
                });
            }
        });
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void Roles_users_and_channels_become_tellings_each_once_and_never_the_wearer()
    {
        Put("""[{"notify":[{"role":"responder"},{"user":"ada"},{"channel":"mail"},{"channel":"live"}],"acknowledgeWithinS":300}]""");
        Raise();
        Assert.AreEqual("live mail/desk@example.org mail/user:ada mail/user:ben sms/user:ada", Told("raised"));
    }

    [TestMethod]
    public void A_tier_repeats_as_often_as_it_says_and_the_last_one_without_end()
    {
        Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60,"repeat":2},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":120}]""");
        Raise();
        var steps = new List<string>();
        for (var s = 0; s <= 700; s += 10)
        {
            foreach (var alert in _journal.Escalate(Reports.At(s))) steps.Add($"{s}:{alert.Tier}.{alert.Told}");
        }

        Assert.AreEqual("60:0.2 120:0.3 180:1.1 300:1.2 420:1.3 540:1.4 660:1.5", string.Join(' ', steps));
    }

    [TestMethod]
    public void The_last_tier_slows_down_after_a_day_and_never_falls_silent()
    {
        var policy = Escalations.Policy((["log"], 15));
        var step = new EscalationStep(0, 1, 0, Reports.Start);
        for (var i = 0; i < 200; i++)
        {
            var next = policy.NextAt(step, AlertSeverity.High);
            Assert.IsNotNull(next);
            Assert.AreEqual(i < EscalationPolicy.RepeatsMax ? TimeSpan.FromMinutes(15) : TimeSpan.FromDays(1), next.Value - step.At);
            step = policy.After(step, next.Value);
        }
    }

    [TestMethod]
    public void In_quiet_hours_news_waits_until_they_end_but_not_the_last_tier_nor_what_is_urgent()
    {
        Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":300}]""", Night);
        Raise(EventCode.Immobile);
        Assert.AreEqual(Reports.At(7200), Entries().Single().DueAt, "high, at eight: told at ten");
        _journal.Escalate(Reports.At(301));
        Assert.AreEqual(Reports.At(301), Entries().Single(entry => entry.Kind == "escalated").DueAt, "the last tier cannot be silenced");
        Raise(EventCode.ManDown);
        Assert.IsTrue(Entries().Where(entry => entry.Kind == "raised" && entry.AlertId == Newest().Id).All(entry => entry.DueAt == Reports.Start), "critical is told at once");
    }

    [TestMethod]
    public void Stored_quiet_hours_by_a_clock_nobody_knows_here_hold_back_nothing_and_stop_nothing()
    {
        var policy = Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":300}]""", Night);
        _database.Write(session => session.Policies.Put(policy with { Definition = policy.Definition.Replace("UTC", "Mars/Olympus", StringComparison.Ordinal) }));
        Raise(EventCode.Immobile);
        Assert.AreEqual(Reports.Start, Entries().Single().DueAt);
        Assert.AreEqual("immobile", _journal.Escalate(Reports.At(301)).Single().Rule);
        StringAssert.Contains(JsonSerializer.Serialize(EscalationJson.ToJson(EscalationJson.Read(_book.Find("main", policy.Id)!.Definition))), "Mars/Olympus", "as it was written");
        StringAssert.StartsWith(Assert.ThrowsExactly<FormatException>(() => Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300}]""", Night.Replace("UTC", "Mars/Olympus", StringComparison.Ordinal))).Message,
            "quietHours[0].timeZone:");
    }

    [TestMethod]
    public void An_alert_whose_stored_policy_nobody_can_read_follows_the_standard_one_and_says_so()
    {
        var policy = Put("""[{"notify":[{"channel":"hook"}],"acknowledgeWithinS":300}]""");
        _database.Write(session => session.Policies.Put(policy with { Definition = """{"name":"Test"}""" }));
        Raise();
        StringAssert.Contains(Told("raised"), "mail/user:ada");
        Assert.AreEqual(1, _journal.Escalate(Reports.At(301)).Single().Tier);
        StringAssert.Contains(_database.Read(session => session.Audit.Read("main", 0, 100)).First(entry => entry.Action == "alert.policy-unread").Details, "tiers");
    }

    [TestMethod]
    public void Below_the_severity_that_escalates_an_alert_is_told_once_and_quiet_hours_hold_it_even_in_the_last_tier()
    {
        Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300}]""", """[{"below":"high","from":"22:00","to":"10:00","timeZone":"UTC"}]""");
        Raise(EventCode.Degraded);
        Assert.AreEqual(Reports.At(7200), Entries().Single().DueAt);
        Assert.IsNull(Newest().EscalateAt);
    }

    [TestMethod]
    public void A_tier_nobody_is_in_is_passed_over_and_if_all_are_empty_every_channel_is_told()
    {
        Put("""[{"notify":[{"role":"viewer"}],"acknowledgeWithinS":300},{"notify":[{"user":"sue"}],"acknowledgeWithinS":300}]""");
        Raise();
        Assert.AreEqual("mail/user:sue", Told("raised"));
        Assert.AreEqual(1, Newest().Tier);
        _database.Write(session => session.Users.Put(session.Users.Find("main", "sue")! with { DisabledAt = Reports.Start }));
        Raise(EventCode.ManDown, 50);
        Assert.AreEqual("hook live log mail/desk@example.org", Told("raised", Newest().Id));
        Assert.IsTrue(_database.Read(session => session.Audit.Read("main", 0, 100, $"alert:{Newest().Id}")).Any(entry => entry.Action == "alert.tier-empty"));
    }

    [TestMethod]
    public void A_wearers_own_policy_holds_for_their_alerts()
    {
        Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300}]""");
        var own = _book.Add("main", Json("""[{"notify":[{"channel":"hook"}],"acknowledgeWithinS":60}]"""), "ada");
        _database.Write(session => session.Wearers.Put(session.Wearers.Find("main", "wendy")! with { Policy = own.Id }));
        Raise();
        Assert.AreEqual("hook", Told("raised"));
        _book.Remove("main", own.Id, "ada");
        Assert.AreEqual(Reports.At(300), Newest().EscalateAt, "without it the organisation's policy goes on");
        _journal.Escalate(Reports.At(301));
        Assert.AreEqual("log", Told("escalated"));
    }

    [TestMethod]
    public void A_policy_edited_while_an_alert_escalates_keeps_its_tier_and_reckons_its_time_anew()
    {
        var policy = Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":3600},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":3600},{"notify":[{"channel":"live"}],"acknowledgeWithinS":3600}]""");
        Raise();
        _journal.Escalate(Reports.At(3600));
        Assert.AreEqual((1, Reports.At(7200)), (Newest().Tier, Newest().EscalateAt));

        Edit(policy, """[{"notify":[{"channel":"log"}],"acknowledgeWithinS":3600},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":60},{"notify":[{"channel":"live"}],"acknowledgeWithinS":3600}]""");
        Assert.AreEqual(Reports.At(3660), Newest().EscalateAt, "as if it had held since the tier was told");
        Assert.HasCount(2, Entries());
        _journal.Escalate(Reports.At(3700));
        Assert.AreEqual("live", Told("escalated", after: 1));
        Assert.IsEmpty(_journal.Escalate(Reports.At(3701)), "and it is told once");

        Edit(policy, """[{"notify":[{"channel":"log"}],"acknowledgeWithinS":600}]""");
        Assert.AreEqual(2, Newest().Tier);
        _journal.Escalate(Reports.At(3700 + 601));
        Assert.AreEqual("log", Told("escalated", after: 2), "a tier that is no more is the last there is");
        Edit(policy, """[{"notify":[{"channel":"log"}],"acknowledgeWithinS":600},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":600}]""");
        _journal.Escalate(Reports.At(3700 + 601 + 601));
        Assert.AreEqual("hook", Told("escalated", after: 3));
    }

    [TestMethod]
    public void A_dry_run_shows_who_would_be_told_when()
    {
        var policy = EscalationJson.Read(Json("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":600,"repeat":1},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":28800}]""", Night));
        string Line(AlertSeverity severity) => string.Join(' ', EscalationTimeline.Of(policy, severity, Reports.Start).Select(step =>
            string.Create(CultureInfo.InvariantCulture, $"{(step.Step.At - Reports.Start).TotalSeconds}>{(step.DueAt - Reports.Start).TotalSeconds}:{step.Step.Tier}.{step.Step.Told}")));
        Assert.AreEqual("0>7200:0.1 600>7200:0.2 1200>1200:1.1 30000>30000:1.2 58800>58800:1.3", Line(AlertSeverity.High));
        Assert.AreEqual("0>0:0.1 600>600:0.2 1200>1200:1.1 30000>30000:1.2 58800>58800:1.3", Line(AlertSeverity.Critical));
        Assert.AreEqual("0>7200:0.1", Line(AlertSeverity.Warning));
    }

    [TestMethod]
    [DataRow("""{"name":"x","tiers":[]}""", "tiers")]
    [DataRow("""{"tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60}]}""", "name")]
    [DataRow("""{"name":"x","tiers":[{"notify":[],"acknowledgeWithinS":60}]}""", "tiers[0].notify")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":5}]}""", "tiers[0].acknowledgeWithinS")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60,"repeat":99}]}""", "tiers[0].repeat")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"pigeon":"log"}],"acknowledgeWithinS":60}]}""", "tiers[0].notify[0]")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"role":"operator"}],"acknowledgeWithinS":60}]}""", "tiers[0].notify[0].role")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"user":"stranger"}],"acknowledgeWithinS":60}]}""", "tiers[0].notify[0]")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"channel":"pigeon"}],"acknowledgeWithinS":60}]}""", "tiers[0].notify[0]")]
    [DataRow("""{"name":"x","tear":1,"tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60}]}""", "policy.tear")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60}],"quietHours":[{"below":"high","from":"22:00","to":"22:00","timeZone":"UTC"}]}""", "quietHours[0].to")]
    [DataRow("""{"name":"x","tiers":[{"notify":[{"channel":"log"}],"acknowledgeWithinS":60}],"quietHours":[{"below":"loud","from":"22:00","to":"06:00","timeZone":"UTC"}]}""", "quietHours[0].below")]
    public void What_is_wrong_is_named(string json, string key) =>
        StringAssert.StartsWith(Assert.ThrowsExactly<FormatException>(() => _book.Add("main", JsonDocument.Parse(json).RootElement, "ada")).Message, key + ":");

    [TestMethod]
    public void Programs_that_were_told_hear_what_became_of_it()
    {
        Put("""[{"notify":[{"channel":"hook"},{"channel":"mail"}],"acknowledgeWithinS":300}]""");
        Raise();
        var desk = new AlertDesk(_database, _escalator, _clock);
        desk.Acknowledge(Escalations.Person("ada"), Newest().Id, null);
        desk.Resolve(Escalations.Person("ada"), Newest().Id, "found");
        Assert.AreEqual("hook", Told("acknowledged"));
        Assert.AreEqual("hook", Told("resolved"));
    }

    [TestMethod]
    public void Where_nobody_takes_what_a_tier_told_the_next_one_does_not_wait_and_the_last_keeps_its_pace()
    {
        Put("""[{"notify":[{"channel":"hook"},{"user":"ben"}],"acknowledgeWithinS":3600},{"notify":[{"channel":"hook"}],"acknowledgeWithinS":3600}]""");
        Raise();
        GiveUp("hook");
        Assert.IsEmpty(_journal.Escalate(Reports.At(10)), "the other may be taken still");
        GiveUp("mail");
        Assert.AreEqual(1, _journal.Escalate(Reports.At(11)).Single().Tier);
        GiveUp("hook");
        Assert.IsEmpty(_journal.Escalate(Reports.At(12)));

        void GiveUp(string channel) => _database.Write(session =>
        {
            var entry = session.Outbox.List("main", OutboxState.Pending, null, 100).First(item => item.Channel == channel) with { State = OutboxState.Dead };
            session.Outbox.Update(entry);
            _escalator.GaveUp(session, entry, Reports.At(10));
        });
    }

    [TestMethod]
    public void Whoever_is_given_an_alert_is_told()
    {
        Put("""[{"notify":[{"channel":"log"}],"acknowledgeWithinS":300}]""");
        Raise();
        new AlertDesk(_database, _escalator, _clock).Assign(Escalations.Person("ben"), Newest().Id, "ada");
        Assert.AreEqual("mail/user:ada sms/user:ada", Told("assigned"));
    }

    private PolicyRecord Put(string tiers, string quiet = "[]") => _book.Add("main", Json(tiers, quiet, true), "ada");

    private void Edit(PolicyRecord policy, string tiers) => Assert.IsNotNull(_book.Replace("main", policy.Id, Json(tiers, "[]", true), "ada"));

    private static JsonElement Json(string tiers, string quiet = "[]", bool isDefault = false) =>
        JsonDocument.Parse($$"""{"name":"Test","tiers":{{tiers}},"quietHours":{{quiet}},"default":{{(isDefault ? "true" : "false")}}}""").RootElement;

    private void Raise(EventCode code = EventCode.ManDown, double timeS = 0)
    {
        var engine = _journal.Resume(AlertRules.All(new RuleOptions(), new Traxxs.Server.Alerts.Geofences.GeofenceCatalog(), new NoHistory()));
        var at = engine.Cursor + 1;
        var report = new Traxxs.Server.Ingest.AcceptedReport
        {
            Position = at, DeviceId = "insole-1", Epoch = 1, Sequence = at, ServerTime = Reports.Start, DeviceTime = Reports.Start, Events = [Reports.Event(code, timeS, 1)],
        };
        _journal.Commit(engine.Evaluate([report], at, Reports.Start));
    }

    private Alert Newest() => _database.Read(session => session.Alerts.List("main", new AlertFilter(), null, 1))[0].Alert;

    private List<OutboxEntry> Entries() => [.. _database.Read(session => session.Outbox.List("main", null, null, 1000)).Where(entry => entry.Kind != "command").Reverse()];

    private string Told(string kind, string? alert = null, int after = 0) => string.Join(' ', Entries()
        .Where(entry => entry.Kind == kind && (alert is null || entry.AlertId == alert)).Skip(after)
        .Select(entry => entry.Recipient is null ? entry.Channel : $"{entry.Channel}/{entry.Recipient}").Order(StringComparer.Ordinal));

    private sealed class NoHistory : Traxxs.Server.Alerts.Geofences.IFixHistory
    {
        public IReadOnlyList<Traxxs.Server.Ingest.ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition) => [];
    }
}
