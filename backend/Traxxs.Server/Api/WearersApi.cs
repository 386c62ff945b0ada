using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Wearers: their record, device, consent and hours; export and erasure of what is kept of them.</summary>
internal static class WearersApi
{
    private const int PageMax = 1000;

    public static void MapWearers(this IEndpointRouteBuilder app)
    {
        var wearers = app.MapGroup("/api/v1/wearers");
        wearers.MapGet("", List).RequireRole(Role.Viewer);
        wearers.MapGet("{id}", (string id, HttpContext context, ServiceDatabase database) => With(id, context, database, (session, wearer) =>
            Results.Ok(WearerDetail.Of(session, wearer, context.Actor())))).RequireRole(Role.Viewer);
        wearers.MapPost("", Add).RequireRole(Role.Supervisor);
        wearers.MapPatch("{id}", Change).RequireRole(Role.Supervisor);
        wearers.MapDelete("{id}", Remove).RequireRole(Role.Admin);
        wearers.MapPut("{id}/device", GiveDevice).RequireRole(Role.Supervisor);
        wearers.MapGet("{id}/assignments", (string id, HttpContext context, ServiceDatabase database) => With(id, context, database, (session, wearer) =>
            Results.Ok(new AssignmentList([.. session.Assignments.OfWearer(id).Select(AssignmentView.Of)], null)))).RequireRole(Role.Viewer);
        // A wearer says it for themselves, or somebody notes what the wearer signed.
        wearers.MapPost("{id}/consent", Consent).RequireRole(Role.Viewer);
        wearers.MapPost("{id}/export", ExportAsync).RequireRole(Role.Viewer);
        wearers.MapPost("{id}/erase", Erase).RequireRole(Role.Admin);
    }

    private static IResult List(HttpRequest request, ServiceDatabase database)
    {
        var (actor, limit) = (request.HttpContext.Actor(), request.Query.Count("limit", 200, PageMax));
        return database.Read(session =>
        {
            var page = session.Wearers.List(actor.Org, request.Query.Text("cursor") ?? "", limit + 1);
            var devices = session.Assignments.ListOpen(actor.Org).ToLookup(assignment => assignment.WearerId, StringComparer.Ordinal);
            return Results.Ok(new WearerPage(
                [.. page.Take(limit).Select(wearer => WearerDetail.Of(wearer, devices[wearer.Id].FirstOrDefault()?.DeviceId, null, actor))],
                page.Count > limit ? page[limit - 1].Id : null));
        });
    }

    private static IResult Add(HttpContext context, JsonElement body, WearerBook book) => FieldCheck.Checked(() =>
    {
        var wearer = book.Add(context.Actor().Org, ChangeOf(body), context.Actor().Name);
        return Results.Created($"/api/v1/wearers/{wearer.Id}", WearerDetail.Of(wearer, null, null, context.Actor()));
    });

    private static IResult Change(string id, HttpContext context, JsonElement body, WearerBook book, ServiceDatabase database) => FieldCheck.Checked(() =>
        context.IfUnchanged(() => ViewOf(id, context, database), () =>
            Answer(id, context, database, book.Change(context.Actor().Org, id, ChangeOf(body), context.Actor().Name))));

    private static IResult GiveDevice(string id, HttpContext context, DeviceBody body, WearerBook book, ServiceDatabase database) => FieldCheck.Checked(() =>
        context.IfUnchanged(() => ViewOf(id, context, database), () =>
            Answer(id, context, database, book.GiveDevice(context.Actor().Org, id, body.DeviceId is { Length: > 0 } deviceId ? deviceId : null, context.Actor().Name))));

    private static IResult Consent(string id, HttpContext context, ConsentBody body, WearerBook book, ServiceDatabase database)
    {
        var actor = context.Actor();
        if (!actor.Has(Role.Supervisor) && !actor.IsWearer(id)) return NotYours(id, actor, database);
        var given = body.Given ?? throw QueryParsing.Bad("given", "must be true or false");
        return Answer(id, context, database, book.Consent(actor.Org, id, given, actor.Name));
    }

    private static IResult Remove(string id, HttpContext context, WearerBook book) => book.Remove(context.Actor().Org, id, context.Actor().Name) switch
    {
        null => ApiProblem.NotFound("wearer", id),
        false => ApiProblem.Of(409, "wearer-has-history", "This wearer had a device or alerts. Erase the wearer instead: POST to erase."),
        true => Results.NoContent(),
    };

    private static async Task ExportAsync(string id, HttpContext context, ServiceDatabase database, WearerExport export, CancellationToken cancellationToken)
    {
        var actor = context.Actor();
        var own = actor.IsWearer(id);
        if (!own && !actor.Has(Role.Admin))
        {
            await NotYours(id, actor, database).ExecuteAsync(context);
            return;
        }

        if (database.Read(session => session.Wearers.Find(actor.Org, id)) is not { ErasedAt: null } wearer)
        {
            await ApiProblem.NotFound("wearer", id).ExecuteAsync(context);
            return;
        }

        await using var file = await export.WriteAsync(wearer, actor, everything: own, cancellationToken);
        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = file.Length;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"wearer-{id}.zip\"";
        context.Response.Headers.CacheControl = "no-store";
        await file.CopyToAsync(context.Response.Body, cancellationToken);
    }

    private static IResult Erase(string id, HttpContext context, EraseBody body, WearerEraser eraser)
    {
        var result = eraser.Ask(context.Actor().Org, id, body.Confirm, context.Actor().Name);
        return result switch
        {
            EraseAnswer.NotFound => ApiProblem.NotFound("wearer", id),
            EraseAnswer.NotConfirmed => ApiProblem.BadParameter("confirm", "must be the wearer's name: what is erased does not come back"),
            EraseAnswer.AlertOpen => ApiProblem.Of(409, "alert-open", "An alert of this wearer is open. Deal with it first: nobody's place is erased while they may need help."),
            _ => Results.Accepted($"/api/v1/wearers/{id}", new ErasureAccepted(id, WearerEraser.Erased, WearerEraser.Kept)),
        };
    }

    private static IResult NotYours(string id, Actor actor, ServiceDatabase database) => database.Read(session => session.Wearers.Find(actor.Org, id)) is null
        ? ApiProblem.NotFound("wearer", id)
        : ApiProblem.Of(403, "role-too-low", "This is for the wearer, or for a higher role.");

    private static WearerDetail? ViewOf(string id, HttpContext context, ServiceDatabase database) => database.Read(session =>
        session.Wearers.Find(context.Actor().Org, id) is { } wearer ? WearerDetail.Of(session, wearer, context.Actor()) : null);

    private static IResult Answer(string id, HttpContext context, ServiceDatabase database, Wearer? wearer) => wearer is null
        ? ApiProblem.NotFound("wearer", id)
        : database.Read(session => Results.Ok(WearerDetail.Of(session, wearer, context.Actor())));

    private static IResult With(string id, HttpContext context, ServiceDatabase database, Func<ServiceSession, Wearer, IResult> answer) => database.Read(session =>
        session.Wearers.Find(context.Actor().Org, id) is { } wearer ? answer(session, wearer) : ApiProblem.NotFound("wearer", id));

    private static WearerChange ChangeOf(JsonElement body) => new()
    {
        Name = body.Text("name"),
        Phone = body.Text("phone"),
        TimeZone = body.Text("timeZone"),
        WorkingHours = body.TryGetProperty("workingHours", out var hours) ? hours : null,
        Policy = body.Text("policy"),
    };

    internal sealed record DeviceBody(string? DeviceId);

    internal sealed record ConsentBody(bool? Given);

    internal sealed record EraseBody(string? Confirm);
}

/// <summary>A page of wearers.</summary>
internal sealed record WearerPage(IReadOnlyList<WearerDetail> Wearers, string? Next);

/// <summary>A wearer's assignments, oldest first.</summary>
internal sealed record AssignmentList(IReadOnlyList<AssignmentView> Assignments, string? Next);

/// <summary>An erasure goes on in the background.</summary>
/// <param name="Id">Whose data.</param>
/// <param name="Erased">What goes.</param>
/// <param name="Kept">What stays, and why.</param>
internal sealed record ErasureAccepted(string Id, IReadOnlyList<string> Erased, IReadOnlyList<string> Kept);

/// <summary>A wearer as the API writes it. Numbers to call are for those who deal with alerts.</summary>
internal sealed record WearerDetail(
    string Id, string Name, string? Phone, string? DeviceId, bool Consent, double? ConsentAt, double? ConsentWithdrawnAt, JsonElement? WorkingHours,
    string? TimeZone, string? Policy, double CreatedAt, double? ErasedAt, ErasureView? Erasure)
{
    public static WearerDetail Of(ServiceSession session, Wearer wearer, Actor actor) => Of(
        wearer, session.Assignments.OfWearer(wearer.Id).LastOrDefault(assignment => assignment.To is null)?.DeviceId, session.Erasures.Last(wearer.Id), actor);

    public static WearerDetail Of(Wearer wearer, string? deviceId, Erasure? erasure, Actor actor) => new(
        wearer.Id, wearer.Name, actor.Has(Role.Responder) || actor.IsWearer(wearer.Id) ? wearer.Phone : null, deviceId, wearer.Consents,
        UnixTime.Of(wearer.ConsentAt), UnixTime.Of(wearer.ConsentWithdrawnAt),
        wearer.WorkingHours is { } hours ? JsonSerializer.Deserialize<JsonElement>(hours) : null, wearer.TimeZone, wearer.Policy, UnixTime.Of(wearer.CreatedAt),
        UnixTime.Of(wearer.ErasedAt), erasure is null ? null : ErasureView.Of(erasure));
}

/// <summary>An erasure as the API writes it.</summary>
internal sealed record ErasureView(double AskedAt, string AskedBy, double? DoneAt)
{
    public static ErasureView Of(Erasure erasure) => new(UnixTime.Of(erasure.AskedAt), erasure.AskedBy, UnixTime.Of(erasure.DoneAt));
}

/// <summary>An assignment as the API writes it.</summary>
internal sealed record AssignmentView(string DeviceId, string WearerId, double From, double? To)
{
    public static AssignmentView Of(Assignment assignment) =>
        new(assignment.DeviceId, assignment.WearerId, UnixTime.Of(assignment.From), UnixTime.Of(assignment.To));
}
