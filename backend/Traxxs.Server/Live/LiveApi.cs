using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;
using Traxxs.Store;

namespace Traxxs.Server.Live;

/// <summary>
/// The live feed as a WebSocket: <c>/api/v1/live?after=ID</c>. One JSON text message an event. The token comes as a header
/// or as the subprotocol <c>bearer.TOKEN</c> beside <c>traxxs.v1</c>; our own page comes by its cookie. A ping that nobody answers
/// ends it without a word: who does not read does not answer.
/// </summary>
internal static class LiveApi
{
    private const string Protocol = "traxxs.v1";

    // What was revoked here ends at once; what ended by itself or by another process, within this time.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    // How often a watcher is asked whether it is there, and how long it has to answer.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/api/v1/live", RunAsync).RequireRole(Role.Viewer);

    private static async Task RunAsync(HttpContext context, LiveFeed feed, Doorkeeper doorkeeper, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ApiProblem.Of(400, "websocket-expected", "This address speaks WebSocket.").ExecuteAsync(context);
            return;
        }

        // Before it is told that it watches: what it reads then, and what happens from then on, leaves no gap.
        var entry = context.Entry();
        using var watcher = feed.Watch(entry.Actor.Org, context.Request.Query.Text("after"), entry.Credential, entry.Actor.Id);
        var chosen = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = chosen,
            KeepAliveInterval = Ping,
            KeepAliveTimeout = Ping,
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadToEndAsync(socket, stop);
        try
        {
            await SendAsync(socket, watcher, () => MayStay(doorkeeper, context.Request, entry), clock, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The watcher or the server went.
        }

        await CloseAsync(socket, watcher.Reason ?? "server stops");
        await AnsweredAsync(reading);
        await stop.CancelAsync();
        await reading;
    }

    private static async Task SendAsync(WebSocket socket, LiveWatcher watcher, Func<bool> mayStay, TimeProvider clock, CancellationToken cancellationToken)
    {
        var looked = clock.GetUtcNow();
        while (true)
        {
            if ((clock.GetUtcNow() - looked).Duration() >= LookAgain) // a clock that was set back is no leave to stay
            {
                looked = clock.GetUtcNow();
                if (!mayStay())
                {
                    watcher.LetGo("signed out: the token or sign-in is not valid any more");
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

    // A database that is away can neither shut anybody out nor be asked who was: it is asked again with the next look. To end the watch
    // would leave a page dark that could not come back before the database does.
    private static bool MayStay(Doorkeeper doorkeeper, HttpRequest request, Entry entry)
    {
        try
        {
            return doorkeeper.Find(request)?.Actor.Org == entry.Actor.Org;
        }
        catch (StoreUnavailableException)
        {
            return true;
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

    // To stop reading resets the connection, and the reason with it: the watcher gets a moment to read it and to answer.
    private static async Task AnsweredAsync(Task reading)
    {
        try
        {
            await reading.WaitAsync(CloseWithin);
        }
        catch (TimeoutException)
        {
            // It does not answer.
        }
    }

    private static async Task CloseAsync(WebSocket socket, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var limit = new CancellationTokenSource(CloseWithin);
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
