using Traxxs.Protocol;
using Traxxs.Server.History;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>A point of a trip.</summary>
internal sealed record TripPoint(long Time, double Latitude, double Longitude)
{
    public static TripPoint Of(TrackFix fix) => new(fix.Time, fix.Latitude, fix.Longitude);
}

/// <summary>A trip.</summary>
internal sealed record TripView(TripPoint Start, TripPoint End, long DurationS, double DistanceM, double FarthestM, int Fixes)
{
    public static TripView Of(Trip trip) =>
        new(TripPoint.Of(trip.Start), TripPoint.Of(trip.End), trip.End.Time - trip.Start.Time, trip.DistanceM, trip.FarthestM, trip.Fixes);
}

/// <summary>A stop.</summary>
internal sealed record StopView(long StartAt, long EndAt, double Latitude, double Longitude, int Fixes, long UnobservedS)
{
    public static StopView Of(Stop stop) => new(stop.StartAt, stop.EndAt, stop.Place.Latitude, stop.Place.Longitude, stop.Fixes, stop.UnobservedS);
}

/// <summary>Trips and stops of a device, and what counted as one.</summary>
/// <param name="DeviceId">Which device.</param>
/// <param name="Parameters">What counted as one.</param>
/// <param name="Trips">In the order of time.</param>
/// <param name="Stops">In the order of time.</param>
/// <param name="LocationHidden">Why some fixes of the range are left out; null where none are.</param>
internal sealed record JourneysView(string DeviceId, TripOptions Parameters, IReadOnlyList<TripView> Trips, IReadOnlyList<StopView> Stops, string? LocationHidden);

/// <summary>Activity and steps of one bucket, s of each.</summary>
internal sealed record BucketView(long StartAt, long Steps, long WalkingS, long RunningS, long RidingS, long FidgetingS, long StillS, long UnknownS)
{
    public static BucketView Of(ActivityBucket bucket, long lengthS) => new(
        bucket.StartAt, bucket.Steps, bucket.Seconds.GetValueOrDefault(ActivityCode.Walking), bucket.Seconds.GetValueOrDefault(ActivityCode.Running),
        bucket.Seconds.GetValueOrDefault(ActivityCode.Riding), bucket.Seconds.GetValueOrDefault(ActivityCode.Fidgeting),
        bucket.Seconds.GetValueOrDefault(ActivityCode.Still), lengthS - bucket.Seconds.Where(pair => pair.Key != ActivityCode.Unknown).Sum(pair => pair.Value));
}

/// <summary>Activity and steps of a device, bucket by bucket.</summary>
internal sealed record ActivityView(string DeviceId, int BucketLengthS, IReadOnlyList<BucketView> Buckets);

/// <summary>A stretch of one activity.</summary>
internal sealed record ActivitySpanView(long StartAt, long EndAt, string Activity)
{
    public static ActivitySpanView Of(ActivitySpan span) => new(span.StartAt, span.EndAt, span.Activity.ToString().ToLowerInvariant());
}

/// <summary>Steps of an hour.</summary>
internal sealed record HourView(long StartAt, long Steps);

/// <summary>One reading of a battery.</summary>
internal sealed record BatteryPoint(double At, int Percent, bool Charging);

/// <summary>A wearer's day.</summary>
/// <param name="WearerId">Who.</param>
/// <param name="Date">The day.</param>
/// <param name="TimeZone">By whose clock (IANA).</param>
/// <param name="From">Its begin, s since 1970 UTC.</param>
/// <param name="To">Its end, not included.</param>
/// <param name="Devices">Devices worn that day.</param>
/// <param name="Positions">Fixes that may be shown.</param>
/// <param name="LocationHidden">Why some are left out; null where none are.</param>
/// <param name="Trips">In the order of time.</param>
/// <param name="Stops">In the order of time.</param>
/// <param name="Activity">What was done when.</param>
/// <param name="StepsPerHour">Steps of one foot, hour by hour.</param>
/// <param name="Battery">Its curve.</param>
/// <param name="Alerts">Alerts raised for the wearer that day.</param>
internal sealed record DayView(
    string WearerId, string Date, string TimeZone, long From, long To, IReadOnlyList<string> Devices, IReadOnlyList<PositionView> Positions, string? LocationHidden,
    IReadOnlyList<TripView> Trips, IReadOnlyList<StopView> Stops, IReadOnlyList<ActivitySpanView> Activity, IReadOnlyList<HourView> StepsPerHour,
    IReadOnlyList<BatteryPoint> Battery, IReadOnlyList<AlertView> Alerts);

/// <summary>All devices of an organisation for a map.</summary>
/// <param name="Columns">What stands where in each device's row.</param>
/// <param name="Devices">A row each, by id.</param>
/// <param name="Service">Whether the server works as it should.</param>
internal sealed record FleetView(IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Devices, ServiceNote Service);

/// <summary>What a page must say of the server.</summary>
/// <param name="Storing">Whether reports are stored and acknowledged; where not, devices keep them and send them again.</param>
/// <param name="Alerting">Whether alerts are evaluated and kept.</param>
/// <param name="Reason">Why not; null where all is well.</param>
internal sealed record ServiceNote(bool Storing, bool Alerting, string? Reason);
