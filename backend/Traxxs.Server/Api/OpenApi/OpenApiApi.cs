using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>The description of the API, open to anyone: what it says is in the program's source as well.</summary>
internal static class OpenApiApi
{
    public static void MapOpenApi(this WebApplication app)
    {
        // Written once, when first asked for: by then every route is mapped.
        var document = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(OpenApiDocument.Of(
            ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()).ToJsonString()));
        app.MapGet("/api/v1/openapi.json", () => Results.Bytes(document.Value, "application/json")).AllowAnyone().Compressed();
    }
}
