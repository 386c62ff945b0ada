using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Cluster;
using Traxxs.Server.Devices;
using Traxxs.Server.Identity;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>What devices are to be configured with, and commands to them.</summary>
internal static class ConfigurationApi
{
    private const int PageMax = 500;

    public static void MapConfiguration(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/configuration", Default).RequireRole(Role.Viewer);
        app.MapPut("/api/v1/configuration", PutDefault).RequireRole(Role.Supervisor);
        app.MapGet("/api/v1/devices/{id}/configuration", OfDevice).RequireRole(Role.Viewer);
        app.MapPut("/api/v1/devices/{id}/configuration", PutOfDevice).RequireRole(Role.Supervisor);
        app.MapGet("/api/v1/devices/{id}/commands", Commands).RequireRole(Role.Viewer);
        app.MapPost("/api/v1/devices/{id}/commands", Ask).RequireRole(Role.Supervisor);
    }

    private static IResult Default(HttpContext context, ServiceDatabase database) => Results.Ok(DefaultView(database, context.Actor().Org));

    private static IResult PutDefault(HttpContext context, SettingsBody body, ServiceDatabase database, ConfigurationDesk desk)
    {
        var actor = context.Actor();
        return context.IfUnchanged(() => DefaultView(database, actor.Org), () => Checked(body, settings =>
        {
            desk.Choose(actor.Org, null, settings, actor.Name);
            return Results.Ok(DefaultView(database, actor.Org));
        }));
    }

    private static IResult OfDevice(string id, HttpContext context, ServiceDatabase database) =>
        View(database, context.Actor().Org, id) is { } view ? Results.Ok(view) : ApiProblem.NotFound("device", id);

    private static IResult PutOfDevice(string id, HttpContext context, SettingsBody body, ServiceDatabase database, ConfigurationDesk desk)
    {
        var actor = context.Actor();
        if (View(database, actor.Org, id) is null) return ApiProblem.NotFound("device", id);
        return context.IfUnchanged(() => View(database, actor.Org, id), () => Checked(body, settings =>
        {
            desk.Choose(actor.Org, id, settings, actor.Name);
            return Results.Ok(View(database, actor.Org, id));
        }));
    }

    private static IResult Commands(string id, HttpRequest request, ServiceDatabase database)
    {
        var (org, limit) = (request.HttpContext.Actor().Org, request.Query.Count("limit", 50, PageMax));
        var page = database.Read(session => session.Devices.Find(org, id) is null ? null : session.Commands.List(id, request.Query.Number("cursor"), limit + 1));
        if (page is null) return ApiProblem.NotFound("device", id);
        return Results.Ok(new CommandPage([.. page.Take(limit).Select(CommandView.Of)], page.Count > limit ? page[limit - 1].Number : null));
    }

    private static IResult Ask(string id, CommandBody body, HttpContext context, CommandDesk desk, OutboxBell outbox)
    {
        if (CommandCatalogue.Find(body.Command) is not { } known) return ApiProblem.BadParameter("command", $"must be one of {string.Join(", ", CommandCatalogue.Words)}");
        if (desk.Ask(context.Actor().Org, id, known, context.Actor().Name) is not { } asked) return ApiProblem.NotFound("device", id);
        outbox.Ring();
        return Results.Json(CommandView.Of(asked.Command), statusCode: asked.IsNew ? 202 : 200);
    }

    private static DefaultConfigurationView DefaultView(ServiceDatabase database, string org)
    {
        var chosen = database.Read(session => session.Configurations.Chosen(org, null));
        return new DefaultConfigurationView(DeviceSettings.Stored(chosen?.Settings).Values, UnixTime.Of(chosen?.ChangedAt), chosen?.ChangedBy, SettingView.All);
    }

    private static ConfigurationView? View(ServiceDatabase database, string org, string id) => database.Read(session => session.Devices.Find(org, id) is null
        ? null
        : ConfigurationView.Of(session.Configurations.Find(id), session.Configurations.Chosen(org, id), DeviceState.Stored(session.DeviceStates.Find(id)).Configuration));

    private static IResult Checked(SettingsBody body, Func<DeviceSettings, IResult> act)
    {
        try
        {
            return act(DeviceSettings.Check(body.Settings ?? throw new SettingException("settings", "missing: an object of names and values")));
        }
        catch (SettingException e)
        {
            return ApiProblem.Of(400, "setting-invalid", e.Message, e.Setting);
        }
    }

    internal sealed record SettingsBody(Dictionary<string, int>? Settings);

    internal sealed record CommandBody(string? Command);
}
