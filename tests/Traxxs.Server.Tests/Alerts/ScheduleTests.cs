using System.Globalization;
using System.Text.Json;
using Traxxs.Server.Alerts.Schedules;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public sealed class ScheduleTests
{
    private const string Office =
        """{"timeZone":"Europe/Berlin","week":[{"day":"mon","from":"08:00","to":"12:00"},{"day":"mon","from":"13:00","to":"17:00"},{"day":"sat","from":"22:00","to":"06:00"}],"exceptions":[{"date":"2026-03-09","from":null},{"date":"2026-03-10","from":"10:00","to":"11:00"}]}""";

    internal static Schedule Read(string json) => ScheduleJson.Read(JsonDocument.Parse(json).RootElement)!;

    [TestMethod]
    [DataRow("2026-03-02T06:59:59Z", null)] // a Monday in winter: Berlin is an hour ahead
    [DataRow("2026-03-02T07:00:00Z", "2026-03-02T07:00:00Z")]
    [DataRow("2026-03-02T10:59:59Z", "2026-03-02T07:00:00Z")]
    [DataRow("2026-03-02T11:30:00Z", null)] // lunch
    [DataRow("2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z")]
    [DataRow("2026-03-09T08:00:00Z", null)] // a day off
    [DataRow("2026-03-10T09:30:00Z", "2026-03-10T09:00:00Z")] // a Tuesday, by exception
    [DataRow("2026-07-06T06:00:00Z", "2026-07-06T06:00:00Z")] // in summer two hours ahead
    [DataRow("2026-03-07T23:30:00Z", "2026-03-07T21:00:00Z")] // Saturday night
    [DataRow("2026-03-08T04:59:00Z", "2026-03-07T21:00:00Z")] // still Saturday's shift
    [DataRow("2026-03-08T05:00:00Z", null)]
    public void It_is_on_at_the_wall_clocks_times(string at, string? since)
    {
        var schedule = Read(Office);
        Assert.AreEqual(since is null ? null : Time(since), schedule.ActiveSince(Time(at)));
        Assert.AreEqual(since is not null, schedule.IsActive(Time(at)));
    }

    [TestMethod]
    public void The_night_the_clocks_change_is_an_hour_shorter_or_longer()
    {
        var night = Read("""{"timeZone":"Europe/Berlin","week":[{"day":"sat","from":"22:00","to":"06:00"}]}""");
        Assert.AreEqual(TimeSpan.FromHours(7), LengthIn(night, "2026-03-28T12:00:00Z"));
        Assert.AreEqual(TimeSpan.FromHours(9), LengthIn(night, "2026-10-24T12:00:00Z"));
        Assert.AreEqual(TimeSpan.FromHours(8), LengthIn(night, "2026-06-06T12:00:00Z"));
        var inTheGap = Read("""{"timeZone":"Europe/Berlin","week":[{"day":"sun","from":"02:30","to":"04:00"}]}""");
        Assert.AreEqual(Time("2026-03-29T01:30:00Z"), inTheGap.Between(Time("2026-03-29T00:00:00Z"), Time("2026-03-30T00:00:00Z")).Single().From);
    }

    [TestMethod]
    public void Whole_days_in_a_row_are_one_span()
    {
        var days = string.Join(',', ((string[])["mon", "tue", "wed"]).Select(day => $$"""{"day":"{{day}}","from":"00:00","to":"24:00"}"""));
        var spans = Read($$"""{"timeZone":"UTC","week":[{{days}}]}""").Between(Time("2026-03-01T00:00:00Z"), Time("2026-03-08T00:00:00Z")).ToList();
        Assert.AreEqual((Time("2026-03-02T00:00:00Z"), Time("2026-03-05T00:00:00Z")), spans.Single());
    }

    [TestMethod]
    public void Asked_minute_by_minute_it_answers_as_asked_afresh()
    {
        var kept = Read(Office);
        for (var at = Time("2026-03-06T00:00:00Z"); at < Time("2026-03-11T00:00:00Z"); at = at.AddMinutes(13))
            Assert.AreEqual(Read(Office).ActiveSince(at), kept.ActiveSince(at), $"{at}");
    }

    [TestMethod]
    [DataRow("""{"week":[]}""", "schedule.timeZone")]
    [DataRow("""{"timeZone":"Mars/Olympus"}""", "schedule.timeZone")]
    [DataRow("""{"timeZone":"UTC","weeks":[]}""", "schedule.weeks")]
    [DataRow("""{"timeZone":"UTC","week":[{"day":"moon","from":"08:00","to":"09:00"}]}""", "schedule.week[0].day")]
    [DataRow("""{"timeZone":"UTC","week":[{"day":"mon","from":"8","to":"09:00"}]}""", "schedule.week[0].from")]
    [DataRow("""{"timeZone":"UTC","week":[{"day":"mon","from":"24:00","to":"09:00"}]}""", "schedule.week[0].from")]
    [DataRow("""{"timeZone":"UTC","exceptions":[{"date":"tomorrow"}]}""", "schedule.exceptions[0].date")]
    [DataRow("[]", "schedule")]
    public void What_is_wrong_is_named(string json, string key) =>
        StringAssert.StartsWith(Assert.ThrowsExactly<FormatException>(() => Read(json)).Message, key + ":");

    private static TimeSpan LengthIn(Schedule schedule, string from)
    {
        var (begin, end) = schedule.Between(Time(from), Time(from).AddDays(1)).Single();
        return end - begin;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
