using System.Net.Security;
using System.Net.WebSockets;
using System.Text.Json;
using Traxxs.Server.Live;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>
/// Somebody who has the page open: a WebSocket to one of several fronts, resumed at another behind the last event, as the page
/// does it. Keeps what it was told.
/// </summary>
internal sealed class ClusterWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly string _token;
    private readonly IReadOnlyList<Func<Uri?>> _fronts;
    private readonly RemoteCertificateValidationCallback? _trusts;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Told> _told = [];
    private readonly Task _running;
    private CancellationTokenSource _leave = new();
    private string? _last;

    /// <summary>Somebody who comes to the first of some fronts that is there, by TLS where its address says so.</summary>
    public ClusterWatcher(string token, IReadOnlyList<Func<Uri?>> fronts, RemoteCertificateValidationCallback? trusts = null)
    {
        (_token, _fronts, _trusts) = (token, fronts, trusts);
        _running = Task.Run(RunAsync);
    }

    /// <summary>An event as it came.</summary>
    /// <param name="Place">Its id.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Report">Device and number of the report it tells of; null where it tells of none.</param>
    /// <param name="Notified">Identity of the alert it notifies of; null where it is no notification.</param>
    public readonly record struct Told(LivePlace Place, string Type, (string Device, long Number)? Report, string? Notified);

    /// <summary>How often it came to a front, the first time included.</summary>
    public int Visits { get; private set; }

    /// <summary>All it was told so far.</summary>
    public List<Told> All
    {
        get
        {
            lock (_lock) return [.. _told];
        }
    }

    /// <summary>Whether it was notified of an alert.</summary>
    public bool IsToldOf(string alert) => All.Exists(told => told.Notified == alert);

    /// <summary>How often it had to read the state anew.</summary>
    public int Resets => All.Count(told => told.Type == "reset");

    /// <summary>Leaves the front it is at without a word and goes to the next one.</summary>
    public void Change() => Interlocked.Exchange(ref _leave, new CancellationTokenSource()).Cancel();

    /// <summary>Fails unless, from one reading of the state to the next, every event came once and in order.</summary>
    public void AssertNothingLostOrDoubled()
    {
        LivePlace? before = null;
        foreach (var told in All)
        {
            if (told.Type == "service") continue; // how a process stands has no number of its own
            if (told.Type != "reset" && before is { } known)
                Assert.AreEqual(known with { Number = known.Number + 1 }, told.Place, "every event once, in order");
            before = told.Place;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        for (var next = 0; !_stop.IsCancellationRequested; next++)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _leave.Token);
            try
            {
                if (_fronts[next % _fronts.Count]() is { } front) await WatchAsync(front, over.Token);
                await Task.Delay(Again, _stop.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                // To the next one.
                await Task.Delay(Again).ConfigureAwait(false);
            }
        }
    }

    private async Task WatchAsync(Uri front, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_token}");
        socket.Options.RemoteCertificateValidationCallback = _trusts;
        var address = new UriBuilder(front) { Scheme = front.Scheme == "https" ? "wss" : "ws", Path = "/api/v1/live", Query = _last is null ? "" : $"after={_last}" }.Uri;
        await socket.ConnectAsync(address, cancellationToken);
        Visits++;
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return;
            length += part.Count;
            if (!part.EndOfMessage) continue;
            Take(JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, length)));
            length = 0;
        }
    }

    private void Take(JsonElement item)
    {
        _last = item.GetProperty("id").GetString()!;
        Assert.IsTrue(LivePlace.TryRead(_last, out var place));
        var type = item.GetProperty("type").GetString()!;
        (string, long)? report = null;
        if (type == "device" && item.GetProperty("data") is var data && data.GetProperty("fixes") is var fixes && fixes.GetArrayLength() > 0)
            report = (data.GetProperty("deviceId").GetString()!, (long)Math.Round(fixes[0].GetProperty("latitude").GetDouble() * 1e5) - ClusterDevice.FirstLatitudeE5);
        var notified = type == "notification" ? item.GetProperty("data").GetProperty("alert").GetProperty("id").GetString() : null;
        lock (_lock) _told.Add(new Told(place, type, report, notified));
    }
}
