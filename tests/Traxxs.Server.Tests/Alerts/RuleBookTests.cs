using System.Text.Json;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public class RuleBookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly RuleBook _book;

    public RuleBookTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _database.Write(session =>
        {
            session.Organisations.Put(new Organisation("other", "Other", Reports.Start, null, new OrganisationSettings()));
            session.AddWearer("wendy", "insole-1", hours: """{"timeZone":"UTC","week":[{"day":"sun","from":"08:00","to":"09:00"}]}""");
            session.AddWearer("will", "insole-2", org: "other");
        });
        _book = new RuleBook(_database, new DeviceDirectory(_database), RuleSet.From(new RuleOptions { LowBatteryPercent = 17 }), _clock);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void What_an_organisation_set_holds_for_its_devices_and_the_configuration_for_the_others()
    {
        Assert.IsTrue(_book.Set("other", JsonDocument.Parse("""{"rules":[{"name":"low-battery","parameters":{"lowPercent":9}}]}""").RootElement, null, "ada"));
        Assert.AreEqual(17, _book.RulesOf("insole-1")[AlertRuleName.LowBattery].Of("lowPercent"));
        Assert.AreEqual(9, _book.RulesOf("insole-2")[AlertRuleName.LowBattery].Of("lowPercent"));
        var entry = _database.Read(session => session.Audit.Read("other", 0, 10)).Single();
        Assert.AreEqual(("rules.changed", "low-battery"), (entry.Action, entry.Details));
    }

    [TestMethod]
    public void Stored_hours_by_a_clock_nobody_knows_here_count_as_always_and_stop_no_rule()
    {
        const string Hours = """{"timeZone":"Mars/Olympus","week":[]}""";
        _database.Write(session =>
        {
            session.RuleSettings.Put(new RuleSettingsRecord("main", 3, $$"""{"rules":[{"name":"low-battery","parameters":{"lowPercent":9},"schedule":{{Hours}}}]}""", Reports.Start));
            session.Wearers.Put(session.Wearers.Find("main", "wendy")! with { WorkingHours = Hours });
        });
        var book = new RuleBook(_database, new DeviceDirectory(_database), RuleSet.Default, _clock);
        var rule = book.RulesOf("insole-1")[AlertRuleName.LowBattery];
        Assert.AreEqual(9, rule.Of("lowPercent"), "the rest holds as it was set");
        Assert.IsTrue(rule.RaisesAt(Reports.At(0)));
        Assert.IsNull(book.ShiftOf("insole-1", Reports.At(0)));
        StringAssert.Contains(book.Get("main").Rules.ToJsonString(), "Mars/Olympus", "as it was written");
    }

    [TestMethod]
    public void Working_hours_are_those_of_whoever_wore_the_device_and_a_change_holds_within_a_minute()
    {
        Assert.IsTrue(_book.ShiftOf("insole-1", Reports.At(0))!.IsActive(Reports.At(0)));
        Assert.IsNull(_book.ShiftOf("insole-2", Reports.At(0)));
        Assert.IsNull(_book.ShiftOf("insole-1", Reports.At(-1e7)), "nobody wore it then");
        Assert.AreSame(_book.ShiftOf("insole-1", Reports.At(0)), _book.ShiftOf("insole-1", Reports.At(1)), "it remembers its last answer");

        _database.Write(session => session.Wearers.Put(session.Wearers.Find("main", "wendy")! with { WorkingHours = null }));
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.IsNull(_book.ShiftOf("insole-1", Reports.At(0)));
        _database.Write(session => session.Assignments.End("wendy", Reports.At(10)));
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.IsNull(_book.ShiftOf("insole-1", Reports.At(20)));
    }
}
