using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Who may call what. Every endpoint says it (a role, or anyone); one that says nothing is closed to all, so that a
/// forgotten word shuts a door rather than opens it.
/// </summary>
internal static class AccessGate
{
    /// <summary>Names the organisation the operator acts in; <c>main</c> where absent. Nobody else is heard by it.</summary>
    public const string OrganisationHeader = "X-Traxxs-Organisation";

    /// <summary>This endpoint wants a role or a higher one.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(role));

    /// <summary>This endpoint is open to anyone.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(null));

    /// <summary>Who acts. Only behind the gate.</summary>
    public static Actor Actor(this HttpContext context) => context.Entry().Actor;

    /// <summary>Who acts, and by what they came in. Only behind the gate.</summary>
    public static Entry Entry(this HttpContext context) => (Entry)context.Items[typeof(Entry)]!;

    /// <summary>The organisation a request asks for; null where it names none.</summary>
    public static string? OrganisationOf(HttpRequest request) => request.Headers[OrganisationHeader].ToString() is { Length: > 0 } org ? org : null;

    /// <summary>Puts the gate before the endpoints.</summary>
    public static void UseAccessGate(this WebApplication app, Doorkeeper doorkeeper, ServiceDatabase database, MetricsKey metrics) => app.Use(async (context, next) =>
    {
        // What is no route is routing's own refusal (nothing there, wrong method): open, and empty.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        var access = endpoint.Metadata.GetMetadata<Access>();
        if (access is { Role: null })
        {
            await next(context);
            return;
        }

        if (endpoint.Metadata.GetMetadata<MetricsDoor.Door>() is not null && metrics.Opens(context))
        {
            await next(context);
            return;
        }

        if (doorkeeper.Find(context.Request) is not { } entry)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ApiProblem.Of(401, "not-signed-in", "Sign in, or send a valid token: Authorization: Bearer TOKEN.").ExecuteAsync(context);
            return;
        }

        if (entry.SignInId is not null && Doorkeeper.MayBeForged(context.Request))
        {
            await ApiProblem.Of(403, "not-from-our-page", $"What changes something by cookie needs the header {Doorkeeper.RequestHeader}: 1 and must come from this server's own page.").ExecuteAsync(context);
            return;
        }

        var actor = entry.Actor;
        if (access is null || actor.Role < access.Role)
        {
            var needed = access?.Role is { } role ? Roles.WordOf(role) : "nobody's";
            await ApiProblem.Of(403, "role-too-low", $"This needs the role {needed}; \"{actor.Name}\" has {Roles.WordOf(actor.Role)}.").ExecuteAsync(context);
            return;
        }

        if (actor.Kind == ActorKind.Operator && database.Read(session => session.Organisations.Find(actor.Org)) is null)
        {
            await ApiProblem.NotFound("organisation", actor.Org).ExecuteAsync(context);
            return;
        }

        context.Items[typeof(Entry)] = entry;
        await next(context);
    });

    /// <summary>What an endpoint wants; no role means anyone.</summary>
    internal sealed record Access(Role? Role);
}
