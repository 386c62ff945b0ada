using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Accounts of an organisation's people.</summary>
internal static class UsersApi
{
    private const int PageMax = 1000;

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var users = app.MapGroup("/api/v1/users");
        users.MapGet("", List).RequireRole(Role.Responder);
        users.MapPost("", Add).RequireRole(Role.Admin);
        users.MapGet("{id}", (string id, HttpContext context, ServiceDatabase database) => With(id, context, database, user => Results.Ok(UserView.Of(user, context.Actor())))).RequireRole(Role.Responder);
        users.MapPatch("{id}", Change).RequireRole(Role.Admin);
        users.MapDelete("{id}", (string id, HttpContext context, UserAccounts accounts) => FieldCheck.Checked(() =>
            accounts.Delete(context.Actor().Org, id, context.Actor()) ? Results.NoContent() : ApiProblem.NotFound("user", id))).RequireRole(Role.Admin);
        users.MapPost("{id}/password-link", PasswordLink).RequireRole(Role.Admin);
        users.MapGet("{id}/sign-ins", (string id, HttpContext context, ServiceDatabase database, TimeProvider clock) => With(id, context, database, user =>
            Results.Ok(new SignInList(SignInView.Standing(database, user, clock.GetUtcNow(), null), null)))).RequireRole(Role.Admin);
        users.MapDelete("{id}/sign-ins", (string id, HttpContext context, ServiceDatabase database, SignIns signIns) => With(id, context, database, user =>
        {
            signIns.RevokeAll(user, context.Actor().Name);
            return Results.NoContent();
        })).RequireRole(Role.Admin);
    }

    private static IResult List(HttpRequest request, ServiceDatabase database)
    {
        var (org, limit) = (request.HttpContext.Actor().Org, request.Query.Count("limit", 200, PageMax));
        var page = database.Read(session => session.Users.List(org, request.Query.Text("cursor") ?? "", limit + 1));
        return Results.Ok(new UserPage(
            [.. page.Take(limit).Where(user => !UserAccounts.IsDeleted(user)).Select(user => UserView.Of(user, request.HttpContext.Actor()))],
            page.Count > limit ? page[limit - 1].Id : null));
    }

    private static IResult Add(HttpContext context, JsonElement body, UserAccounts accounts, TimeProvider clock) => FieldCheck.Checked(() =>
    {
        var actor = context.Actor();
        var user = accounts.Add(actor.Org, ChangeOf(body, clock), actor.Name);
        var link = accounts.NewLink(actor.Org, user.Id, actor.Name)!.Value;
        return Results.Created($"/api/v1/users/{user.Id}", UserView.Of(user) with { Link = AddressOf(context.Request, link.Text) });
    });

    private static IResult Change(string id, HttpContext context, JsonElement body, UserAccounts accounts, ServiceDatabase database, TimeProvider clock) => FieldCheck.Checked(() =>
        context.IfUnchanged(
            () => Find(id, context, database) is { } now ? UserView.Of(now, context.Actor()) : null,
            () => accounts.Change(context.Actor().Org, id, ChangeOf(body, clock), context.Actor()) is { } user ? Results.Ok(UserView.Of(user)) : ApiProblem.NotFound("user", id)));

    private static IResult PasswordLink(string id, HttpContext context, UserAccounts accounts) =>
        accounts.NewLink(context.Actor().Org, id, context.Actor().Name) is { } link
            ? Results.Ok(new PasswordLinkView(AddressOf(context.Request, link.Text), UnixTime.Of(link.ExpiresAt)))
            : ApiProblem.NotFound("user", id);

    private static IResult With(string id, HttpContext context, ServiceDatabase database, Func<User, IResult> answer) =>
        Find(id, context, database) is { } user ? answer(user) : ApiProblem.NotFound("user", id);

    private static User? Find(string id, HttpContext context, ServiceDatabase database) =>
        database.Read(session => session.Users.Find(context.Actor().Org, id)) is { } user && !UserAccounts.IsDeleted(user) ? user : null;

    private static UserChange ChangeOf(JsonElement body, TimeProvider clock) => new()
    {
        Email = body.Text("email"),
        Name = body.Text("name"),
        Role = body.Text("role"),
        Phone = body.Text("phone"),
        WearerId = body.Text("wearerId"),
        Disabled = body.Truth("disabled"),
        Now = clock.GetUtcNow(),
    };

    // Behind the #, the secret part of an address stays in the browser: it stands in no request and no log.
    private static string AddressOf(HttpRequest request, string link) => $"{request.Scheme}://{request.Host}/#{UserAccounts.LinkMark}{link}";
}

/// <summary>A page of users.</summary>
internal sealed record UserPage(IReadOnlyList<UserView> Users, string? Next);

/// <summary>A link to choose a password.</summary>
internal sealed record PasswordLinkView(string Link, double ExpiresAt);

/// <summary>A user as the API writes it.</summary>
internal sealed record UserView(
    string Id, string? Email, string Name, string Role, string? Phone, string? WearerId, bool HasPassword, double CreatedAt, double? DisabledAt, double? LockedUntil)
{
    /// <summary>A link to choose a password, where one was just made.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Link { get; init; }

    /// <summary>What somebody may know of a user: all of it an admin, who it is everybody who may hand them an alert.</summary>
    public static UserView Of(User user, Actor actor) =>
        actor.Has(Identity.Role.Admin) || actor.Id == user.Id ? Of(user) : Of(user) with { Email = null, Phone = null, LockedUntil = null };

    public static UserView Of(User user) => new(
        user.Id, user.Email, user.Name, user.Role, user.Phone, user.WearerId, user.Password is not null, UnixTime.Of(user.CreatedAt), UnixTime.Of(user.DisabledAt),
        UnixTime.Of(user.LockedUntil));
}
