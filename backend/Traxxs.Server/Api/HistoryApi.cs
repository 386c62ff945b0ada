using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Devices;
using Traxxs.Server.History;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>What devices and wearers did: trips and stops, activity and steps, a whole day, and what waits on a device.</summary>
internal static class HistoryApi
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan RangeMax = TimeSpan.FromDays(366);
    private const int BucketsMax = 10_000;

    // Reports read for a battery's forecast: a week of hourly ones and some.
    private const int BatteryReportsMax = 400;

    public static void MapHistory(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/devices/{id}/trips", Trips).RequireRole(Role.Viewer).Compressed();
        app.MapGet("/api/v1/devices/{id}/activity", Activity).RequireRole(Role.Viewer).Compressed();
        app.MapGet("/api/v1/devices/{id}/buffer", Buffer).RequireRole(Role.Viewer);
        app.MapGet("/api/v1/wearers/{id}/day", WearersDay).RequireRole(Role.Viewer).Compressed();
    }

    /// <summary>Whether an organisation has a device.</summary>
    public static bool Knows(this ServiceDatabase database, DeviceBoard board, string org, string id) =>
        board.Find(org, id) is not null || database.Read(session => session.Devices.Find(org, id)) is not null;

    private static IResult Trips(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, DeviceBoard board, HiddenPlace hidden, TimeProvider clock)
    {
        var (fromS, toS) = request.Query.Range(clock.GetUtcNow(), Day, RangeMax);
        var options = OptionsOf(request.Query);
        if (!database.Knows(board, request.HttpContext.Actor().Org, id)) return ApiProblem.NotFound("device", id);
        var reading = new TrackReading(archive, hidden);
        var found = TripFinder.Find(reading.OfDevice(id, fromS, toS), options);
        return Results.Ok(new JourneysView(id, options, [.. found.Trips.Select(TripView.Of)], [.. found.Stops.Select(StopView.Of)], reading.Hidden));
    }

    private static TripOptions OptionsOf(IQueryCollection query)
    {
        var usual = new TripOptions();
        return new TripOptions
        {
            StopRadiusM = query.Whole("stopRadiusM", 10, 1000) ?? usual.StopRadiusM,
            StopMinS = query.Whole("stopMinS", 60, 86_400) ?? usual.StopMinS,
            GapS = query.Whole("gapS", 60, 86_400) ?? usual.GapS,
            TripMinM = query.Whole("tripMinM", 0, 10_000) ?? usual.TripMinM,
        };
    }

    private static IResult Activity(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, DeviceBoard board, TimeProvider clock)
    {
        var (fromS, toS) = request.Query.Range(clock.GetUtcNow(), Day, RangeMax);
        var bucketS = request.Query.Whole("bucket", 60, 86_400) ?? 3600;
        if ((toS - fromS) / bucketS >= BucketsMax) throw QueryParsing.Bad("bucket", $"makes more than {BucketsMax} buckets of this range");
        if (!database.Knows(board, request.HttpContext.Actor().Org, id)) return ApiProblem.NotFound("device", id);
        var buckets = ActivityBuckets.Of(Ledger(archive, id, fromS, toS), fromS, toS + 1, bucketS);
        return Results.Ok(new ActivityView(id, bucketS, [.. buckets.Select(bucket => BucketView.Of(bucket, Math.Min(bucketS, toS + 1 - bucket.StartAt)))]));
    }

    private static IResult Buffer(string id, HttpContext context, ReportArchive archive, ServiceDatabase database, DeviceBoard board)
    {
        var org = context.Actor().Org;
        if (!database.Knows(board, org, id)) return ApiProblem.NotFound("device", id);
        var status = board.Find(org, id);
        var health = DeviceState.Stored(database.Read(session => session.DeviceStates.Find(id))).Health?.Value;
        var readings = archive.Store.ReadNewest(id, BatteryReportsMax).Select(archive.Decode)
            .Where(report => report is { Battery: not null, DeviceTime: not null }).Select(report => (report!.DeviceTime!.Value, report.Battery!.Value));
        return Results.Ok(new BufferView(
            status?.HeardAt is null ? null : status.Backlog?.Reports ?? 0, status?.Backlog?.OldestAge.TotalSeconds, status?.Connected ?? false,
            UnixTime.Of(status?.HeardAt), UnixTime.Of(status?.NextContactAt), BatteryView.Of(status?.Battery), BatteryForecast.Of(readings),
            health?.Dropped, health?.Corrupted));
    }

    private static IResult WearersDay(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, HiddenPlace hidden, TimeProvider clock)
    {
        var org = request.HttpContext.Actor().Org;
        var (wearer, assignments, settings) = database.Read(session =>
            (session.Wearers.Find(org, id), session.Assignments.OfWearer(id), session.Organisations.Find(org)?.Settings ?? new OrganisationSettings()));
        if (wearer is null) return ApiProblem.NotFound("wearer", id);
        var zone = TimeZones.FindStored(wearer.TimeZone ?? settings.TimeZone) ?? TimeZoneInfo.Utc;
        var date = DateOf(request.Query, zone, clock.GetUtcNow());
        var (fromS, toS) = (BeginOf(date, zone), BeginOf(date.AddDays(1), zone));

        var reading = new TrackReading(archive, hidden);
        var fixes = reading.OfWearer(assignments, fromS, toS - 1).ToList();
        var journeys = TripFinder.Find(fixes, new TripOptions());
        var worn = TrackReading.Worn(assignments, fromS, toS - 1).ToList();
        var (spans, hours, battery) = Told(archive, worn, fromS, toS);
        var alerts = database.Read(session => session.Alerts.List(
            org, new AlertFilter { WearerId = id, From = DateTimeOffset.FromUnixTimeSeconds(fromS), To = DateTimeOffset.FromUnixTimeSeconds(toS) }, null, 500)
            .Select(row => AlertView.Of(session, row.Alert)).ToList());
        return Results.Ok(new DayView(
            id, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), zone.Id, fromS, toS, [.. worn.Select(one => one.DeviceId).Distinct()],
            [.. fixes.Select(fix => new PositionView(fix.Time, fix.Latitude, fix.Longitude, fix.AccuracyM))], reading.Hidden,
            [.. journeys.Trips.Select(TripView.Of)], [.. journeys.Stops.Select(StopView.Of)], spans, hours, battery, alerts));
    }

    // Spans, steps and battery of the devices while they were worn.
    private static (List<ActivitySpanView> Spans, List<HourView> Hours, List<BatteryPoint> Battery) Told(
        ReportArchive archive, List<(string DeviceId, long FromS, long ToS)> worn, long fromS, long toS)
    {
        var (spans, battery, steps) = (new List<ActivitySpanView>(), new List<BatteryPoint>(), new long[(toS - fromS + 3599) / 3600]);
        foreach (var (deviceId, wornFromS, wornToS) in worn)
        {
            var ledger = Ledger(archive, deviceId, wornFromS, wornToS);
            spans.AddRange(ledger.Spans().Select(span => span with { StartAt = Math.Max(span.StartAt, wornFromS), EndAt = Math.Min(span.EndAt, wornToS + 1) })
                .Where(span => span.EndAt > span.StartAt).Select(ActivitySpanView.Of));
            // Buckets of the whole day, so that they begin at its hours; of other times of the device there are no reports here.
            foreach (var (bucket, i) in ActivityBuckets.Of(ledger.Within(wornFromS, wornToS + 1), fromS, toS, 3600).Select((bucket, i) => (bucket, i))) steps[i] += bucket.Steps;
            battery.AddRange(new ReportTimeline(archive).Read(deviceId, wornFromS, wornToS).SelectMany(numbering => numbering)
                .Where(report => report.Battery is not null && report.DeviceTime is { } closed && closed.ToUnixTimeSeconds() >= wornFromS && closed.ToUnixTimeSeconds() <= wornToS)
                .Select(report => new BatteryPoint(UnixTime.Of(report.DeviceTime!.Value), report.Battery!.Value.Percent, report.Battery.Value.Charging)));
        }

        return (spans, [.. steps.Select((count, i) => new HourView(fromS + (i * 3600L), count))], [.. battery.OrderBy(point => point.At)]);
    }

    private static ActivityLedger Ledger(ReportArchive archive, string deviceId, long fromS, long toS)
    {
        var ledger = new ActivityLedger();
        foreach (var numbering in new ReportTimeline(archive).Read(deviceId, fromS, toS)) ledger.Add(numbering);
        return ledger;
    }

    private static DateOnly DateOf(IQueryCollection query, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (query.Text("date") is not { } text) return DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1970 and <= 2105
            ? date
            : throw QueryParsing.Bad("date", "must be a date such as 2026-03-01");
    }

    // A day may have 23 or 25 hours, and where clocks go forward at midnight it begins later.
    private static long BeginOf(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUnixTimeSeconds();
    }
}
