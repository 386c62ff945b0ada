using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api;

/// <summary>
/// Finds out who asks: by a bearer token, or by the cookie of a sign-in. A browser sends cookies along with whatever any
/// page makes it ask, so what changes something by cookie must come from our own page: it carries a header no form can
/// send, and an Origin, where there is one, that is ours.
/// </summary>
internal sealed class Doorkeeper(AccessTokens tokens, SignIns signIns)
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "traxxs";

    /// <summary>What our page sends with what changes something.</summary>
    public const string RequestHeader = "X-Traxxs-Request";

    private const string BearerScheme = "Bearer ";

    // Browsers cannot send a header with a WebSocket; they can offer subprotocols, which stand in no address and no log.
    private const string BearerProtocol = "bearer.";

    /// <summary>Who asks; null for nobody known. A token that is void is nobody, whatever cookie comes with it.</summary>
    public Entry? Find(HttpRequest request)
    {
        if (TokenOf(request) is { } token)
        {
            return tokens.Authenticate(token, AccessGate.OrganisationOf(request)) is { } holder
                ? new Entry(holder, AccessTokens.CredentialOf(token), null)
                : null;
        }

        return signIns.Authenticate(request.Cookies[Cookie]) is { } found ? new Entry(found.Actor, $"sign-in:{found.SignInId}", found.SignInId) : null;
    }

    /// <summary>Whether a request by cookie may have been made by a page that is not ours.</summary>
    public static bool MayBeForged(HttpRequest request)
    {
        if (request.HttpContext.WebSockets.IsWebSocketRequest) return !IsOwnOrigin(request, mustBeThere: true);
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        return request.Headers[RequestHeader] != "1" || !IsOwnOrigin(request, mustBeThere: false);
    }

    /// <summary>Whether the page that asks is from this host. The scheme is left to the proxy that may stand before us.</summary>
    public static bool IsOwnOrigin(HttpRequest request, bool mustBeThere)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return !mustBeThere;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from)) return false;
        // A host without a port means the scheme's own, which is the browser's scheme, not the proxy's.
        return string.Equals(from.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase)
            && (request.Host.Port is { } port ? from.Port == port : from.IsDefaultPort);
    }

    /// <summary>The token a request carries.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)) return header[BearerScheme.Length..].Trim();
        if (!request.HttpContext.WebSockets.IsWebSocketRequest) return null;
        return request.HttpContext.WebSockets.WebSocketRequestedProtocols
            .FirstOrDefault(protocol => protocol.StartsWith(BearerProtocol, StringComparison.Ordinal))?[BearerProtocol.Length..];
    }

    /// <summary>Signs the browser in.</summary>
    public static void SetCookie(HttpContext context, string value) => context.Response.Cookies.Append(Cookie, value, OptionsOf(context, SignIns.Longest));

    /// <summary>Takes the cookie away.</summary>
    public static void ClearCookie(HttpContext context) => context.Response.Cookies.Delete(Cookie, OptionsOf(context, null));

    /// <summary>Where a request comes from: the proxy on this machine tells, and those the configuration names; nobody else is believed.</summary>
    public static IPAddress? AddressOf(HttpContext context)
    {
        var nearest = context.Connection.RemoteIpAddress;
        if (!IsProxy(context, nearest)) return nearest;
        var told = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return IPAddress.TryParse(told, out var address) ? address : nearest;
    }

    private static CookieOptions OptionsOf(HttpContext context, TimeSpan? life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = IsHttps(context), Path = "/", MaxAge = life,
    };

    private static bool IsHttps(HttpContext context) => context.Request.IsHttps
        || (IsProxy(context, context.Connection.RemoteIpAddress) && context.Request.Headers["X-Forwarded-Proto"] == "https");

    private static bool IsProxy(HttpContext context, IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IPAddress.IsLoopback(address)
            || context.RequestServices.GetRequiredService<ServerOptions>().TrustedProxies.Any(network => network.Contains(address));
    }
}

/// <summary>Somebody at the door.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Credential">What they came in by, without its secret.</param>
/// <param name="SignInId">The sign-in of their cookie; null where they came by a token.</param>
internal sealed record Entry(Actor Actor, string Credential, string? SignInId);
