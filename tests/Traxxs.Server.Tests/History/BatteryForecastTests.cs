using Traxxs.Server.History;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.History;

[TestClass]
public sealed class BatteryForecastTests
{
    [TestMethod]
    public void A_battery_that_falls_by_ten_percent_a_day_is_empty_when_it_says()
    {
        var forecast = BatteryForecast.Of(Fall(hours: 48, perDay: 10, from: 80));
        Assert.AreEqual(10, forecast.PercentPerDay!.Value, 0.3);
        Assert.AreEqual(8 * 86_400, forecast.EmptyAt!.Value - Reports.Start.ToUnixTimeSeconds(), 0.4 * 86_400);
    }

    [TestMethod]
    public void A_quarter_of_the_readings_may_be_wrong()
    {
        var random = new Random(3);
        var readings = Fall(hours: 48, perDay: 10, from: 80).Select(reading => random.Next(4) == 0 ? Reading(reading.Time, reading.Battery.Percent - random.Next(0, 9)) : reading);
        Assert.AreEqual(10, BatteryForecast.Of(readings).PercentPerDay!.Value, 1.5);
    }

    [TestMethod]
    public void Only_what_came_after_the_last_charge_counts()
    {
        var before = Fall(hours: 24, perDay: 48, from: 60).Select(reading => (reading.Time.AddDays(-2), reading.Battery));
        Assert.AreEqual(12, BatteryForecast.Of([.. before, .. Fall(hours: 24, perDay: 12, from: 90)]).PercentPerDay!.Value, 0.5);
    }

    [TestMethod]
    public void What_is_not_known_is_said()
    {
        Assert.AreEqual("too-few-readings", BatteryForecast.Of([]).NotKnown);
        Assert.AreEqual("too-short", BatteryForecast.Of(Fall(hours: 5.5, perDay: 40, from: 80)).NotKnown);
        Assert.AreEqual("not-falling", BatteryForecast.Of(Fall(hours: 24, perDay: 1, from: 80)).NotKnown);
        Assert.AreEqual("charging", BatteryForecast.Of([.. Fall(hours: 24, perDay: 20, from: 80), (Reports.Start.AddDays(2), new BatteryReading(4000, 70, true))]).NotKnown);
        Assert.IsNull(BatteryForecast.Of(Fall(hours: 5.5, perDay: 40, from: 80)).EmptyAt);
    }

    private static IEnumerable<(DateTimeOffset Time, BatteryReading Battery)> Fall(double hours, double perDay, double from)
    {
        for (double hour = 0; hour <= hours; hour += 0.5) yield return Reading(Reports.Start.AddHours(hour), (int)Math.Round(from - (perDay * hour / 24)));
    }

    private static (DateTimeOffset Time, BatteryReading Battery) Reading(DateTimeOffset time, int percent) => (time, new BatteryReading(3700, percent, false));
}
