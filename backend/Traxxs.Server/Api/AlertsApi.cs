using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Alerts: list, one with its history, and what people do with them.</summary>
internal static class AlertsApi
{
    private const int PageMax = 500;

    private static readonly Dictionary<string, AlertState> States = Enum.GetValues<AlertState>().ToDictionary(AlertWords.Of, StringComparer.Ordinal);
    private static readonly Dictionary<string, AlertSeverity> Severities = Enum.GetValues<AlertSeverity>().ToDictionary(AlertWords.Of, StringComparer.Ordinal);
    private static readonly Dictionary<string, bool> Truth = new(StringComparer.Ordinal) { ["true"] = true, ["false"] = false };

    public static void MapAlerts(this IEndpointRouteBuilder app)
    {
        var alerts = app.MapGroup("/api/v1/alerts");
        alerts.MapGet("", List).RequireRole(Role.Viewer);
        alerts.MapGet("{id}", One).RequireRole(Role.Viewer);
        alerts.MapGet("export", AlertExport.Alerts).RequireRole(Role.Admin).Streams();
        alerts.MapPost("{id}/acknowledge", (string id, HttpContext context, AlertDesk desk, AlertViews views, ActBody? body) =>
            Answer(id, desk.Acknowledge(context.Actor(), id, CheckText(body?.Comment, "comment")), views)).RequireRole(Role.Responder);
        alerts.MapPost("{id}/resolve", (string id, HttpContext context, AlertDesk desk, AlertViews views, ActBody? body) =>
            Answer(id, desk.Resolve(context.Actor(), id, CheckText(body?.Comment, "comment")), views)).RequireRole(Role.Responder);
        alerts.MapPost("{id}/assign", (string id, HttpContext context, AlertDesk desk, AlertViews views, AssignBody body) =>
            Answer(id, desk.Assign(context.Actor(), id, CheckText(body.Assignee, "assignee")), views)).RequireRole(Role.Responder);
        alerts.MapPost("{id}/comments", (string id, HttpContext context, AlertDesk desk, AlertViews views, CommentBody body) =>
            string.IsNullOrWhiteSpace(body.Text)
                ? ApiProblem.BadParameter("text", "must not be empty")
                : Answer(id, desk.Comment(context.Actor(), id, CheckText(body.Text, "text")!), views)).RequireRole(Role.Responder);
        app.MapPost("/api/v1/wearers/{id}/check-in", CheckIn).RequireRole(Role.Responder);
    }

    private static IResult List(HttpRequest request, ServiceDatabase database)
    {
        var (query, org) = (request.Query, request.HttpContext.Actor().Org);
        var limit = query.Count("limit", 100, PageMax);
        var filter = new AlertFilter
        {
            Open = query.Word("open", Truth),
            State = query.Word("state", States),
            DeviceId = query.Text("device"),
            WearerId = query.Text("wearer"),
            Rule = query.Text("rule"),
            AtLeast = query.Word("severity", Severities),
            From = query.Time("from"),
            To = query.Time("to"),
        };
        return database.Read(session =>
        {
            var page = session.Alerts.List(org, filter, query.Number("cursor"), limit + 1);
            return Results.Ok(new
            {
                alerts = page.Take(limit).Select(row => AlertView.Of(session, row.Alert)).ToList(),
                next = page.Count > limit ? page[limit - 1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
            });
        });
    }

    private static IResult One(string id, HttpContext context, ServiceDatabase database) => database.Read(session =>
    {
        if (session.Alerts.Find(context.Actor().Org, id) is not { } alert) return ApiProblem.NotFound("alert", id);
        return Results.Ok(new
        {
            alert = AlertView.Of(session, alert),
            comments = session.Alerts.Comments(id).Select(comment => new { time = UnixTime.Of(comment.Time), who = comment.Who, text = comment.Text }).ToList(),
            history = session.Audit.Read(context.Actor().Org, 0, PageMax, $"alert:{id}").Select(AuditView.Of).ToList(),
            deliveries = session.Outbox.OfAlert(id).Select(OutboxView.Of).ToList(),
        });
    });

    private static IResult Answer(string id, DeskResult result, AlertViews views) => result.Outcome switch
    {
        DeskOutcome.NotFound => ApiProblem.NotFound("alert", id),
        DeskOutcome.AlreadyAcknowledged => ApiProblem.Of(409, "already-acknowledged", $"{result.Alert!.AcknowledgedBy} acknowledged this alert already."),
        DeskOutcome.AlreadyResolved => ApiProblem.Of(409, "already-resolved", $"This alert was ended already by {result.Alert!.ResolvedBy}."),
        DeskOutcome.OwnAlert => ApiProblem.Of(403, "own-alert", "This alert speaks of you: somebody else has to deal with it."),
        DeskOutcome.NoSuchAssignee => ApiProblem.BadParameter("assignee", "must be the id of a user who may deal with it: a responder or higher, and not its wearer"),
        _ => Results.Ok(views.Of(result.Alert!)),
    };

    private static IResult CheckIn(string id, HttpContext context, ServiceDatabase database, AlertDesk desk, AlertViews views)
    {
        if (database.Read(session => session.Wearers.Find(context.Actor().Org, id)) is null) return ApiProblem.NotFound("wearer", id);
        return desk.CheckIn(context.Actor(), id) is { } ended
            ? Results.Ok(new { resolved = ended.Select(views.Of) })
            : ApiProblem.Of(403, "own-alert", "This is you: somebody else has to have spoken with you.");
    }

    private static string? CheckText(string? text, string name) => text is { Length: > AlertDesk.CommentMax }
        ? throw QueryParsing.Bad(name, $"must have at most {AlertDesk.CommentMax} characters")
        : text;

    internal sealed record ActBody(string? Comment);

    internal sealed record AssignBody(string? Assignee);

    internal sealed record CommentBody(string? Text);
}
