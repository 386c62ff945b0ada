using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Organisations: all of them for the operator, one's own for everybody in it.</summary>
internal static class OrganisationsApi
{
    /// <summary>Most characters of a name.</summary>
    public const int NameMax = 100;

    // Ten years: beyond that, keeping for ever is what is meant.
    private const int DaysMax = 3650;

    public static void MapOrganisations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/organisations", (ServiceDatabase database) =>
            Results.Ok(new OrganisationList([.. database.Read(session => session.Organisations.List()).Select(OrganisationView.Of)], null))).RequireRole(Role.Operator);
        app.MapPost("/api/v1/organisations", Add).RequireRole(Role.Operator);
        app.MapGet("/api/v1/organisations/{id}", (string id, ServiceDatabase database) => Answer(id, Find(database, id))).RequireRole(Role.Operator);
        app.MapPatch("/api/v1/organisations/{id}", (string id, HttpContext context, JsonElement body, Organisations organisations, ServiceDatabase database) =>
            Change(id, context, database, () => organisations.Change(id, ChangeOf(body) with { Closed = body.Truth("closed") }, context.Actor().Name))).RequireRole(Role.Operator);
        app.MapGet("/api/v1/organisation", (HttpContext context, ServiceDatabase database) =>
            Answer(context.Actor().Org, Find(database, context.Actor().Org))).RequireRole(Role.Viewer);
        app.MapPatch("/api/v1/organisation", (HttpContext context, JsonElement body, Organisations organisations, ServiceDatabase database) =>
            Change(context.Actor().Org, context, database, () => organisations.Change(context.Actor().Org, ChangeOf(body), context.Actor().Name))).RequireRole(Role.Admin);
    }

    private static Organisation? Find(ServiceDatabase database, string id) => database.Read(session => session.Organisations.Find(id));

    private static IResult Change(string id, HttpContext context, ServiceDatabase database, Func<Organisation?> change) =>
        context.IfUnchanged(() => Find(database, id) is { } now ? OrganisationView.Of(now) : null, () => Answer(id, change()));

    private static IResult Add(HttpContext context, OrganisationBody body, Organisations organisations)
    {
        var id = body.Id;
        if (!OrganisationId.IsValid(id)) return ApiProblem.BadParameter("id", $"must have {OrganisationId.Rule}");
        if (body.Name?.Trim() is not { Length: >= 1 and <= NameMax } name) return ApiProblem.BadParameter("name", $"must have 1 to {NameMax} characters");
        return organisations.Add(id!, name, context.Actor().Name) is { } made
            ? Results.Created($"/api/v1/organisations/{id}", OrganisationView.Of(made))
            : ApiProblem.Of(409, "organisation-exists", $"There is an organisation \"{id}\" already.");
    }

    private static OrganisationChange ChangeOf(JsonElement body)
    {
        var change = new OrganisationChange();
        if (body.Text("name") is { } text)
        {
            if (text.Trim() is not { Length: >= 1 and <= NameMax } name) throw QueryParsing.Bad("name", $"must have 1 to {NameMax} characters");
            change = change with { Name = name };
        }

        if (body.Text("timeZone") is { } zone)
        {
            if (TimeZones.Find(zone) is null) throw QueryParsing.Bad("timeZone", "must be an IANA name, such as Europe/Berlin");
            change = change with { TimeZone = zone };
        }

        if (body.TryNumber("retentionDays", 1, DaysMax, out var days)) change = change with { SetsRetention = true, RetentionDays = days };
        if (body.TryNumber("alertRetentionDays", 1, DaysMax, out var alertDays)) change = change with { SetsAlertRetention = true, AlertRetentionDays = alertDays };
        return change;
    }

    private static IResult Answer(string id, Organisation? organisation) =>
        organisation is null ? ApiProblem.NotFound("organisation", id) : Results.Ok(OrganisationView.Of(organisation));

    internal sealed record OrganisationBody(string? Id, string? Name);
}

/// <summary>All organisations.</summary>
internal sealed record OrganisationList(IReadOnlyList<OrganisationView> Organisations, string? Next);

/// <summary>An organisation as the API writes it.</summary>
internal sealed record OrganisationView(
    string Id, string Name, string TimeZone, int? RetentionDays, int? AlertRetentionDays, double CreatedAt, double? ClosedAt)
{
    public static OrganisationView Of(Organisation organisation) => new(
        organisation.Id, organisation.Name, organisation.Settings.TimeZone, organisation.Settings.RetentionDays, organisation.Settings.AlertRetentionDays,
        UnixTime.Of(organisation.CreatedAt), UnixTime.Of(organisation.ClosedAt));
}
