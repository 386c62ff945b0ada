using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>An alert as the API, the live feed and webhooks write it. Times are s since 1970 UTC, ages in s.</summary>
public sealed record AlertView(
    string Id, string Org, string DeviceId, string? WearerId, string Rule, string Severity, string State, string Summary,
    double RaisedAt, double? EventTime, double? AgeS, PositionView? Position,
    double? NotifiedAt, double? AcknowledgedAt, string? AcknowledgedBy,
    double? ResolvedAt, string? ResolvedBy, string? Resolution, string? Assignee, string? GeofenceId, int Tier)
{
    /// <summary>An alert's view.</summary>
    public static AlertView Of(Alert alert) => new(
        alert.Id, alert.Org, alert.DeviceId, alert.WearerId, alert.Rule, AlertWords.Of(alert.Severity), AlertWords.Of(alert.State), alert.Summary,
        UnixTime.Of(alert.RaisedAt), UnixTime.Of(alert.EventTime), alert.Age?.TotalSeconds, PositionView.Of(alert.Position),
        UnixTime.Of(alert.NotifiedAt), UnixTime.Of(alert.AcknowledgedAt), alert.AcknowledgedBy,
        UnixTime.Of(alert.ResolvedAt), alert.ResolvedBy, alert.Resolution, alert.Assignee, alert.Subject, alert.Tier);
}

/// <summary>A position as the API writes it: degrees as stored, at 1e-5.</summary>
/// <param name="Time">Fix time, s since 1970 UTC.</param>
/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="AccuracyM">Upper bound of the horizontal accuracy, m; null where not reported.</param>
public sealed record PositionView(long Time, double Latitude, double Longitude, int? AccuracyM)
{
    /// <summary>A position's view.</summary>
    public static PositionView? Of(AlertPosition? position) => position is null
        ? null
        : new(position.FixTime.ToUnixTimeSeconds(), position.LatitudeE5 / 1e5, position.LongitudeE5 / 1e5, position.AccuracyM);
}

/// <summary>Times as the API writes them: s since 1970 UTC, with milliseconds where the server's clock gave them.</summary>
internal static class UnixTime
{
    public static double Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    public static double? Of(DateTimeOffset? time) => time is { } known ? Of(known) : null;
}
