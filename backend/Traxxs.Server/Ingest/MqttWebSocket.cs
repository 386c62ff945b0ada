using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Transport;
using Traxxs.Server.Api;

namespace Traxxs.Server.Ingest;

/// <summary>
/// MQTT over WebSocket on the HTTP port, <c>/mqtt</c>, subprotocol <c>mqtt</c>: for networks that let nothing else through.
/// Open to anyone as the MQTT port is: who connects is told by CONNECT, and the broker's limits hold here too.
/// </summary>
internal static class MqttWebSocket
{
    public static void MapMqtt(this IEndpointRouteBuilder app) => app.MapGet("/mqtt", RunAsync).AllowAnyone();

    private static async Task RunAsync(HttpContext context, IMqttServer server, CancellationToken cancellationToken)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(WebSocketDuplexPipe.SubProtocol))
        {
            await ApiProblem.Of(400, "websocket-expected", "This address speaks MQTT in a WebSocket with the subprotocol \"mqtt\".").ExecuteAsync(context);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(WebSocketDuplexPipe.SubProtocol);
        await using var pipe = new WebSocketDuplexPipe(socket);
        await server.ServeAsync(pipe, InfoOf(context), cancellationToken);
    }

    private static MqttConnectionInfo InfoOf(HttpContext context) => new()
    {
        RemoteEndPoint = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null,
        IsSecure = context.Request.IsHttps,
        Transport = context.Request.IsHttps ? "wss" : "ws",
    };
}
