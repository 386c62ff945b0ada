using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>Who is signed in, their password, and where else they are signed in.</summary>
internal static class MeApi
{
    public static void MapMe(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/me", Me).RequireRole(Role.Viewer);
        app.MapPost("/api/v1/me/password", Password).RequireRole(Role.Viewer);
        app.MapGet("/api/v1/me/sign-ins", List).RequireRole(Role.Viewer);
        app.MapDelete("/api/v1/me/sign-ins/{id}", End).RequireRole(Role.Viewer);
    }

    private static IResult Me(HttpContext context, ServiceDatabase database)
    {
        var entry = context.Entry();
        var actor = entry.Actor;
        var (organisation, user) = database.Read(session => (session.Organisations.Find(actor.Org), session.Users.Find(actor.Org, actor.Id)));
        return Results.Ok(new MeView(
            actor.Kind.ToString().ToLowerInvariant(), actor.Id, actor.Name, user?.Email, Roles.WordOf(actor.Role),
            new MyOrganisation(actor.Org, organisation?.Name ?? actor.Org, organisation?.Settings.TimeZone), actor.WearerId, entry.SignInId is not null));
    }

    private static async Task<IResult> Password(
        HttpContext context, PasswordBody body, ServiceDatabase database, UserAccounts accounts, Passwords passwords, ISignInThrottle throttle,
        HashingGate hashing, TimeProvider clock, CancellationToken cancellationToken)
    {
        var user = Signed(context, database);
        var address = Doorkeeper.AddressOf(context);
        if (throttle.WaitOf(user.Email, address, clock.GetUtcNow()) is { Ticks: > 0 } wait) return SignInApi.TooMany(context, wait);
        var (done, matches) = await hashing.TryRunAsync(() => passwords.Matches(user.Password, body.Current), cancellationToken);
        if (!done) return SignInApi.TooMany(context, TimeSpan.FromSeconds(5));
        if (!matches)
        {
            throttle.Failed(user.Email, address, clock.GetUtcNow());
            return ApiProblem.Of(403, "password-wrong", "The current password is another.");
        }

        if (Passwords.Fault(body.New, SignInApi.PersonalOf(user.Name, user.Email)) is { } fault) return ApiProblem.BadParameter("new", fault);
        throttle.Worked(user.Email);
        var (set, _) = await hashing.TryRunAsync(() => accounts.SetPassword(user, body.New!, context.Entry().SignInId), cancellationToken);
        return set ? Results.NoContent() : SignInApi.TooMany(context, TimeSpan.FromSeconds(5));
    }

    private static IResult List(HttpContext context, ServiceDatabase database, TimeProvider clock)
    {
        var user = Signed(context, database);
        return Results.Ok(new SignInList(SignInView.Standing(database, user, clock.GetUtcNow(), context.Entry().SignInId), null));
    }

    private static IResult End(string id, HttpContext context, ServiceDatabase database, SignIns signIns)
    {
        Signed(context, database);
        if (!signIns.Revoke(context.Actor(), id)) return ApiProblem.NotFound("sign-in", id);
        if (id == context.Entry().SignInId) Doorkeeper.ClearCookie(context);
        return Results.NoContent();
    }

    // Keys and the operator have no password and sign in nowhere.
    private static User Signed(HttpContext context, ServiceDatabase database)
    {
        var actor = context.Actor();
        return (actor.Kind == ActorKind.User ? database.Read(session => session.Users.Find(actor.Org, actor.Id)) : null)
            ?? throw new ApiException(ApiProblem.Of(403, "not-a-user", "Only a user with an account has a password and sign-ins."));
    }

    internal sealed record PasswordBody(string? Current, string? New);
}

/// <summary>Who asks.</summary>
/// <param name="Kind"><c>user</c>, <c>key</c> or <c>operator</c>.</param>
/// <param name="Id">Identity of the user or key.</param>
/// <param name="Name">Name in the audit log.</param>
/// <param name="Email">A user's address.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Organisation">Where they act.</param>
/// <param name="WearerId">The wearer they are.</param>
/// <param name="Csrf">Whether they came by cookie: what changes something then needs the header <c>X-Traxxs-Request: 1</c>.</param>
internal sealed record MeView(string Kind, string Id, string Name, string? Email, string Role, MyOrganisation Organisation, string? WearerId, bool Csrf);

/// <summary>The organisation somebody acts in.</summary>
internal sealed record MyOrganisation(string Id, string Name, string? TimeZone);

/// <summary>Sign-ins of a user.</summary>
internal sealed record SignInList(IReadOnlyList<SignInView> SignIns, string? Next);

/// <summary>A sign-in as the API writes it.</summary>
internal sealed record SignInView(string Id, double CreatedAt, double SeenAt, double ExpiresAt, string? Client, bool Current)
{
    /// <summary>A user's sign-ins that stand.</summary>
    public static IReadOnlyList<SignInView> Standing(ServiceDatabase database, User user, DateTimeOffset now, string? current) =>
        [.. database.Read(session => session.SignIns.OfUser(user.Id))
            .Where(signIn => signIn.RevokedAt is null && signIn.ExpiresAt > now && signIn.SeenAt + SignIns.Idle > now)
            .Select(signIn => new SignInView(signIn.Id, UnixTime.Of(signIn.CreatedAt), UnixTime.Of(signIn.SeenAt), UnixTime.Of(signIn.ExpiresAt), signIn.Client, signIn.Id == current))];
}
