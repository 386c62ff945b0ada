using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Escalation policies, and what one would do.</summary>
internal static class PoliciesApi
{
    /// <summary>The id under which the policy stands that holds where an organisation chose none.</summary>
    private const string StandardId = "standard";

    public static void MapPolicies(this IEndpointRouteBuilder app)
    {
        var policies = app.MapGroup("/api/v1/policies");
        policies.MapGet("", (HttpContext context, PolicyBook book, Escalator escalator) => Results.Ok(new
        {
            policies = book.List(context.Actor().Org).Select(ViewOf).Append(StandardView(context.Actor().Org, book, escalator)),
            next = (string?)null,
        })).RequireRole(Role.Supervisor);
        policies.MapGet("{id}", (string id, HttpContext context, PolicyBook book, Escalator escalator) =>
            id == StandardId ? Results.Ok(StandardView(context.Actor().Org, book, escalator))
            : book.Find(context.Actor().Org, id) is { } policy ? Results.Ok(ViewOf(policy)) : ApiProblem.NotFound("policy", id)).RequireRole(Role.Supervisor);
        policies.MapPost("", (HttpContext context, JsonElement json, PolicyBook book) => ApiProblem.Checked("policy-invalid", () =>
        {
            var policy = book.Add(context.Actor().Org, json, context.Actor().Name);
            return Results.Created($"/api/v1/policies/{policy.Id}", ViewOf(policy));
        })).RequireRole(Role.Admin);
        policies.MapPut("{id}", (string id, HttpContext context, JsonElement json, PolicyBook book) => context.IfUnchanged(
            () => book.Find(context.Actor().Org, id) is { } known ? ViewOf(known) : null,
            () => ApiProblem.Checked("policy-invalid", () => book.Replace(context.Actor().Org, id, json, context.Actor().Name) is { } policy
                ? Results.Ok(ViewOf(policy))
                : ApiProblem.NotFound("policy", id)))).RequireRole(Role.Admin);
        policies.MapDelete("{id}", (string id, HttpContext context, PolicyBook book) =>
            book.Remove(context.Actor().Org, id, context.Actor().Name) ? Results.NoContent() : ApiProblem.NotFound("policy", id)).RequireRole(Role.Admin);
        policies.MapPost("{id}/dry-run", DryRun).RequireRole(Role.Supervisor);
    }

    private static IResult DryRun(string id, HttpContext context, DryRunBody? body, ServiceDatabase database, Escalator escalator, Recipients recipients, TimeProvider clock)
    {
        var org = context.Actor().Org;
        if (!AlertWords.TryParseSeverity(body?.Severity ?? "critical", out var severity)) return ApiProblem.BadParameter("severity", "must be info, warning, high or critical");
        if (body?.At is not (null or (>= 0 and <= 253402300799))) return ApiProblem.BadParameter("at", "must be seconds since 1970 UTC, or absent for now");
        return database.Read(session =>
        {
            var record = session.Policies.Find(org, id);
            if (record is null && id != StandardId) return ApiProblem.NotFound("policy", id);
            var policy = record is null ? escalator.StandardOf(org) : EscalationJson.Read(record.Definition);
            var at = body?.At is { } seconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : clock.GetUtcNow();
            var nobody = new Alert { Id = "", Key = "", Org = org, DeviceId = "", Rule = "", Severity = severity, RaisedAt = at, Summary = "" };
            return Results.Ok(new
            {
                severity = AlertWords.Of(severity),
                timeline = EscalationTimeline.Of(policy, severity, at).Select(step => new
                {
                    at = UnixTime.Of(step.Step.At),
                    toldAt = UnixTime.Of(step.DueAt),
                    heldByQuietHours = step.DueAt > step.Step.At,
                    tier = step.Step.Tier,
                    told = step.Step.Told,
                    tells = recipients.Of(session, nobody, step.Tier.Notify).Select(telling => new { channel = NameOf(session, org, telling.Channel), recipient = PersonOf(session, org, telling.Recipient) }).ToList(),
                    nextAt = UnixTime.Of(step.NextAt),
                }).ToList(),
                then = severity < policy.EscalateFrom ? "nothing: alerts of this severity are told once" : "the last tier again and again, until somebody acknowledges",
            });
        });
    }

    private static string NameOf(ServiceSession session, string org, string channel) => session.Channels.Find(org, channel)?.Name ?? channel;

    private static string? PersonOf(ServiceSession session, string org, string? recipient) =>
        recipient is not null && recipient.StartsWith(Recipients.UserPrefix, StringComparison.Ordinal) ? session.Users.Find(org, recipient[Recipients.UserPrefix.Length..])?.Name : recipient;

    private static JsonObject ViewOf(PolicyRecord record)
    {
        var view = JsonNode.Parse(record.Definition)!.AsObject();
        view["id"] = record.Id;
        view["version"] = record.Version;
        view["default"] = record.IsDefault;
        view["builtIn"] = false;
        view["changedAt"] = UnixTime.Of(record.ChangedAt);
        return view;
    }

    private static JsonObject StandardView(string org, PolicyBook book, Escalator escalator)
    {
        var view = JsonSerializer.SerializeToNode(EscalationJson.ToJson(escalator.StandardOf(org)))!.AsObject();
        view["id"] = StandardId;
        view["version"] = 0;
        view["default"] = !book.List(org).Any(policy => policy.IsDefault);
        view["builtIn"] = true;
        view["changedAt"] = null;
        return view;
    }

    internal sealed record DryRunBody(string? Severity, double? At);
}
