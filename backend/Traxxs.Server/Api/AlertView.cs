using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>An alert as the API, the live feed and webhooks write it. Times are s since 1970 UTC, ages in s.</summary>
public sealed record AlertView(
    string Id, string Org, string DeviceId, WearerView? Wearer, string Rule, string Severity, string State, string Summary,
    double RaisedAt, double? EventTime, double? AgeS, PositionView? Position,
    double? NotifiedAt, double? AcknowledgedAt, string? AcknowledgedBy,
    double? ResolvedAt, string? ResolvedBy, string? Resolution, string? Assignee, string? AssigneeName, string? GeofenceId,
    EscalationView Escalation, int Comments, DeliveryCounts Deliveries, string WearerFeedback)
{
    /// <summary>An alert's view, with what belongs to it.</summary>
    public static AlertView Of(ServiceSession session, Alert alert)
    {
        var details = session.Alerts.DetailsOf(alert, DeviceCommands.ReceivedKeyOf(alert), DeviceCommands.AcknowledgedKeyOf(alert));
        return new AlertView(
            alert.Id, alert.Org, alert.DeviceId, alert.WearerId is { } wearer ? new WearerView(wearer, details.WearerName ?? "") : null,
            alert.Rule, AlertWords.Of(alert.Severity), AlertWords.Of(alert.State), alert.Summary,
            UnixTime.Of(alert.RaisedAt), UnixTime.Of(alert.EventTime), alert.Age?.TotalSeconds, PositionView.Of(alert.Position),
            UnixTime.Of(alert.NotifiedAt), UnixTime.Of(alert.AcknowledgedAt), alert.AcknowledgedBy,
            UnixTime.Of(alert.ResolvedAt), alert.ResolvedBy, alert.Resolution, alert.Assignee, details.AssigneeName, alert.Subject,
            new EscalationView(alert.PolicyId, alert.Tier, alert.Told, UnixTime.Of(alert.EscalateAt)), details.Comments,
            new DeliveryCounts(Count(OutboxState.Pending), Count(OutboxState.Sent), Count(OutboxState.Dead), Count(OutboxState.Skipped), Count(OutboxState.Held)),
            details.ToldAcknowledged ? "acknowledged" : details.ToldReceived ? "received" : "none");

        int Count(OutboxState state) => details.Deliveries.GetValueOrDefault(state);
    }
}

/// <summary>Whose alert it is.</summary>
/// <param name="Id">Identity of the wearer.</param>
/// <param name="Name">Their name; empty once erased.</param>
public sealed record WearerView(string Id, string Name);

/// <summary>Where an alert stands in its policy.</summary>
/// <param name="PolicyId">The wearer's own policy; null for the organisation's.</param>
/// <param name="Tier">Tier reached, 0 = the first.</param>
/// <param name="Told">How often that tier was told.</param>
/// <param name="NextAt">When the next step follows if nobody acknowledges; null for never.</param>
public sealed record EscalationView(string? PolicyId, int Tier, int Told, double? NextAt);

/// <summary>Notifications of an alert by state.</summary>
public sealed record DeliveryCounts(int Pending, int Sent, int Dead, int Skipped, int Held);

/// <summary>Views of alerts for those who have no transaction of their own.</summary>
public sealed class AlertViews(ServiceDatabase database)
{
    /// <summary>An alert's view as things stand now.</summary>
    public AlertView Of(Alert alert) => database.Read(session => AlertView.Of(session, alert));
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
