using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>What a route says of itself.</summary>
internal static partial class Routes
{
    public static IReadOnlyList<string> MethodsOf(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>The path as it was mapped, constraints included.</summary>
    public static string PathOf(RouteEndpoint route) => route.RoutePattern.RawText is { Length: > 1 } path ? $"/{path.Trim('/')}" : "/";

    /// <summary>The path without constraints, as OpenAPI wants it.</summary>
    public static string PlainPathOf(RouteEndpoint route) => Constraint().Replace(PathOf(route), "{$1}");

    /// <summary>The least role; null where it is open to anyone.</summary>
    public static Role? RoleOf(RouteEndpoint route) => route.Metadata.GetMetadata<AccessGate.Access>()?.Role;

    [GeneratedRegex(@"\{(\w+):[^}]*\}")]
    private static partial Regex Constraint();
}
