using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Api;

/// <summary>A wearer's day, from reports over a real socket to one answer.</summary>
[TestClass]
public sealed class DayTests
{
    // Berlin's clocks went forward at 2 that night: the day has 23 hours.
    private static readonly DateTimeOffset Midnight = new(2026, 3, 28, 23, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public async Task A_day_has_its_fixes_trips_stops_activity_steps_battery_and_alerts()
    {
        await using var server = await TestServer.StartAsync();
        await using (var device = await server.ConnectAsync("insole-1"))
        {
            // Eight hours: still, then from 10:00 (after nine hours of this short day) ten minutes of walking, then still.
            for (var minute = 8 * 60; minute < 16 * 60; minute += 20)
            {
                var closed = Midnight.AddMinutes(minute + 20);
                var walks = minute == 9 * 60;
                var (from, percent) = (minute, 90 - (minute / 60));
                await device.SendAsync(device.Frame(closed, report =>
                {
                    (report.HasBattery, report.BatteryMv, report.BatteryPercent) = (true, 3700, percent);
                    (report.HasSteps, report.StepsTotal) = (true, from >= 9 * 60 ? 700u : 0u);
                    (report.HasActivity, report.Activity) = (true, walks ? ActivityCode.Walking : ActivityCode.Still);
                    for (var i = 0; i < 20; i++)
                        EndToEndTests.AddFix(report, Midnight.AddMinutes(from + i).ToUnixTimeSeconds(), 5_200_000 + (from > 9 * 60 ? 700 : walks ? Math.Min(i, 10) * 70 : 0), 1_300_000);
                    if (!walks) return;
                    report.EventCount = 2;
                    (report.EventCodes[0], report.EventTimeS[0]) = (EventCode.MovingSince, (uint)Midnight.AddMinutes(from).ToUnixTimeSeconds());
                    (report.EventCodes[1], report.EventTimeS[1]) = (EventCode.Stopped, (uint)Midnight.AddMinutes(from + 10).ToUnixTimeSeconds());
                }));
            }
        }

        server.AddWearer("ada", "Ada", "insole-1");
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("reports_stored").GetInt64() == 24);
        var day = await server.GetAsync("/api/v1/wearers/ada/day?date=2026-03-29");
        Assert.AreEqual("Europe/Berlin", day.GetProperty("timeZone").GetString());
        Assert.AreEqual(23 * 3600, day.GetProperty("to").GetInt64() - day.GetProperty("from").GetInt64());
        Assert.AreEqual(480, day.GetProperty("positions").GetArrayLength());
        Assert.AreEqual(1, day.GetProperty("trips").GetArrayLength());
        Assert.AreEqual(2, day.GetProperty("stops").GetArrayLength());
        Assert.AreEqual(778, day.GetProperty("trips")[0].GetProperty("distanceM").GetDouble(), 110);
        var hours = day.GetProperty("stepsPerHour").EnumerateArray().Select(hour => hour.GetProperty("steps").GetInt64()).ToList();
        Assert.HasCount(23, hours);
        Assert.AreEqual(700, hours[9], string.Join(' ', hours));
        Assert.AreEqual(700, hours.Sum());
        var walked = day.GetProperty("activity").EnumerateArray().Where(span => span.GetProperty("activity").GetString() == "walking").ToList();
        Assert.AreEqual(600, walked.Sum(span => span.GetProperty("endAt").GetInt64() - span.GetProperty("startAt").GetInt64()));
        Assert.AreEqual(24, day.GetProperty("battery").GetArrayLength());
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/wearers/ada/day?date=2026-03-30")).GetProperty("positions").GetArrayLength());

        var activity = await server.GetAsync($"/api/v1/devices/insole-1/activity?from={Midnight.AddHours(9).ToUnixTimeSeconds()}&to={Midnight.AddHours(10).ToUnixTimeSeconds() - 1}&bucket=600");
        Assert.AreEqual("700 0 0 0 0 0", string.Join(' ', activity.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("steps").GetInt64())));
        var trips = await server.GetAsync($"/api/v1/devices/insole-1/trips?from={Midnight.ToUnixTimeSeconds()}&to={Midnight.AddDays(1).ToUnixTimeSeconds()}&stopMinS=900");
        Assert.AreEqual(900, trips.GetProperty("parameters").GetProperty("stopMinS").GetInt32());
        Assert.AreEqual(1, trips.GetProperty("trips").GetArrayLength());
        var buffer = await server.GetAsync("/api/v1/devices/insole-1/buffer");
        Assert.AreEqual(24, buffer.GetProperty("batteryForecast").GetProperty("percentPerDay").GetDouble(), 3);
        Assert.AreEqual(JsonValueKind.Null, buffer.GetProperty("batteryForecast").GetProperty("notKnown").ValueKind);
    }
}
