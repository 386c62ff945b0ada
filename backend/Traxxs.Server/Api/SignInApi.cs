using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>The doors without a key: first-run set-up, signing in and out, choosing a password by a link.</summary>
internal static class SignInApi
{
    private const int TextMax = 256;

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/setup", (FirstSetup setup) => Results.Ok(new SetupNeeded(setup.IsNeeded))).AllowAnyone();
        app.MapPost("/api/v1/setup", Setup).AllowAnyone();
        app.MapPost("/api/v1/sign-in", SignIn).AllowAnyone();
        app.MapPost("/api/v1/sign-out", SignOut).AllowAnyone();
        app.MapPost("/api/v1/password-by-link", PasswordByLink).AllowAnyone();
    }

    public static IResult TooMany(HttpContext context, TimeSpan wait)
    {
        var seconds = (long)Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiProblem.Of(429, "too-many-attempts", $"Too many attempts. Try again in {seconds} s.");
    }

    private static IResult Setup(HttpContext context, SetupBody body, FirstSetup setup, SignIns signIns, ISignInThrottle throttle, TimeProvider clock)
    {
        RequireOwnOrigin(context.Request);
        var (address, now) = (Doorkeeper.AddressOf(context), clock.GetUtcNow());
        if (!setup.IsNeeded) return ApiProblem.Of(409, "set-up-already", "There is a user already. Sign in, or let an admin make you an account.");
        if (throttle.WaitOf(address, now) is { Ticks: > 0 } wait) return TooMany(context, wait);
        if (!setup.IsCode(body.SetupCode))
        {
            throttle.Failed(address, now);
            return ApiProblem.Of(403, "setup-code-wrong", $"This is not the set-up code. It stands in the file {FirstSetup.CodeFile} of the server's data folder; \"traxxs user code\" makes another.");
        }

        var organisation = body.Organisation?.Trim();
        if (organisation is not { Length: >= 1 and <= OrganisationsApi.NameMax }) return ApiProblem.BadParameter("organisation", $"must have 1 to {OrganisationsApi.NameMax} characters");
        if (Passwords.Fault(body.Password, PersonalOf(body.Name, body.Email)) is { } fault) return ApiProblem.BadParameter("password", fault);
        return FieldCheck.Checked(() =>
        {
            if (setup.Run(organisation, body.Name ?? "", body.Email ?? "", body.Password!) is not { } user)
            {
                return ApiProblem.Of(409, "set-up-already", "Somebody was quicker. Sign in, or let an admin make you an account.");
            }

            Doorkeeper.SetCookie(context, signIns.Begin(user, context.Request.Headers.UserAgent));
            return Results.Created($"/api/v1/users/{user.Id}", new SignedIn(UserView.Of(user)));
        });
    }

    private static async Task<IResult> SignIn(HttpContext context, SignInBody body, SignIns signIns, CancellationToken cancellationToken)
    {
        RequireOwnOrigin(context.Request);
        if (body.Email is not { Length: >= 1 and <= TextMax }) return ApiProblem.BadParameter("email", "must be an e-mail address");
        if (body.Password is not { Length: >= 1 and <= TextMax }) return ApiProblem.BadParameter("password", "must not be empty");
        var result = await signIns.TryAsync(body.Email.Trim(), body.Password, Doorkeeper.AddressOf(context), context.Request.Headers.UserAgent, cancellationToken);
        switch (result.Outcome)
        {
            case SignInOutcome.TryLater:
                return TooMany(context, result.Wait);
            case SignInOutcome.Refused:
                return ApiProblem.Of(401, "sign-in-refused", "E-mail address and password do not belong together.");
            default:
                EndEarlier(context, signIns);
                Doorkeeper.SetCookie(context, result.Cookie!);
                return Results.Ok(new SignedIn(UserView.Of(result.User!)));
        }
    }

    // Open to anyone, so that a cookie that has ended can be laid down; it does nothing without one that stands.
    private static IResult SignOut(HttpContext context, SignIns signIns)
    {
        if (Doorkeeper.MayBeForged(context.Request)) return ApiProblem.Of(403, "not-from-our-page", $"Signing out needs the header {Doorkeeper.RequestHeader}: 1.");
        EndEarlier(context, signIns);
        Doorkeeper.ClearCookie(context);
        return Results.NoContent();
    }

    private static async Task<IResult> PasswordByLink(
        HttpContext context, LinkBody body, UserAccounts accounts, ISignInThrottle throttle, HashingGate hashing, TimeProvider clock, CancellationToken cancellationToken)
    {
        RequireOwnOrigin(context.Request);
        var (address, now) = (Doorkeeper.AddressOf(context), clock.GetUtcNow());
        if (throttle.WaitOf(address, now) is { Ticks: > 0 } wait) return TooMany(context, wait);
        var text = UserAccounts.SecretOfLink(body.Link);
        if (accounts.FindByLink(text) is not { } user)
        {
            throttle.Failed(address, now);
            return ApiProblem.Of(400, "link-invalid", "The link was used, replaced or is older than a day. Ask an admin for another.");
        }

        if (Passwords.Fault(body.Password, PersonalOf(user.Name, user.Email)) is { } fault) return ApiProblem.BadParameter("password", fault);
        var (done, used) = await hashing.TryRunAsync(() => accounts.UseLink(text!, user, body.Password!), cancellationToken);
        if (!done) return TooMany(context, TimeSpan.FromSeconds(5));
        if (used) throttle.Worked(user.Email); // somebody who guessed at the account does not keep its owner out
        return used ? Results.NoContent() : ApiProblem.Of(400, "link-invalid", "The link was used already. Ask an admin for another.");
    }

    /// <summary>What of a person must not stand in their password.</summary>
    public static string[] PersonalOf(string? name, string? email) => [name ?? "", email ?? "", (email ?? "").Split('@')[0]];

    // A browser that signs in anew leaves no second way in behind.
    private static void EndEarlier(HttpContext context, SignIns signIns)
    {
        if (signIns.Authenticate(context.Request.Cookies[Doorkeeper.Cookie]) is { } earlier) signIns.Revoke(earlier.Actor, earlier.SignInId);
    }

    // Signing somebody in from a foreign page would let them work in an account that is not theirs.
    private static void RequireOwnOrigin(HttpRequest request)
    {
        if (!Doorkeeper.IsOwnOrigin(request, mustBeThere: false)) throw new ApiException(ApiProblem.Of(403, "not-from-our-page", "This must come from this server's own page."));
    }

    internal sealed record SetupBody(string? Organisation, string? Name, string? Email, string? Password, string? SetupCode);

    internal sealed record SignInBody(string? Email, string? Password);

    internal sealed record LinkBody(string? Link, string? Password);
}

/// <summary>Whether there is no user yet.</summary>
internal sealed record SetupNeeded(bool Needed);

/// <summary>Who is signed in now.</summary>
internal sealed record SignedIn(UserView User);
