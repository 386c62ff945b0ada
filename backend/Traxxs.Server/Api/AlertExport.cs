using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Alerts and audit log as files, CSV or JSON, page by page as they are read: a year of either costs no more memory than a
/// page. An export stands in the audit log itself.
/// </summary>
internal static class AlertExport
{
    private const int PageSize = 500;

    private static readonly Dictionary<string, bool> Formats = new(StringComparer.Ordinal) { ["csv"] = true, ["json"] = false };

    private static readonly string[] AlertColumns =
    [
        "id", "device", "wearer", "rule", "severity", "state", "summary", "raisedAt", "eventTime", "ageS", "latitude", "longitude", "accuracyM", "fixTime",
        "notifiedAt", "acknowledgedAt", "acknowledgedBy", "resolvedAt", "resolvedBy", "resolution", "assignee", "tier", "comments",
    ];

    private static readonly string[] AuditColumns = ["id", "time", "who", "action", "subject", "details"];

    /// <summary>An organisation's alerts, newest first; <c>from</c> and <c>to</c> bound when they were raised.</summary>
    public static Task Alerts(HttpContext context, ServiceDatabase database, TimeProvider clock)
    {
        var org = context.Actor().Org;
        var filter = new AlertFilter { From = context.Request.Query.Time("from"), To = context.Request.Query.Time("to") };
        return WriteAsync(context, database, clock, "alerts", AlertColumns, before => database.Read(session =>
        {
            var page = session.Alerts.List(org, filter, before, PageSize);
            return (page.Select(row => Row(AlertView.Of(session, row.Alert))).ToList(), page.Count == PageSize ? page[^1].Number : (long?)null);
        }));
    }

    /// <summary>An organisation's audit log, oldest first.</summary>
    public static Task Audit(HttpContext context, ServiceDatabase database, TimeProvider clock)
    {
        var org = context.Actor().Org;
        return WriteAsync(context, database, clock, "entries", AuditColumns, after => database.Read(session =>
        {
            var page = session.Audit.Read(org, after ?? 0, PageSize);
            return (page.Select(entry => (object?[])[entry.Id, UnixTime.Of(entry.Time), entry.Who, entry.Action, entry.Subject, entry.Details]).ToList(), page.Count == PageSize ? page[^1].Id : (long?)null);
        }));
    }

    private static object?[] Row(AlertView alert) =>
    [
        alert.Id, alert.DeviceId, alert.Wearer?.Name, alert.Rule, alert.Severity, alert.State, alert.Summary, alert.RaisedAt, alert.EventTime, alert.AgeS,
        alert.Position?.Latitude, alert.Position?.Longitude, alert.Position?.AccuracyM, alert.Position?.Time,
        alert.NotifiedAt, alert.AcknowledgedAt, alert.AcknowledgedBy, alert.ResolvedAt, alert.ResolvedBy, alert.Resolution, alert.AssigneeName, alert.Escalation.Tier, alert.Comments,
    ];

    private static async Task WriteAsync(
        HttpContext context, ServiceDatabase database, TimeProvider clock, string what, string[] columns, Func<long?, (List<object?[]> Rows, long? Next)> read)
    {
        var csv = context.Request.Query.Word("format", Formats) ?? true;
        var actor = context.Actor();
        database.Write(session => session.Audit.Add(actor.Org, clock.GetUtcNow(), actor.Name, "export.made", $"export:{what}"));
        context.Response.ContentType = csv ? "text/csv; charset=utf-8; header=present" : "application/json";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{what}.{(csv ? "csv" : "json")}\"";
        var body = context.Response.Body;
        await body.WriteAsync(Encoding.UTF8.GetBytes(csv ? CsvText.Line(columns) : $"{{\"{what}\":["), context.RequestAborted);
        var first = true;
        for (long? cursor = null; ;)
        {
            var (rows, next) = read(cursor);
            foreach (var row in rows)
            {
                var text = csv ? CsvText.Line(row) : (first ? "" : ",") + JsonSerializer.Serialize(columns.Zip(row).ToDictionary(pair => pair.First, pair => pair.Second));
                await body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
                first = false;
            }

            if (next is null) break;
            cursor = next;
        }

        if (!csv) await body.WriteAsync("]}"u8.ToArray(), context.RequestAborted);
    }
}
