using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts;
using Traxxs.Server.Devices;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Devices: list, one, provisioning.</summary>
internal static class DevicesApi
{
    private const int PageMax = 1000;

    public static void MapDevices(this IEndpointRouteBuilder app)
    {
        var devices = app.MapGroup("/api/v1/devices");
        devices.MapGet("", List).RequireRole(Role.Viewer);
        devices.MapGet("{id}", One).RequireRole(Role.Viewer);
        devices.MapPost("", Provision).RequireRole(Role.Admin);
        devices.MapPost("{id}/secret", ReplaceSecret).RequireRole(Role.Admin);
        devices.MapDelete("{id}", Revoke).RequireRole(Role.Admin);
    }

    private static IResult List(HttpRequest request, ServiceDatabase database, DeviceBoard board, LocationGate gate)
    {
        var (org, limit) = (request.HttpContext.Actor().Org, request.Query.Count("limit", 200, PageMax));
        var after = request.Query.Text("cursor") ?? "";
        var (page, open) = database.Read(session => (session.Devices.Page(org, after, limit + 1), session.Alerts.OpenByDevice(org)));
        return Results.Ok(new DevicePage(
            [.. page.Take(limit).Select(one => new DeviceListItem(DeviceView.Of(one.Id, one, board.Find(org, one.Id), gate.Of(one.Id)), open.GetValueOrDefault(one.Id)))],
            page.Count > limit ? page[limit - 1].Id : null));
    }

    private static IResult One(string id, HttpContext context, ServiceDatabase database, DeviceBoard board, IRuleStanding rules, LocationGate gate)
    {
        var org = context.Actor().Org;
        var (identity, told, update) = database.Read(session => (session.Devices.Find(org, id), session.DeviceStates.Find(id), session.Updates.Find(id)));
        var status = board.Find(org, id);
        if (identity is null && status is null) return ApiProblem.NotFound("device", id);
        var (contact, state) = (rules.ContactOf(id), DeviceState.Stored(told));
        return Results.Ok(new DeviceDetail(
            DeviceView.Of(id, identity, status, gate.Of(id)), UnixTime.Of(identity?.CreatedAt),
            contact is null ? null : new ContractView(UnixTime.Of(contact.DueAt), UnixTime.Of(contact.HeardAt), contact.AlertId),
            state.Firmware, state.Health, state.Trace, state.SelfTest, update is null ? null : UpdateView.Of(update)));
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

    // The one time the secret is shown.
    private static IssuedSecret Issued(string id, string secret) => new(id, secret, id, new IssuedTopics($"xsole/v1/{id}/up", $"xsole/v1/{id}/down", $"xsole/v1/{id}/state"));

    internal sealed record DeviceBody(string? Id, string? Name);
}
