using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Traxxs.Mqtt.Client;

/// <summary>One timer for all clients of a clock: keep-alive needs no better than a quarter of a second.</summary>
internal sealed class ClientHeartbeat
{
    private static readonly ConditionalWeakTable<TimeProvider, ClientHeartbeat> Heartbeats = new();
    private readonly ConcurrentDictionary<ClientConnection, bool> _connections = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    private ClientHeartbeat(TimeProvider time)
    {
        _time = time;
        var interval = TimeSpan.FromMilliseconds(250);
        _timer = time.CreateTimer(static state => ((ClientHeartbeat)state!).Tick(), this, interval, interval);
    }

    public static ClientHeartbeat Of(TimeProvider time) => Heartbeats.GetValue(time, static time => new ClientHeartbeat(time));

    public static long NowMs(TimeProvider time) => (long)(time.GetTimestamp() * 1000.0 / time.TimestampFrequency);

    public void Add(ClientConnection connection) => _connections.TryAdd(connection, true);

    public void Remove(ClientConnection connection) => _connections.TryRemove(connection, out _);

    private void Tick()
    {
        GC.KeepAlive(_timer);
        var nowMs = NowMs(_time);
        foreach (var connection in _connections.Keys) connection.Tick(nowMs);
    }
}
