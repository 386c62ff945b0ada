using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>An audit entry as the API writes it.</summary>
internal sealed record AuditView(long Id, double Time, string Who, string Action, string Subject, string? Details)
{
    public static AuditView Of(AuditEntry entry) => new(entry.Id, UnixTime.Of(entry.Time), entry.Who, entry.Action, entry.Subject, entry.Details);
}

/// <summary>A delivery as the API writes it.</summary>
internal sealed record OutboxView(
    long Id, string Channel, string? Recipient, string Kind, string? AlertId, string? DeviceId, string State, int Attempts, double CreatedAt, double? DueAt,
    double? FinishedAt, string? LastError)
{
    public static OutboxView Of(OutboxEntry entry) => new(
        entry.Id, entry.Channel, entry.Recipient, entry.Kind, entry.AlertId, entry.DeviceId, WordOf(entry.State), entry.Attempts, UnixTime.Of(entry.CreatedAt),
        entry.State is OutboxState.Pending or OutboxState.Held ? UnixTime.Of(entry.DueAt) : null, UnixTime.Of(entry.FinishedAt), entry.LastError);

    public static string WordOf(OutboxState state) => state switch
    {
        OutboxState.Pending => "pending",
        OutboxState.Sent => "sent",
        OutboxState.Dead => "dead",
        OutboxState.Held => "held",
        _ => "skipped",
    };
}
