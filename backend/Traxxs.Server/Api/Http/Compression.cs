using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace Traxxs.Server.Api.Http;

/// <summary>
/// Compressed answers, for endpoints that ask for it and no others. A compressed body's length tells something of a secret
/// in it where an attacker can put text beside the secret (BREACH): no endpoint with a secret in its answer is compressed,
/// and the cookie is SameSite=Strict, so no other site can make a browser ask.
/// </summary>
internal static class Compression
{
    /// <summary>This endpoint's answers are long and hold no secret: they are compressed for who can read it.</summary>
    public static TBuilder Compressed<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Compress());

    /// <summary>Whether a request's answer may be compressed.</summary>
    public static bool MayCompress(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Compress>() is not null;

    public static void AddCompression(this IServiceCollection services)
    {
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["application/json", "application/geo+json", "application/gpx+xml", "application/vnd.google-earth.kml+xml", "text/csv", "text/plain"];
        });
        // The fastest levels: they save most of it, and two cores serve everybody.
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    public static void UseCompression(this WebApplication app) => app.UseWhen(MayCompress, branch => branch.UseResponseCompression());

    private sealed record Compress;
}
