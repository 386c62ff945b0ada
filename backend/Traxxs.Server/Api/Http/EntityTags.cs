using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Traxxs.Server.Api.Http;

/// <summary>
/// Entity tags (RFC 9110, 8.8.3) of everything the API answers as a whole: the hash of the body, so that one rule holds for
/// lists and single things, and what did not change is answered 304 without its body. Computing the answer is not saved,
/// sending it is. Streams have none: their body is not known before it is sent.
/// </summary>
internal static class EntityTags
{
    // An answer longer than this is a stream by its size: it goes out as it comes, without a tag.
    private const int BodyBytesMax = 4 * 1024 * 1024;

    /// <summary>This endpoint's answers are sent as they are made, without a tag.</summary>
    public static TBuilder Streams<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Streamed());

    /// <summary>Tags the answers of the endpoints behind it.</summary>
    public static void UseEntityTags(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!IsTagged(context))
        {
            await next(context);
            return;
        }

        var client = context.Response.Body;
        await using var body = new HeldBody(client, BodyBytesMax);
        context.Response.Body = body;
        try
        {
            await next(context);
            if (body.IsWhole && context.Response is { HasStarted: false, StatusCode: 200 }) Tag(context, body);
            await body.SendAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = client;
        }
    });

    /// <summary>
    /// Writes a change unless somebody else changed the thing since the caller read it: where <c>If-Match</c> names another
    /// state than <paramref name="current"/> gives, the answer is 412 and nothing is written. Looking and writing happen
    /// under one lock a path, so two changes cannot both find the state they saw.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="current">What GET would answer with 200 now; null where there is nothing.</param>
    /// <param name="write">Writes it.</param>
    public static IResult IfUnchanged(this HttpContext context, Func<object?> current, Func<IResult> write)
    {
        lock (Stripes[(uint)StringComparer.Ordinal.GetHashCode(context.Request.Path.Value ?? "") % (uint)Stripes.Length])
        {
            var wanted = context.Request.GetTypedHeaders().IfMatch;
            if (wanted.Count == 0 || current() is not { } now) return write();
            var tag = new EntityTagHeaderValue(OfValue(context, now));
            return wanted.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: true))
                ? write()
                : ApiProblem.Of(412, "changed-meanwhile", "Somebody changed this since you read it: read it again, and change that.");
        }
    }

    private static readonly object[] Stripes = [.. Enumerable.Range(0, 64).Select(_ => new object())];

    private static bool IsTagged(HttpContext context) =>
        context.Request.Method is "GET" or "PUT" or "PATCH"
        && context.GetEndpoint() is RouteEndpoint endpoint
        && endpoint.Metadata.GetMetadata<Streamed>() is null
        && !context.WebSockets.IsWebSocketRequest
        && context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);

    private static void Tag(HttpContext context, HeldBody body)
    {
        // What is compressed on its way is the same thing in other bytes: a weak tag says that.
        var tag = new EntityTagHeaderValue(Of(body.Bytes), isWeak: Compression.MayCompress(context));
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache"; // kept by the browser, asked for each time, by nobody between
        if (context.Request.Method != "GET") return;
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (!known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false))) return;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        context.Response.ContentType = null;
        context.Response.ContentLength = null;
        body.Forget();
    }

    // As Results.Ok and Results.Json write it.
    private static string OfValue(HttpContext context, object value)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return Of(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options));
    }

    private static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"\"{Base64Url.EncodeToString(hash[..16])}\"";
    }

    private sealed record Streamed;
}
