using System.Text.Json;
using Traxxs.Server.Alerts.Schedules;

namespace Traxxs.Server.Tests.Identity;

/// <summary>A wearer's hours are a schedule; these are the shifts people work.</summary>
[TestClass]
public sealed class WorkingHoursTests
{
    private const string Shifts =
        """
        {"timeZone":"Europe/Berlin",
         "week":[{"day":"mon","from":"08:00","to":"12:00"},{"day":"mon","from":"13:00","to":"17:00"},{"day":"fri","from":"22:00","to":"06:00"},{"day":"sun","from":"00:00","to":"24:00"}],
         "exceptions":[{"date":"2026-12-21","from":null,"to":null},{"date":"2026-12-28","from":"10:00","to":"11:00"},{"date":"2026-12-25","from":null,"to":null}]}
        """;

    [TestMethod]
    [DataRow("2026-11-23T07:59:59+01:00", false)] // a Monday
    [DataRow("2026-11-23T08:00:00+01:00", true)]
    [DataRow("2026-11-23T11:59:59+01:00", true)]
    [DataRow("2026-11-23T12:00:00+01:00", false)]
    [DataRow("2026-11-23T12:30:00Z", true)]
    [DataRow("2026-11-24T09:00:00+01:00", false)]
    [DataRow("2026-11-27T23:00:00+01:00", true)] // the night from Friday
    [DataRow("2026-11-28T05:59:59+01:00", true)]
    [DataRow("2026-11-28T06:00:00+01:00", false)]
    [DataRow("2026-11-29T00:00:00+01:00", true)] // all of Sunday
    [DataRow("2026-11-29T23:59:59+01:00", true)]
    [DataRow("2026-11-30T00:00:00+01:00", false)]
    [DataRow("2026-12-21T09:00:00+01:00", false)] // a Monday off
    [DataRow("2026-12-28T09:00:00+01:00", false)] // a Monday with other hours
    [DataRow("2026-12-28T10:30:00+01:00", true)]
    [DataRow("2026-12-26T03:00:00+01:00", false)] // the night from a Friday off
    [DataRow("2026-07-06T06:00:00Z", true)] // eight o'clock in summer
    [DataRow("2026-07-06T05:59:00Z", false)]
    public void A_time_lies_in_the_hours_by_the_clock_on_the_wall(string time, bool inside) =>
        Assert.AreEqual(inside, Read(Shifts).IsActive(DateTimeOffset.Parse(time)));

    [TestMethod]
    public void A_shift_over_the_change_of_clocks_begins_and_ends_by_the_wall()
    {
        var night = Read("""{"timeZone":"Europe/Berlin","week":[{"day":"sat","from":"22:00","to":"03:00"}]}""");
        // 2026-10-25, 03:00 summer time becomes 02:00: the hour from two to three comes twice, and both belong to the shift.
        Assert.IsTrue(night.IsActive(DateTimeOffset.Parse("2026-10-25T00:30:00Z")));
        Assert.IsTrue(night.IsActive(DateTimeOffset.Parse("2026-10-25T01:30:00Z")));
        Assert.IsFalse(night.IsActive(DateTimeOffset.Parse("2026-10-25T02:00:00Z")));
    }

    private static Schedule Read(string json) => ScheduleJson.Read(JsonSerializer.Deserialize<JsonElement>(json), "workingHours")!;
}
