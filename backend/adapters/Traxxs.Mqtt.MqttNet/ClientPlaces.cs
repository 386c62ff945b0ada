using System.Collections.Concurrent;
using MQTTnet.Server;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// One connection a client. A newer one waits until the older has left entirely, so that MQTTnet never takes a session over
/// between two connections: what its older sending loop had already taken from the session would be lost.
/// </summary>
internal sealed class ClientPlaces(MQTTnet.Server.MqttServer server, SessionBook sessions, Router router, TimeProvider time, MqttServerCounters counters)
{
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(1); // for DISCONNECT to be sent; then the older is cut

    private readonly ConcurrentDictionary<string, MqttNetConnection> _places = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _forgetting = new(1);

    /// <summary>The connection of a client, from when it was let in until nothing of it is left.</summary>
    public MqttNetConnection? Find(string clientId) => _places.GetValueOrDefault(clientId);

    /// <summary>Takes the client's place, from an older connection if there is one.</summary>
    public async ValueTask TakeAsync(MqttNetConnection connection)
    {
        var clientId = connection.Identity!.ClientId;
        while (_places.GetOrAdd(clientId, connection) is var older && !ReferenceEquals(older, connection))
        {
            if (!older.IsClosing) Interlocked.Increment(ref counters._takeovers);
            older.Close(MqttReasonCode.SessionTakenOver, MqttDisconnectCause.TakenOver);
            await Task.WhenAny(older.Ended, Task.Delay(LeaveTime, time));
            if (!older.Ended.IsCompleted) older.Abort(new MqttDisconnectReason(MqttDisconnectCause.TakenOver, MqttReasonCode.SessionTakenOver));
            await older.Ended;
            Leave(older);
        }

        if (sessions.IsOver(clientId)) await ForgetOverAsync(clientId, isOwner: true);
    }

    /// <summary>A connection ended.</summary>
    public void Leave(MqttNetConnection connection)
    {
        if (connection.Identity is { } identity) _places.TryRemove(KeyValuePair.Create(identity.ClientId, connection));
    }

    /// <summary>Ends a session whose time is over, first in MQTTnet: until both are gone it counts as over.</summary>
    public async ValueTask ForgetOverAsync(string clientId, bool isOwner = false)
    {
        var due = new List<DueWill>();
        await _forgetting.WaitAsync();
        try
        {
            if (!isOwner && _places.ContainsKey(clientId) || !sessions.IsOver(clientId)) return;
            await ForgetAsync(clientId);
            sessions.DiscardOver(clientId, due);
        }
        finally
        {
            _forgetting.Release();
        }

        await router.RouteAsync(due);
    }

    /// <summary>Ends MQTTnet's session of a client, if it has one.</summary>
    public async ValueTask ForgetAsync(string clientId)
    {
        MqttSessionStatus session;
        try
        {
            session = await server.GetSessionAsync(clientId);
        }
        catch (InvalidOperationException)
        {
            return; // it has none, or stopped
        }

        await session.DeleteAsync();
    }
}
