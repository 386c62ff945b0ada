using System.Globalization;
using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Texts;

/// <summary>What a template may name of an alert, as people read it.</summary>
internal static class NotificationValues
{
    /// <summary>Every name.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["severity", "heading", "summary", "rule", "device", "wearer", "time", "age", "position", "map", "link", "state", "organisation", "others"];

    /// <summary>The values of one notification.</summary>
    public static Dictionary<string, string> Of(
        OutboxEntry entry, Alert alert, NotificationTemplates templates, string? wearer, string organisation, TimeZoneInfo zone, DateTimeOffset now, string others) => new(StringComparer.Ordinal)
    {
        ["severity"] = AlertWords.Of(alert.Severity).ToUpperInvariant(),
        ["heading"] = HeadingOf(entry.Kind),
        ["summary"] = entry.Kind == "test" ? "This is a test. Nobody is in danger." : alert.Summary,
        ["rule"] = alert.Rule,
        ["device"] = alert.DeviceId,
        ["wearer"] = wearer ?? "",
        ["time"] = alert.EventTime is { } time ? TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) : "at a time the device did not know",
        ["age"] = Duration(now - (alert.EventTime ?? alert.RaisedAt)),
        ["position"] = PositionOf(alert.Position, zone),
        ["map"] = alert.Position is { } place ? MapOf(templates.MapUrl, place) : "",
        ["link"] = templates.AlertUrl.Replace("{id}", alert.Id, StringComparison.Ordinal),
        ["state"] = AlertWords.Of(alert.State),
        ["organisation"] = organisation,
        ["others"] = others,
    };

    /// <summary>A span as people say it.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 2 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 2 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} days",
    };

    private static string HeadingOf(string kind) => kind switch
    {
        "escalated" => "Nobody has acknowledged this alert yet.",
        "assigned" => "This alert was assigned to you.",
        "acknowledged" => "Somebody has this alert.",
        "resolved" => "This alert has ended.",
        "summary" => "Held back because there were too many; the most urgent first.",
        "test" => "Test of this channel.",
        _ => "New alert.",
    };

    private static string PositionOf(AlertPosition? position, TimeZoneInfo zone)
    {
        if (position is null) return "";
        var accuracy = position.AccuracyM is { } metres ? $", within {metres} m" : "";
        var at = TimeZoneInfo.ConvertTime(position.FixTime, zone);
        return string.Create(CultureInfo.InvariantCulture, $"{position.LatitudeE5 / 1e5:F5}, {position.LongitudeE5 / 1e5:F5}{accuracy}, at {at:HH:mm}");
    }

    private static string MapOf(string url, AlertPosition position) => url
        .Replace("{lat}", (position.LatitudeE5 / 1e5).ToString("F5", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{lon}", (position.LongitudeE5 / 1e5).ToString("F5", CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
