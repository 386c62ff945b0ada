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

    private const string BearerScheme = "Bearer ";

    // Browsers cannot send a header with a WebSocket; they can offer subprotocols, which stand in no address and no log.
    private const string BearerProtocol = "bearer.";

    /// <summary>This endpoint wants a role or a higher one.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(role));

    /// <summary>This endpoint is open to anyone.</summary>
    public static TBuilder AllowAnyone<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(null));

    /// <summary>Who acts. Only behind the gate.</summary>
    public static Actor Actor(this HttpContext context) => (Actor)context.Items[typeof(Actor)]!;

    /// <summary>The token a request carries.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)) return header[BearerScheme.Length..].Trim();
        if (!request.HttpContext.WebSockets.IsWebSocketRequest) return null;
        return request.HttpContext.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(protocol => protocol.StartsWith(BearerProtocol, StringComparison.Ordinal))?[BearerProtocol.Length..];
    }

    /// <summary>The organisation a request asks for; null where it names none.</summary>
    public static string? OrganisationOf(HttpRequest request) => request.Headers[OrganisationHeader].ToString() is { Length: > 0 } org ? org : null;

    /// <summary>Puts the gate before the endpoints.</summary>
    public static void UseAccessGate(this WebApplication app, AccessTokens tokens, ServiceDatabase database, MetricsKey metrics) => app.Use(async (context, next) =>
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

        if (tokens.Authenticate(TokenOf(context.Request), OrganisationOf(context.Request)) is not { } actor)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ApiProblem.Of(401, "not-signed-in", "Send a valid token: Authorization: Bearer TOKEN.").ExecuteAsync(context);
            return;
        }

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

        context.Items[typeof(Actor)] = actor;
        await next(context);
    });

    /// <summary>What an endpoint wants; no role means anyone.</summary>
    internal sealed record Access(Role? Role);
}
