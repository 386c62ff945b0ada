using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.OpenApi;
using Traxxs.Server.Diagnostics;

namespace Traxxs.Server.Hosting;

/// <summary>Measures how long answers take, by operation. WebSockets are no answers: they last as long as somebody watches.</summary>
internal static class RequestMeter
{
    public static void UseRequestMeter(this WebApplication app, ServerMeter meter, TimeProvider clock) => app.Use(async (context, next) =>
    {
        var began = clock.GetTimestamp();
        await next(context);
        if (context.WebSockets.IsWebSocketRequest || context.GetEndpoint() is not RouteEndpoint route) return;
        if (Operations.Find(context.Request.Method, Routes.PathOf(route)) is { } operation)
            meter.Answered(operation.Id, context.Response.StatusCode, clock.GetElapsedTime(began));
    });
}
