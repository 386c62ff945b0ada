using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Devices: list, one, provisioning, commands.</summary>
internal static class DevicesApi
{
    private const int PageMax = 1000;

    private static readonly Dictionary<string, CommandCode> Commands = new(StringComparer.Ordinal)
    {
        ["locate-now"] = CommandCode.LocateNow,
        ["find-me"] = CommandCode.FindMe,
        ["self-test"] = CommandCode.SelfTest,
        ["reboot"] = CommandCode.Reboot,
    };

    public static void MapDevices(this IEndpointRouteBuilder app)
    {
        var devices = app.MapGroup("/api/v1/devices");
        devices.MapGet("", List).RequireRole(Role.Viewer);
        devices.MapGet("{id}", One).RequireRole(Role.Viewer);
        devices.MapPost("", Provision).RequireRole(Role.Admin);
        devices.MapPost("{id}/secret", ReplaceSecret).RequireRole(Role.Admin);
        devices.MapDelete("{id}", Revoke).RequireRole(Role.Admin);
        devices.MapPost("{id}/commands", Ask).RequireRole(Role.Supervisor);
    }

    private static IResult List(HttpRequest request, ServiceDatabase database, DeviceBoard board)
    {
        var (org, limit) = (request.HttpContext.Actor().Org, request.Query.Count("limit", 200, PageMax));
        var after = request.Query.Text("cursor") ?? "";
        var (identities, open) = database.Read(session => (session.Devices.List(org), session.Alerts.OpenByDevice(org)));
        var known = identities.ToDictionary(identity => identity.Id, StringComparer.Ordinal);
        var ids = known.Keys.Union(board.All(org).Select(status => status.DeviceId)).Where(id => string.CompareOrdinal(id, after) > 0);
        var page = ids.Order(StringComparer.Ordinal).Take(limit + 1).ToList();
        return Results.Ok(new
        {
            devices = page.Take(limit).Select(id => new
            {
                device = DeviceView.Of(id, known.GetValueOrDefault(id), board.Find(org, id)),
                openAlerts = open.GetValueOrDefault(id),
            }),
            next = page.Count > limit ? page[limit - 1] : null,
        });
    }

    private static IResult One(string id, HttpContext context, ServiceDatabase database, DeviceBoard board, AlertWorker worker)
    {
        var org = context.Actor().Org;
        var identity = database.Read(session => session.Devices.Find(org, id));
        var status = board.Find(org, id);
        if (identity is null && status is null) return ApiProblem.NotFound("device", id);
        var contact = worker.ContactOf(id);
        return Results.Ok(new
        {
            device = DeviceView.Of(id, identity, status),
            provisionedAt = UnixTime.Of(identity?.CreatedAt),
            contract = contact is null ? null : new { dueAt = UnixTime.Of(contact.DueAt), heardAt = UnixTime.Of(contact.HeardAt), missedAlert = contact.AlertId },
        });
    }

    private static IResult Provision(HttpContext context, DeviceBody body, ServiceDatabase database, DeviceRegistry registry)
    {
        if (!DeviceId.IsValid(body.Id)) return ApiProblem.BadParameter("id", $"must have {DeviceId.Rule}");
        if (body.Name is { Length: > 100 }) return ApiProblem.BadParameter("name", "must have at most 100 characters");
        if (database.Read(session => session.Devices.Find(null, body.Id!)) is not null)
        {
            return ApiProblem.Of(409, "device-exists", $"The device \"{body.Id}\" is provisioned already. If it is yours, POST to its secret to replace that.");
        }

        return Results.Created($"/api/v1/devices/{body.Id}", Issued(body.Id!, registry.Provision(context.Actor().Org, body.Id!, context.Actor().Name, body.Name)));
    }

    private static IResult ReplaceSecret(string id, HttpContext context, ServiceDatabase database, DeviceRegistry registry) =>
        database.Read(session => session.Devices.Find(context.Actor().Org, id)) is null
            ? ApiProblem.NotFound("device", id)
            : Results.Ok(Issued(id, registry.Provision(context.Actor().Org, id, context.Actor().Name)));

    private static IResult Revoke(string id, HttpContext context, DeviceRegistry registry) =>
        registry.Revoke(context.Actor().Org, id, context.Actor().Name) ? Results.NoContent() : ApiProblem.NotFound("device", id);

    private static IResult Ask(string id, CommandBody body, HttpContext context, ServiceDatabase database, OutboxWorker outbox, TimeProvider clock)
    {
        if (!Commands.TryGetValue(body.Command ?? "", out var code))
        {
            return ApiProblem.BadParameter("command", $"must be one of {string.Join(", ", Commands.Keys)}");
        }

        var put = database.Write(session =>
        {
            if (session.Devices.Find(context.Actor().Org, id) is null) return false;
            session.Outbox.TryAdd(DeviceCommands.Ask(id, code, clock.GetUtcNow()));
            session.Audit.Add(context.Actor().Org, clock.GetUtcNow(), context.Actor().Name, "device.asked", $"device:{id}", body.Command);
            return true;
        });
        if (!put) return ApiProblem.NotFound("device", id);
        outbox.Wake();
        return Results.Accepted();
    }

    // The one time the secret is shown.
    private static object Issued(string id, string secret) => new { id, secret, userName = id, topics = new { up = $"xsole/v1/{id}/up", down = $"xsole/v1/{id}/down", state = $"xsole/v1/{id}/state" } };

    internal sealed record DeviceBody(string? Id, string? Name);

    internal sealed record CommandBody(string? Command);
}
