using System.Net;
using System.Text.Json;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Sms;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Texts;

/// <summary>One notification in words, and whom it goes to.</summary>
/// <param name="Address">E-mail address or telephone number; null where the recipient has none.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">The same as HTML.</param>
/// <param name="Sms">Short text.</param>
internal sealed record NotificationText(string? Address, string Subject, string Text, string Html, string Sms);

/// <summary>Writes notifications in an organisation's words. Reads what it needs as it stands at the time of the attempt: a number changed since is the new one.</summary>
internal sealed class NotificationWriter(ServiceDatabase database, TimeProvider clock)
{
    private const int OthersShown = 20;

    /// <summary>A notification over a channel of a kind (<c>smtp</c> or <c>sms</c>).</summary>
    public NotificationText Write(OutboxEntry entry, Alert alert, string channelKind, int smsSegmentsMax = 1) => database.Read(session =>
    {
        var organisation = session.Organisations.Find(alert.Org);
        var templates = session.Templates.Find(alert.Org) is { } stored ? Parse(stored) : NotificationTemplates.Standard;
        var wearer = alert.WearerId is { } id ? session.Wearers.Find(alert.Org, id)?.Name : null;
        var zone = TimeZones.FindStored(organisation?.Settings.TimeZone) ?? TimeZoneInfo.Utc;
        var values = NotificationValues.Of(entry, alert, templates, wearer, organisation?.Name ?? alert.Org, zone, clock.GetUtcNow(), OthersOf(session, entry));
        var summary = entry.Kind == "summary" ? SummaryOf(entry, values["summary"]) : values["summary"];
        values["summary"] = summary;
        return new NotificationText(
            AddressOf(session, entry, alert.Org, channelKind),
            NotificationTemplates.Fill(templates.Subject, values),
            NotificationTemplates.Fill(templates.Text, values).Trim(),
            NotificationTemplates.Fill(templates.Html, values, WebUtility.HtmlEncode),
            SmsText.Fit(text => ShortOf(templates.Sms, values, text), SmsText.Plain(summary), smsSegmentsMax));
    });

    /// <summary>The alerts a summary speaks of.</summary>
    public static IReadOnlyList<string> AlertsOf(OutboxEntry entry) =>
        entry is { Kind: "summary", Payload: { } payload } ? JsonSerializer.Deserialize<string[]>(payload) ?? [] : [];

    private static NotificationTemplates Parse(string stored)
    {
        using var document = JsonDocument.Parse(stored);
        return NotificationTemplates.Read(document.RootElement);
    }

    private static string? AddressOf(ServiceSession session, OutboxEntry entry, string org, string channelKind)
    {
        if (entry.Recipient is not { } recipient || !recipient.StartsWith(Recipients.UserPrefix, StringComparison.Ordinal)) return entry.Recipient;
        return session.Users.Find(org, recipient[Recipients.UserPrefix.Length..]) is { DisabledAt: null } user ? ChannelKinds.AddressOf(channelKind, user) : null;
    }

    private static string SummaryOf(OutboxEntry entry, string first) => $"{AlertsOf(entry).Count} alerts, the most urgent: {first}";

    private static string OthersOf(ServiceSession session, OutboxEntry entry)
    {
        var ids = AlertsOf(entry);
        var lines = ids.Take(OthersShown).Select(id => session.Alerts.Find(entry.Org, id)).OfType<Alert>()
            .Select(alert => $"{AlertWords.Of(alert.Severity)}, {AlertWords.Of(alert.State)}: {alert.Summary}");
        return string.Join('\n', ids.Count > OthersShown ? lines.Append($"and {ids.Count - OthersShown} more") : lines);
    }

    private static string ShortOf(string template, Dictionary<string, string> values, string summary)
    {
        var text = NotificationTemplates.Fill(template, new Dictionary<string, string>(values, StringComparer.Ordinal) { ["summary"] = summary });
        return SmsText.Plain(string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
    }
}
