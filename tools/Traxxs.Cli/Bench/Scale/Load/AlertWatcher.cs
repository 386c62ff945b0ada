using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>A page's live feed that times each press for help until its alert is seen there. Presses of a device are seconds apart.</summary>
internal sealed class AlertWatcher : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string DeviceId, long EventTimeS), long> _sent = new();
    private readonly ConcurrentQueue<double> _ms = new();
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    /// <summary>Why it saw no more; null while it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>Presses not seen yet.</summary>
    public int Missing => _sent.Count;

    /// <summary>From press to alert, ms.</summary>
    public List<double> Ms => [.. _ms];

    /// <summary>Begins to watch.</summary>
    public static async Task<AlertWatcher> StartAsync(Uri live, string token)
    {
        var watcher = new AlertWatcher();
        watcher._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await watcher._socket.ConnectAsync(live, watcher._stop.Token);
        watcher._reading = Task.Run(() => watcher.ReadAsync(watcher._stop.Token));
        return watcher;
    }

    /// <summary>A press is about to be sent.</summary>
    public void Pressed(string deviceId, long eventTimeS) => _sent[(deviceId, eventTimeS)] = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                var (length, read) = (0, default(ValueWebSocketReceiveResult));
                do
                {
                    read = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                    length += read.Count;
                }
                while (!read.EndOfMessage);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    Problem = $"the live feed ended: {_socket.CloseStatusDescription}";
                    return;
                }

                See(buffer.AsMemory(0, length), Stopwatch.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // The phase is over.
        }
        catch (Exception e) when (e is WebSocketException or JsonException)
        {
            Problem = $"the live feed ended: {e.Message}";
        }
    }

    private void See(ReadOnlyMemory<byte> text, long at)
    {
        using var message = JsonDocument.Parse(text);
        if (message.RootElement.GetProperty("type").GetString() != "alert") return;
        var alert = message.RootElement.GetProperty("data").GetProperty("alert");
        if (alert.GetProperty("rule").GetString() != "sos" || alert.GetProperty("eventTime").ValueKind != JsonValueKind.Number) return;
        if (_sent.TryRemove((alert.GetProperty("deviceId").GetString()!, (long)alert.GetProperty("eventTime").GetDouble()), out var sent)) _ms.Enqueue(Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds);
    }
}
