using Traxxs.Server.Alerts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

/// <summary>Whose reports nobody can read is told of, in time and not without end.</summary>
[TestClass]
public class UnreadReportsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;
    private readonly ManualClock _clock = new();
    private readonly List<Alert> _raised = [];

    public UnreadReportsTests() => _database = TestServiceDatabase.Open(this, _folder);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void A_device_that_sends_garbage_all_day_is_twelve_alerts_whichever_process_hears_it()
    {
        var (one, other) = (Make(), Make());
        _clock.Advance(UnreadReports.RefusedTogether - TimeSpan.FromSeconds(_clock.GetUtcNow().ToUnixTimeSeconds() % (long)UnreadReports.RefusedTogether.TotalSeconds));
        for (var minute = 0; minute < 24 * 60; minute += 5)
        {
            one.Refused("insole-1", "BadChecksum");
            other.Refused("insole-1", "Conflict");
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.HasCount(12, _raised);
        Assert.HasCount(12, Stored());
        Assert.IsTrue(Stored().TrueForAll(alert => alert is { Rule: AlertRuleName.DeviceFault, Severity: AlertSeverity.Critical }));
        StringAssert.Contains(_raised[0].Summary, "may have been a call for help");
        one.Refused("insole-2", "BadChecksum");
        Assert.HasCount(13, _raised, "each device has its own");
    }

    [TestMethod]
    public void Of_a_device_that_may_be_newer_than_the_server_it_is_said_what_to_do()
    {
        Make().Refused("insole-1", "UnknownVersion");
        StringAssert.Contains(_raised.Single().Summary, "newer than the server, which is then to be updated; one may have been a call for help");
    }

    private UnreadReports Make() => new(new AlertJournal(_database, Escalations.Of((["log"], 5))), _clock, _raised.Add);

    private List<Alert> Stored() => [.. _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 1000)).Select(row => row.Alert)];
}
