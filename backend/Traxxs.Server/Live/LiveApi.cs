using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Live;

/// <summary>
/// The live feed as a WebSocket: <c>/api/v1/live?after=ID</c>. One JSON text message an event. The token comes as a header
/// or as the subprotocol <c>bearer.TOKEN</c> beside <c>traxxs.v1</c>.
/// </summary>
internal static class LiveApi
{
    private const string Protocol = "traxxs.v1";

    // A token that was revoked must not go on listening for longer than this.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/api/v1/live", RunAsync).RequireRole(Role.Viewer);

    private static async Task RunAsync(HttpContext context, LiveFeed feed, AccessTokens tokens, CancellationToken cancellationToken)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ApiProblem.Of(400, "websocket-expected", "This address speaks WebSocket.").ExecuteAsync(context);
            return;
        }

        var chosen = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = chosen,
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            KeepAliveTimeout = TimeSpan.FromSeconds(15),
        });
        using var watcher = feed.Watch(context.Actor().Org, context.Request.Query.Text("after"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = AccessGate.TokenOf(context.Request);
        var reading = ReadToEndAsync(socket, stop);
        try
        {
            await SendAsync(socket, watcher, () => tokens.Authenticate(token) is not null, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The watcher or the server went.
        }

        await CloseAsync(socket, watcher.Reason ?? "server stops");
        await stop.CancelAsync();
        await reading;
    }

    private static async Task SendAsync(WebSocket socket, LiveWatcher watcher, Func<bool> stillAllowed, CancellationToken cancellationToken)
    {
        var lookedMs = Environment.TickCount64;
        while (true)
        {
            if (Environment.TickCount64 - lookedMs >= LookAgain.TotalMilliseconds)
            {
                lookedMs = Environment.TickCount64;
                if (!stillAllowed())
                {
                    watcher.LetGo("token is not valid any more");
                    return;
                }
            }

            using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            wait.CancelAfter(LookAgain);
            try
            {
                if (!await watcher.Events.WaitToReadAsync(wait.Token)) return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                continue;
            }

            while (watcher.Events.TryRead(out var item))
            {
                await socket.SendAsync(item.Text, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
        }
    }

    // Watchers have nothing to say; reading is how the end of the connection is noticed.
    private static async Task ReadToEndAsync(WebSocket socket, CancellationTokenSource stop)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), stop.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It ended without a word.
        }

        await stop.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            // RFC 6455, 7.4.1: 1008, policy violation: too slow or not allowed. 1001: going away.
            var status = reason == "server stops" ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.PolicyViolation;
            await socket.CloseOutputAsync(status, Encoding.UTF8.GetByteCount(reason) <= 123 ? reason : "", limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It is gone already.
        }
    }
}
