using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Cluster;
using Traxxs.Server.Identity;
using Traxxs.Server.Notifications;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Tokens, audit log, deliveries and refused frames.</summary>
internal static class AdministrationApi
{
    private const int PageMax = 1000;

    private static readonly Dictionary<string, bool> Truth = new(StringComparer.Ordinal) { ["true"] = true, ["false"] = false };

    private static readonly Dictionary<string, OutboxState> States = Enum.GetValues<OutboxState>().ToDictionary(OutboxView.WordOf, StringComparer.Ordinal);

    public static void MapAdministration(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/tokens", (HttpContext context, ServiceDatabase database) =>
            Results.Ok(new { tokens = database.Read(session => session.Tokens.List(context.Actor().Org)).Select(ViewOf) })).RequireRole(Role.Admin);
        app.MapPost("/api/v1/tokens", CreateToken).RequireRole(Role.Admin);
        app.MapDelete("/api/v1/tokens/{id}", (string id, HttpContext context, AccessTokens tokens) =>
            tokens.Revoke(context.Actor().Org, id, context.Actor().Name) ? Results.NoContent() : ApiProblem.NotFound("token", id)).RequireRole(Role.Admin);
        app.MapGet("/api/v1/audit", Audit).RequireRole(Role.Admin);
        app.MapGet("/api/v1/audit/export", AlertExport.Audit).RequireRole(Role.Admin).Streams();
        app.MapGet("/api/v1/deliveries", Deliveries).RequireRole(Role.Supervisor);
        app.MapPost("/api/v1/deliveries/{id:long}/retry", Retry).RequireRole(Role.Supervisor);
        app.MapGet("/api/v1/rejected", Rejected).RequireRole(Role.Admin);
    }

    private static IResult CreateToken(HttpContext context, TokenBody body, AccessTokens tokens, ServiceDatabase database, TimeProvider clock)
    {
        var org = context.Actor().Org;
        var name = body.Name?.Trim();
        if (!UserAccounts.IsName(name, out var nameFault)) return ApiProblem.BadParameter("name", nameFault);
        // A key's name in the audit log must be nobody else's; a user's token is named for its owner only.
        if (body.UserId is null && database.Read(session => UserAccounts.IsTaken(session, org, name))) return ApiProblem.BadParameter("name", "a user or another key has it");
        if (body.UserId is { } userId && database.Read(session => session.Users.Find(org, userId)) is not { DisabledAt: null }) return ApiProblem.NotFound("user", userId);

        if (!Roles.TryParseGiven(body.Role, out var role)) return ApiProblem.BadParameter("role", "must be admin, supervisor, responder or viewer");
        if (body.DaysValid is not (null or (>= 1 and <= 3650))) return ApiProblem.BadParameter("daysValid", "must be 1 to 3650, or absent");
        var expiresAt = body.DaysValid is { } days ? clock.GetUtcNow().AddDays(days) : (DateTimeOffset?)null;
        var (text, token) = tokens.Create(org, name, role, expiresAt, context.Actor().Name, body.UserId);
        return Results.Created($"/api/v1/tokens/{token.Id}", new { token = text, id = token.Id });
    }

    private static object ViewOf(AccessToken token) => new
    {
        id = token.Id,
        name = token.Name,
        role = token.Role,
        userId = token.UserId,
        createdAt = UnixTime.Of(token.CreatedAt),
        expiresAt = UnixTime.Of(token.ExpiresAt),
        revokedAt = UnixTime.Of(token.RevokedAt),
    };

    private static IResult Audit(HttpRequest request, ServiceDatabase database)
    {
        var (actor, after, limit) = (request.HttpContext.Actor(), request.Query.Number("cursor") ?? 0, request.Query.Count("limit", 200, PageMax));
        var system = request.Query.Word("system", Truth) == true;
        if (system && !actor.Has(Role.Operator)) return ApiProblem.Of(403, "role-too-low", "What concerns the system and no organisation is for the operator.");
        var entries = database.Read(session => system ? session.Audit.ReadSystem(after, limit) : session.Audit.Read(actor.Org, after, limit, request.Query.Text("subject")));
        return Results.Ok(new { entries = entries.Select(AuditView.Of), next = entries.Count == limit ? entries[^1].Id : (long?)null });
    }

    private static IResult Deliveries(HttpRequest request, ServiceDatabase database)
    {
        var org = request.HttpContext.Actor().Org;
        var limit = request.Query.Count("limit", 200, PageMax);
        var entries = database.Read(session => session.Outbox.List(org, request.Query.Word("state", States), request.Query.Number("cursor"), limit));
        return Results.Ok(new { deliveries = entries.Select(OutboxView.Of), next = entries.Count == limit ? entries[^1].Id : (long?)null });
    }

    private static IResult Retry(long id, HttpContext context, ServiceDatabase database, OutboxBell outbox, TimeProvider clock)
    {
        var result = database.Write(session =>
        {
            if (session.Outbox.Find(context.Actor().Org, id) is not { } entry) return ApiProblem.NotFound("delivery", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (entry.State != OutboxState.Dead) return ApiProblem.Of(409, "not-given-up", "Only a delivery that was given up can be tried again.");
            session.Outbox.Reopen(id, clock.GetUtcNow());
            session.Audit.Add(context.Actor().Org, clock.GetUtcNow(), context.Actor().Name, "notification.retried", $"delivery:{id}");
            return Results.Accepted();
        });
        outbox.Ring();
        return result;
    }

    private static IResult Rejected(HttpRequest request, ReportArchive archive, DeviceDirectory directory)
    {
        var (actor, limit) = (request.HttpContext.Actor(), request.Query.Count("limit", 100, PageMax));
        return Results.Ok(new
        {
            frames = archive.Store.ReadRejected(RejectedFrames.CountMax).Where(frame => directory.OrgOf(frame.DeviceId) == actor.Org).Take(limit).Select(frame => new
            {
                id = frame.Id,
                deviceId = frame.DeviceId,
                time = frame.ServerTimeMs / 1000.0,
                reason = frame.Reason,
                // A frame refused for its number alone still holds positions, whatever the wearer's hours.
                payloadHex = actor.Has(Role.Operator) ? Convert.ToHexStringLower(frame.Payload) : null,
            }),
        });
    }

    internal sealed record TokenBody(string? Name, string? Role, int? DaysValid, string? UserId);
}
