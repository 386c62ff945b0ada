using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Traxxs.Server.Api;

namespace Traxxs.Server.Hosting;

/// <summary>
/// The web page: the dashboard's files inside the program, nothing from elsewhere. They lie packed (gzip) and are sent so.
/// Where the dashboard was not built, one page says so.
/// </summary>
internal static class Page
{
    private const string Packed = "dashboard/";
    private const string Plain = "wwwroot/index.html";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Whether the dashboard was there when the server was built.</summary>
    public static bool IsBuilt => typeof(Page).Assembly.GetManifestResourceInfo(Packed + "index.html") is not null;

    public static void MapPage(this IEndpointRouteBuilder app)
    {
        var files = typeof(Page).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Packed, StringComparison.Ordinal))
            .ToDictionary(name => name[Packed.Length..], name => new PackedFile(Load(name), ContentTypes[Path.GetExtension(name)]), StringComparer.Ordinal);
        if (IsBuilt) Serve("/", "index.html");
        else app.MapGet("/", () => Results.Bytes(Load(Plain), ContentTypes[".html"])).AllowAnyone();
        Serve("/icon.svg", "icon.svg");
        Serve("/icon-alarm.svg", "icon-alarm.svg");
        // Their names change with their content, so a browser need not ask twice.
        app.MapGet("/assets/{file}", (string file, HttpContext context) => Find(context, files, "assets/" + file, forever: true)).AllowAnyone();

        void Serve(string route, string name) => app.MapGet(route, (HttpContext context) => Find(context, files, name, forever: false)).AllowAnyone();
    }

    /// <summary>Headers of every answer: nothing runs but our own files, nobody frames the page, no address leaks.</summary>
    public static void UseSecurityHeaders(this WebApplication app, MapOptions map)
    {
        var policy = PolicyOf(map);
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
            return next(context);
        });
    }

    /// <summary>Where the map gets its ground; for the page.</summary>
    public static void MapGround(this IEndpointRouteBuilder app, MapOptions map) =>
        app.MapGet("/api/v1/map", () => Results.Ok(new MapView(map.StyleUrl, map.TilesUrl, map.Attribution))).RequireRole(Identity.Role.Viewer);

    // The map's worker is a file of ours; its tiles come as data, so their origins are for connecting, images of a style for showing.
    private static string PolicyOf(MapOptions map)
    {
        var elsewhere = string.Concat(map.Origins.Select(origin => " " + origin));
        return $"default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'{elsewhere}; img-src 'self'{elsewhere}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static Task Find(HttpContext context, Dictionary<string, PackedFile> files, string name, bool forever) =>
        files.TryGetValue(name, out var file)
            ? Send(context, file, forever)
            : ApiProblem.Of(404, "no-such-address", $"There is nothing at {context.Request.Path}.").ExecuteAsync(context);

    private static async Task Send(HttpContext context, PackedFile file, bool forever)
    {
        var response = context.Response;
        response.ContentType = file.ContentType;
        response.Headers.CacheControl = forever ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        var packed = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var bytes = packed ? file.Bytes : Unpack(file.Bytes);
        if (packed) response.Headers.ContentEncoding = "gzip";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static byte[] Load(string name)
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the page's file {name} is not in the program");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private sealed record PackedFile(byte[] Bytes, string ContentType);
}

/// <summary>Where the page's map gets its ground.</summary>
/// <param name="StyleUrl">A MapLibre style; null for none.</param>
/// <param name="TilesUrl">Raster tiles; null for none.</param>
/// <param name="Attribution">Whom the map is owed to; null for nobody but those the page names itself.</param>
internal sealed record MapView(string? StyleUrl, string? TilesUrl, string? Attribution);
