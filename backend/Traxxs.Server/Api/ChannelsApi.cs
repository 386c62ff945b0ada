using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Notifications.Sms;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Channels and the words they carry. Secrets go in and never come out.</summary>
internal static class ChannelsApi
{
    public static void MapChannels(this IEndpointRouteBuilder app)
    {
        var channels = app.MapGroup("/api/v1/channels");
        channels.MapGet("", (HttpContext context, ChannelBook book) => Results.Ok(new
        {
            channels = book.List(context.Actor().Org).Select(ViewOf).Concat(((string[])[Recipients.Live, Recipients.Log]).Select(BuiltIn)),
            next = (string?)null,
        })).RequireRole(Role.Admin);
        channels.MapGet("{id}", (string id, HttpContext context, ChannelBook book) =>
            book.Find(context.Actor().Org, id) is { } channel ? Results.Ok(ViewOf(channel)) : ApiProblem.NotFound("channel", id)).RequireRole(Role.Admin);
        channels.MapPost("", (HttpContext context, JsonElement json, ChannelBook book) => ApiProblem.Checked("channel-invalid", () =>
        {
            var channel = book.Add(context.Actor().Org, json, context.Actor().Name);
            return Results.Created($"/api/v1/channels/{channel.Id}", ViewOf(channel));
        })).RequireRole(Role.Admin);
        channels.MapPatch("{id}", (string id, HttpContext context, JsonElement json, ChannelBook book) => context.IfUnchanged(
            () => book.Find(context.Actor().Org, id) is { } known ? ViewOf(known) : null,
            () => ApiProblem.Checked("channel-invalid", () => book.Change(context.Actor().Org, id, json, context.Actor().Name) is { } channel
                ? Results.Ok(ViewOf(channel))
                : ApiProblem.NotFound("channel", id)))).RequireRole(Role.Admin);
        channels.MapDelete("{id}", Remove).RequireRole(Role.Admin);
        channels.MapPost("{id}/test", Test).RequireRole(Role.Admin);

        app.MapGet("/api/v1/templates", (HttpContext context, ServiceDatabase database) => Results.Ok(TemplatesOf(context, database))).RequireRole(Role.Admin);
        app.MapPut("/api/v1/templates", PutTemplates).RequireRole(Role.Admin);
    }

    private static IResult Remove(string id, HttpContext context, ChannelBook book) => book.Remove(context.Actor().Org, id, context.Actor().Name) switch
    {
        null => ApiProblem.NotFound("channel", id),
        { Count: 0 } => Results.NoContent(),
        var policies => ApiProblem.Of(409, "channel-in-use", $"Escalation policies name this channel: {string.Join(", ", policies)}. Change them first."),
    };

    private static async Task<IResult> Test(string id, HttpContext context, TestBody? body, ChannelBook book, CancellationToken cancellationToken)
    {
        if (book.Find(context.Actor().Org, id) is not { } channel) return ApiProblem.NotFound("channel", id);
        var to = channel.Kind == ChannelKinds.Smtp ? MailAddress.Normalise(body?.To) : PhoneNumber.Normalise(body?.To);
        if (body?.To is not null && to is null) return ApiProblem.BadParameter("to", channel.Kind == ChannelKinds.Smtp ? MailAddress.Rule : PhoneNumber.Rule);
        var delivery = await book.TestAsync(channel, to, context.Actor(), cancellationToken);
        return Results.Ok(new { taken = delivery.Outcome == DeliveryOutcome.Taken, reason = delivery.Reason });
    }

    private static IResult PutTemplates(HttpContext context, JsonElement json, ServiceDatabase database, TimeProvider clock) => context.IfUnchanged(() => TemplatesOf(context, database), () => ApiProblem.Checked("templates-invalid", () =>
    {
        NotificationTemplates.Read(json);
        var actor = context.Actor();
        database.Write(session =>
        {
            session.Templates.Put(actor.Org, json.GetRawText(), clock.GetUtcNow());
            session.Audit.Add(actor.Org, clock.GetUtcNow(), actor.Name, "templates.changed", $"organisation:{actor.Org}");
        });
        return Results.Ok(TemplatesOf(context, database));
    }));

    private static object TemplatesOf(HttpContext context, ServiceDatabase database)
    {
        var stored = database.Read(session => session.Templates.Find(context.Actor().Org));
        var templates = stored is null ? NotificationTemplates.Standard : NotificationTemplates.Read(JsonDocument.Parse(stored).RootElement);
        return new
        {
            subject = templates.Subject, text = templates.Text, html = templates.Html, sms = templates.Sms, mapUrl = templates.MapUrl, alertUrl = templates.AlertUrl,
        };
    }

    private static object ViewOf(ChannelRecord channel) => new
    {
        id = channel.Id,
        version = channel.Version,
        kind = channel.Kind,
        name = channel.Name,
        enabled = !channel.Disabled,
        settings = JsonNode.Parse(channel.Settings),
        hasSecret = channel.Secret is not null,
        limit = channel.LimitCount is { } count ? new { count, perS = (int)channel.LimitSpan.TotalSeconds } : null,
        changedAt = (double?)UnixTime.Of(channel.ChangedAt),
    };

    private static object BuiltIn(string kind) => new
    {
        id = kind, version = 0, kind, name = kind, enabled = true, settings = new { }, hasSecret = false, limit = (object?)null, changedAt = (double?)null,
    };

    internal sealed record TestBody(string? To);
}
