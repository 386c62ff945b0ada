using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>A message that became due while the sessions were locked: a will, to be published afterwards.</summary>
internal readonly record struct DueWill(MqttWill Will, MqttSession? Publisher);

/// <summary>
/// The sessions as they are stored: what a client is subscribed to, what it has not acknowledged, its will, when it ends.
/// MQTTnet has a session for each of them, for finding who gets a topic. Synchronous; the life cycle under one lock, a session's
/// subscriptions under its gate as well.
/// </summary>
internal sealed class SessionBook(MqttServerOptions options, IMqttServerHandler handler, SessionStorage? storage, ServerClock clock, ILogger logger, MqttServerCounters counters)
{
    private readonly Lock _lifeCycle = new();
    private readonly ConcurrentDictionary<string, MqttSession> _sessions = new(StringComparer.Ordinal);
    private long _lastNumber;
    private long _lastPosition;

    /// <summary>What sessions may hold.</summary>
    public SessionLimits Limits { get; } = new(options.QueuedMessagesMax, options.QueuedBytesMax);

    /// <summary>Sessions now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Subscriptions now.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_lifeCycle) return _sessions.Values.Sum(session => session.Subscriptions.Count);
        }
    }

    /// <summary>The store position of the last subscription written or removed.</summary>
    public long LastPosition => Volatile.Read(ref _lastPosition);

    /// <summary>The session of a client, or null.</summary>
    public MqttSession? Find(string clientId) => _sessions.GetValueOrDefault(clientId);

    /// <summary>Whether there is no place for the session a client would need.</summary>
    public bool IsFullFor(string clientId) => _sessions.Count >= options.SessionsMax && !_sessions.ContainsKey(clientId);

    /// <summary>Takes in a stored session.</summary>
    public void Restore(MqttSession session, List<(long Number, MqttTopicFilter Filter, uint Identifier)> subscriptions)
    {
        _lastNumber = Math.Max(_lastNumber, session.Number);
        session.RestoreTimes(clock.NowMs);
        _sessions[session.ClientId] = session;
        foreach (var (number, filter, identifier) in subscriptions)
        {
            // What another broker allowed and MQTTnet cannot do.
            if (TopicRules.IsShared(filter.Topic)) logger.LogWarning("{Client}: the shared subscription {Filter} is not taken over", session.ClientId, filter.Topic);
            else session.RestoreSubscription(number, filter, identifier);
        }
    }

    /// <summary>All sessions.</summary>
    public IReadOnlyCollection<MqttSession> All() => [.. _sessions.Values];

    /// <summary>Whether the session ended and only was not removed yet.</summary>
    public bool IsOver(string clientId) => Find(clientId) is { IsConnected: false } session && session.ExpiresAtMs <= clock.NowMs;

    /// <summary>The subscriptions a returning client may not have any more.</summary>
    public List<string> FindForbidden(MqttClientIdentity identity)
    {
        lock (_lifeCycle)
        {
            return Find(identity.ClientId) is not { } session ? [] : [.. session.Subscriptions.Keys.Where(filter => !handler.MaySubscribe(identity, filter))];
        }
    }

    /// <summary>Gives a connection its session and puts CONNACK into its buffer.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="packet">Its CONNECT.</param>
    /// <param name="terms">What it is told.</param>
    /// <param name="present">Whether MQTTnet goes on with its session.</param>
    /// <param name="due">Gets the will of a session that ends here.</param>
    public void Begin(MqttNetConnection connection, ConnectPacket packet, ConnectTerms terms, bool present, List<DueWill> due)
    {
        lock (_lifeCycle)
        {
            if (connection.IsClosing) return;
            var clientId = connection.Identity!.ClientId;
            var session = Find(clientId);
            if (session is not null && !present)
            {
                Discard(session, due); // [MQTT-3.1.2-6] of 3.1.1, [MQTT-3.1.2-4] of 5.0
                session = null;
            }

            terms.Connack.SessionPresent = session is not null;
            session ??= _sessions[clientId] = new MqttSession(clientId, ++_lastNumber, Limits, storage);
            session.ExpiryIntervalSeconds = terms.ExpirySeconds;
            session.Will = packet.Will;
            session.WillDueMs = long.MaxValue; // [MQTT-3.1.3-9] a delayed will is not published if the session goes on
            lock (session.Gate)
            {
                if (session.IsPersistent) storage?.PutSession(session);
                if (!connection.TryAttach(session, terms))
                {
                    Leave(session, due);
                    return;
                }
            }

            Interlocked.Increment(ref counters._connected);
            CallHandler(() => handler.OnConnected(connection.Identity));
        }
    }

    /// <summary>A connection ended. True if its session ends with it.</summary>
    public bool End(MqttNetConnection connection, MqttSession session, MqttDisconnectReason reason, List<DueWill> due)
    {
        lock (_lifeCycle)
        {
            lock (session.Gate) session.Detach();
            if (reason is { Cause: MqttDisconnectCause.ByClient, Code: MqttReasonCode.Success }) session.Will = null; // [MQTT-3.1.2-10], [MQTT-3.14.4-3]
            CallHandler(() => handler.OnDisconnected(connection.Identity!, reason));
            return Leave(session, due);
        }
    }

    // True if the session ends with its connection.
    private bool Leave(MqttSession session, List<DueWill> due)
    {
        var nowMs = clock.NowMs;
        session.ExpiresAtMs = session.ExpiryIntervalSeconds == uint.MaxValue ? long.MaxValue : nowMs + session.ExpiryIntervalSeconds * 1000L;
        if (session.Will is { } will)
        {
            session.WillDueMs = nowMs + Math.Min(will.Properties?.WillDelayInterval ?? 0, session.ExpiryIntervalSeconds) * 1000L;
            if (session.WillDueMs <= nowMs) TakeWill(session, due); // [MQTT-3.1.2-8]
        }

        if (session.IsPersistent) storage?.PutSession(session);
        else Discard(session, due);
        return !session.IsPersistent;
    }

    /// <summary>A client's DISCONNECT may set another session expiry. False if it may not: [MQTT-3.14.2-2].</summary>
    public bool TryChangeExpiry(MqttSession session, uint seconds)
    {
        lock (_lifeCycle)
        {
            if (session.ExpiryIntervalSeconds == 0 && seconds != 0) return false;
            session.ExpiryIntervalSeconds = Math.Min(seconds, options.SessionExpirySecondsMax);
            return true;
        }
    }

    /// <summary>MQTTnet has a subscription.</summary>
    public void Subscribed(string clientId, MqttTopicFilter filter, uint identifier)
    {
        lock (_lifeCycle)
        {
            if (Find(clientId) is not { } session) return;
            var position = 0L;
            lock (session.Gate) session.AddSubscription(filter, identifier, ref position);
            _lastPosition = Math.Max(_lastPosition, position);
        }
    }

    /// <summary>MQTTnet has a subscription no more.</summary>
    public void Unsubscribed(string clientId, string filter)
    {
        lock (_lifeCycle)
        {
            if (Find(clientId) is not { } session) return;
            lock (session.Gate) _lastPosition = Math.Max(_lastPosition, session.RemoveSubscription(filter));
        }
    }

    /// <summary>Whether a client is connected and its session holds this very filter.</summary>
    public bool IsListening(string clientId, string topicFilter)
    {
        lock (_lifeCycle) return Find(clientId) is { Link: not null } session && session.Subscriptions.ContainsKey(topicFilter);
    }

    /// <summary>Wills that are due.</summary>
    public void CollectDue(List<DueWill> due)
    {
        var nowMs = clock.NowMs;
        foreach (var session in _sessions.Values.Where(session => session.WillDueMs <= nowMs))
        {
            lock (_lifeCycle)
            {
                if (session.IsConnected || session.IsDiscarded) continue;
                TakeWill(session, due);
                if (session.IsPersistent) storage?.PutSession(session);
            }
        }
    }

    /// <summary>Sessions whose time is over.</summary>
    public List<string> FindOver() => [.. _sessions.Values.Where(session => IsOver(session.ClientId)).Select(session => session.ClientId)];

    /// <summary>Ends a session whose time is over.</summary>
    public void DiscardOver(string clientId, List<DueWill> due)
    {
        lock (_lifeCycle)
        {
            if (IsOver(clientId)) Discard(_sessions[clientId], due);
        }
    }

    private void Discard(MqttSession session, List<DueWill> due)
    {
        TakeWill(session, due); // the session's end is at the latest the end of its will's delay
        lock (session.Gate)
        {
            foreach (var filter in session.Subscriptions.Keys.ToArray()) session.RemoveSubscription(filter);
            session.Discard();
        }

        storage?.RemoveSession(session);
        _sessions.TryRemove(KeyValuePair.Create(session.ClientId, session));
    }

    private static void TakeWill(MqttSession session, List<DueWill> due)
    {
        if (session.Will is { } will) due.Add(new DueWill(will, session));
        session.Will = null;
        session.WillDueMs = long.MaxValue;
    }

    private void CallHandler(Action call)
    {
        try
        {
            call();
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref counters._handlerErrors);
            logger.LogError(exception, "the MQTT handler threw");
        }
    }
}
