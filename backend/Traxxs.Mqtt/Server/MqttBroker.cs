using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// What connects the sessions: who exists, who gets what, what is retained, whose will is due. Synchronous.
/// Locks are taken in this order and never the other way: life cycle, then one session's gate, then tree, retained, store.
/// </summary>
internal sealed class MqttBroker
{
    private readonly Lock _lifeCycle = new();
    private readonly ConcurrentDictionary<string, MqttSession> _sessions = new(StringComparer.Ordinal);
    private readonly SessionLimits _sessionLimits;
    private long _lastSessionNumber;
    private long _lastSweepMs;

    public MqttBroker(MqttServerOptions options, IMqttServerHandler handler, TimeProvider time, ILogger logger, MqttServerCounters counters)
    {
        Options = options;
        Handler = handler;
        Clock = new ServerClock(time);
        Logger = logger;
        Counters = counters;
        Scheduler = new FlushScheduler();
        Admission = new Admission(options, handler, time, Clock, logger, counters);
        Retained = new RetainedMessages(options.RetainedMessagesMax, options.RetainedBytesMax);
        _sessionLimits = new SessionLimits(options.QueuedMessagesMax, options.QueuedBytesMax);
        Storage = options.Store is null ? null : new SessionStorage(options.Store, Clock, Wake);
    }

    public MqttServerOptions Options { get; }
    public IMqttServerHandler Handler { get; }
    public ServerClock Clock { get; }
    public ILogger Logger { get; }
    public MqttServerCounters Counters { get; }
    public FlushScheduler Scheduler { get; }
    public Admission Admission { get; }
    public SubscriptionTree Tree { get; } = new();
    public RetainedMessages Retained { get; }
    public SessionStorage? Storage { get; }
    public int SessionCount => _sessions.Count;

    /// <summary>
    /// Gives an authenticated connection its session and answers with CONNACK. Null if there is no room for another session.
    /// </summary>
    public MqttSession? Connect(MqttConnection connection, ConnectPacket packet, OutboundLink link, ConnackPacket connack, uint expirySeconds)
    {
        lock (_lifeCycle)
        {
            var nowMs = Clock.NowMs;
            var clientId = connection.Identity!.ClientId; // [MQTT-3.1.3-2] names the session
            // [MQTT-3.1.4-3] of 3.1.1, [MQTT-3.1.4-4] of 5.0: clean or kept, as the client asks
            if (_sessions.TryGetValue(clientId, out var session))
            {
                // [MQTT-3.1.4-2] of 3.1.1, [MQTT-3.1.4-3] of 5.0: the older connection is closed
                if (session.Link?.Owner is MqttConnection older)
                {
                    Interlocked.Increment(ref Counters._takeovers);
                    // [MQTT-3.1.3-9] a delayed will is not published if the session goes on
                    EndConnection(session, older, new MqttDisconnectReason(MqttDisconnectCause.TakenOver, MqttReasonCode.SessionTakenOver), nowMs);
                    older.Close(MqttReasonCode.SessionTakenOver);
                }

                if (session.IsDiscarded || packet.CleanStart || session.ExpiresAtMs <= nowMs)
                {
                    if (!session.IsDiscarded) Discard(session, nowMs); // [MQTT-3.1.2-6] of 3.1.1, [MQTT-3.1.2-4] of 5.0
                    session = null;
                }
                else // [MQTT-3.1.2-4] of 3.1.1, [MQTT-3.1.2-5] of 5.0: the session goes on
                {
                    session.Will = null; // the delayed will of the earlier connection: the session went on in time
                    session.WillDueMs = long.MaxValue;
                }
            }

            connack.SessionPresent = session is not null; // [MQTT-3.2.2-1], [MQTT-3.2.2-2], [MQTT-3.2.2-3]
            if (session is null)
            {
                if (_sessions.Count >= Options.SessionsMax) return null;
                session = new MqttSession(clientId, ++_lastSessionNumber, _sessionLimits, Storage);
                _sessions[clientId] = session;
            }

            RecheckSubscriptions(session, connection.Identity);
            session.ExpiryIntervalSeconds = expirySeconds;
            session.Will = packet.Will; // [MQTT-3.1.2-7] of 5.0, [MQTT-3.1.2-8] of 3.1.1
            connection.Session = session;
            lock (session.Gate)
            {
                if (session.IsPersistent) Storage?.PutSession(session);
                connack.Write(link.Buffer, link.Version); // [MQTT-3.2.0-1] before anything else, [MQTT-3.2.0-2] once; [MQTT-3.1.4-4] of 3.1.1, [MQTT-3.1.4-5] of 5.0
                session.Attach(link, nowMs);
            }

            Interlocked.Increment(ref Counters._connected);
            CallHandler(() => Handler.OnConnected(connection.Identity));
            return session;
        }
    }

    /// <summary>A kept session returns, perhaps with fewer rights than it left with.</summary>
    private void RecheckSubscriptions(MqttSession session, MqttClientIdentity identity)
    {
        foreach (var subscription in session.Subscriptions.Values.ToArray())
        {
            if (!Handler.MaySubscribe(identity, FilterOf(subscription.Filter.Topic))) RemoveSubscription(session, subscription.Filter.Topic);
        }
    }

    private static string FilterOf(string topicFilter) =>
        TopicRules.TrySplitShared(topicFilter, out _, out var filter) ? filter.ToString() : topicFilter;

    /// <summary>A connection ended; nothing happens if its session belongs to a newer one.</summary>
    public void Disconnect(MqttConnection connection, MqttDisconnectReason reason)
    {
        lock (_lifeCycle)
        {
            if (connection.Session is { } session && ReferenceEquals(session.Link?.Owner, connection)) EndConnection(session, connection, reason, Clock.NowMs);
        }
    }

    private void EndConnection(MqttSession session, MqttConnection connection, MqttDisconnectReason reason, long nowMs)
    {
        lock (session.Gate) session.Detach();
        // [MQTT-4.1.0-1] not while it is connected, [MQTT-4.1.0-2] of 5.0 and then no longer than asked for
        session.ExpiresAtMs = session.ExpiryIntervalSeconds == uint.MaxValue ? long.MaxValue : nowMs + session.ExpiryIntervalSeconds * 1000L;
        EndWill(session, connection, reason, nowMs);
        CallHandler(() => Handler.OnDisconnected(connection.Identity!, reason));
        if (!session.IsPersistent) Discard(session, nowMs);
        else if (Storage is not null) Storage.PutSession(session);
    }

    private void EndWill(MqttSession session, MqttConnection connection, MqttDisconnectReason reason, long nowMs)
    {
        if (session.Will is null) return;
        // [MQTT-3.1.2-10], [MQTT-3.14.4-3] after DISCONNECT with normal disconnection the will is forgotten
        if (reason.Cause == MqttDisconnectCause.ByClient && reason.Code == MqttReasonCode.Success)
        {
            session.Will = null;
            return;
        }

        var delaySeconds = Math.Min(session.Will.Properties?.WillDelayInterval ?? 0, session.ExpiryIntervalSeconds);
        session.WillDueMs = nowMs + delaySeconds * 1000L;
        if (delaySeconds == 0) PublishWill(session, connection.Session, nowMs); // [MQTT-3.1.2-8]
    }

    private void PublishWill(MqttSession session, MqttSession? publisher, long nowMs)
    {
        if (session.Will is not { } will) return;
        session.Will = null;
        session.WillDueMs = long.MaxValue;
        var message = PublishMessage.Create(TopicName.From(will.Topic), will.Payload.Span, will.QoS, will.Retain, will.Properties, nowMs);
        Publish(message, publisher, nowMs);
        message.Release();
    }

    /// <summary>Routes a message that did not come in a packet: a will, or one of the host. Answers the position to wait for.</summary>
    public long Publish(PublishMessage message, MqttSession? publisher, long nowMs)
    {
        var flush = new FlushSet();
        var position = 0L;
        var routed = RoutedPublish.From(message);
        Route(ref routed, Tree.Match(message.Topic.Name, publisher), flush, nowMs, ref position);
        routed.Done();
        flush.FlushLater(Scheduler);
        return position;
    }

    /// <summary>Hands a publish to everybody it matches and keeps it if it is to be retained. False if it could not be retained.</summary>
    public bool Route(scoped ref RoutedPublish publish, TopicMatch match, FlushSet flush, long nowMs, ref long position)
    {
        if (publish.Retain && !Retained.TrySet(ref publish, Storage, ref position)) return false;
        // [MQTT-3.3.2-3] only where the filter matches; [MQTT-3.3.1-12], [MQTT-3.3.1-13] of 5.0: the retain flag as the subscription asks
        foreach (var delivery in match.Direct) Deliver(ref publish, delivery, delivery.RetainAsPublished && publish.Retain, flush, nowMs, ref position);
        foreach (var (group, members) in match.Shared)
        {
            if (SharedGroup.Choose(group, members) is not { } member) continue;
            // [MQTT-4.8.2-3] at the QoS granted to that member; [MQTT-4.8.2-6] it stays with it, also if refused
            var delivery = new Delivery(member.Session)
            {
                QoS = member.Filter.QoS,
                RetainAsPublished = member.Filter.RetainAsPublished,
                Identifiers = member.Identifier == 0 ? [] : [member.Identifier],
            };
            Deliver(ref publish, delivery, delivery.RetainAsPublished && publish.Retain, flush, nowMs, ref position);
        }

        return true;
    }

    private void Deliver(scoped ref RoutedPublish publish, Delivery delivery, bool retain, FlushSet flush, long nowMs, ref long position, bool bounded = true)
    {
        var session = delivery.Session;
        DeliverResult result;
        lock (session.Gate)
        {
            result = session.Deliver(ref publish, delivery, retain, nowMs, ref position, bounded);
            flush.Add(session.Link);
        }

        Interlocked.Increment(ref result == DeliverResult.Dropped ? ref Counters._droppedMessages : ref Counters._publishesDelivered);
    }

    /// <summary>Carries out a SUBSCRIBE; answers the codes, the retained messages to send, and the position that SUBACK waits for.</summary>
    public List<(Delivery Delivery, PublishMessage Message)> Subscribe(
        MqttSession session, MqttClientIdentity identity, SubscribePacket packet, SubackPacket suback, out long position)
    {
        var retained = new List<(Delivery, PublishMessage)>();
        var identifier = packet.Properties?.SubscriptionIdentifiers?[0] ?? 0;
        position = 0;
        lock (_lifeCycle)
        {
            // [MQTT-3.8.4-4] of 3.1.1, [MQTT-3.8.4-5] of 5.0: as if each came alone, in their order
            foreach (var asked in packet.Filters)
            {
                var code = Check(session, identity, asked);
                if (code.IsFailure())
                {
                    suback.ReasonCodes.Add(code);
                    continue;
                }

                var filter = asked with { QoS = (MqttQoS)Math.Min((byte)asked.QoS, (byte)Options.MaximumQoS) };
                suback.ReasonCodes.Add((MqttReasonCode)filter.QoS); // [MQTT-3.8.4-5] of 3.1.1; [MQTT-3.8.4-6], [MQTT-3.8.4-7] of 5.0; [MQTT-3.2.2-10] lowered, not refused
                var isNew = AddSubscription(session, filter, identifier, ref position);
                CollectRetained(session, filter, identifier, isNew, retained);
            }
        }

        return retained;
    }

    private MqttReasonCode Check(MqttSession session, MqttClientIdentity identity, MqttTopicFilter filter)
    {
        if (!TopicRules.IsValidFilter(filter.Topic)) return MqttReasonCode.TopicFilterInvalid;
        if (!Handler.MaySubscribe(identity, FilterOf(filter.Topic))) return Options.SubscribeRefusal;
        if (session.Subscriptions.Count >= Options.SubscriptionsMax && !session.Subscriptions.ContainsKey(filter.Topic)) return MqttReasonCode.QuotaExceeded;
        return MqttReasonCode.Success;
    }

    private bool AddSubscription(MqttSession session, MqttTopicFilter filter, uint identifier, ref long position)
    {
        var isNew = !session.Subscriptions.ContainsKey(filter.Topic);
        Tree.Add(session.AddSubscription(filter, identifier, ref position));
        return isNew;
    }

    private void CollectRetained(MqttSession session, MqttTopicFilter filter, uint identifier, bool isNew, List<(Delivery, PublishMessage)> retained)
    {
        // [MQTT-3.3.1-9], [MQTT-3.3.1-10], [MQTT-3.3.1-11], [MQTT-3.8.4-4] of 5.0; a shared subscription gets none (MQTT 5.0 section 4.8.2)
        if (TopicRules.IsShared(filter.Topic)) return;
        if (filter.RetainHandling == MqttRetainHandling.DoNotSend || filter.RetainHandling == MqttRetainHandling.SendAtNewSubscribe && !isNew) return;
        var delivery = new Delivery(session) { QoS = filter.QoS, RetainAsPublished = true, Identifiers = identifier == 0 ? [] : [identifier] };
        foreach (var message in Retained.Match(filter.Topic, Clock.NowMs)) retained.Add((delivery, message));
    }

    /// <summary>Sends the retained messages a SUBSCRIBE asked for: [MQTT-3.3.1-8] with the retain flag.</summary>
    public void SendRetained(List<(Delivery Delivery, PublishMessage Message)> retained, FlushSet flush)
    {
        var nowMs = Clock.NowMs;
        var position = 0L;
        foreach (var (delivery, message) in retained)
        {
            var routed = RoutedPublish.From(message);
            Deliver(ref routed, delivery, true, flush, nowMs, ref position, bounded: false);
            routed.Done();
            message.Release();
        }
    }

    /// <summary>Carries out an UNSUBSCRIBE.</summary>
    public void Unsubscribe(MqttSession session, UnsubscribePacket packet, SubackPacket unsuback, out long position)
    {
        position = 0;
        lock (_lifeCycle)
        {
            // [MQTT-3.10.4-1] compared as they stand, [MQTT-3.10.4-6] one after the other; [MQTT-3.11.3-2] the codes
            foreach (var filter in packet.Filters)
            {
                var code = !TopicRules.IsValidFilter(filter) ? MqttReasonCode.TopicFilterInvalid
                    : session.Subscriptions.ContainsKey(filter) ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted;
                unsuback.ReasonCodes.Add(code);
                if (code == MqttReasonCode.Success) position = Math.Max(position, RemoveSubscription(session, filter));
            }
        }
    }

    private long RemoveSubscription(MqttSession session, string filter)
    {
        Tree.Remove(session, filter);
        return session.RemoveSubscription(filter);
    }

    /// <summary>A client's DISCONNECT may set another session expiry. False if it may not: [MQTT-3.14.2-2].</summary>
    public bool TryChangeExpiry(MqttSession session, uint seconds)
    {
        lock (_lifeCycle)
        {
            if (session.ExpiryIntervalSeconds == 0 && seconds != 0) return false;
            session.ExpiryIntervalSeconds = Math.Min(seconds, Options.SessionExpirySecondsMax);
            return true;
        }
    }

    private void Discard(MqttSession session, long nowMs)
    {
        // The session's end is at the latest the end of its will's delay: MQTT 5.0 section 3.1.3.2.2.
        if (session.Will is not null) PublishWill(session, null, nowMs);
        foreach (var filter in session.Subscriptions.Keys.ToArray()) RemoveSubscription(session, filter);
        lock (session.Gate) session.Discard();
        Storage?.RemoveSession(session);
        if (_sessions.TryGetValue(session.ClientId, out var current) && ReferenceEquals(current, session)) _sessions.TryRemove(session.ClientId, out _);
    }

    /// <summary>Finds the connection of a client.</summary>
    public MqttConnection? FindConnection(string clientId) =>
        _sessions.TryGetValue(clientId, out var session) ? session.Link?.Owner as MqttConnection : null;

    /// <summary>Whether a client is connected and its session holds this very filter.</summary>
    public bool IsListening(string clientId, string topicFilter)
    {
        lock (_lifeCycle) return _sessions.TryGetValue(clientId, out var session) && session.Link is not null && session.Subscriptions.ContainsKey(topicFilter);
    }

    /// <summary>Once a second: sessions and wills whose time has come.</summary>
    public void Tick(long nowMs)
    {
        if (nowMs - _lastSweepMs < 1000) return;
        _lastSweepMs = nowMs;
        foreach (var session in _sessions.Values)
        {
            if (session.WillDueMs > nowMs && session.ExpiresAtMs > nowMs) continue;
            lock (_lifeCycle)
            {
                if (session.IsConnected || session.IsDiscarded) continue;
                if (session.WillDueMs <= nowMs)
                {
                    PublishWill(session, null, nowMs); // [MQTT-3.1.2-8] after the delay
                    Storage?.PutSession(session);
                }

                if (session.ExpiresAtMs <= nowMs) Discard(session, nowMs);
            }
        }

        Retained.Expire(nowMs, Storage);
        Admission.Sweep(nowMs);
    }

    private void Wake(MqttSession session)
    {
        OutboundLink? link;
        lock (session.Gate)
        {
            session.AwaitsStore = false;
            session.OnDurable(Clock.NowMs);
            link = session.Link;
            if (link is null || link.FlushQueued || link.Buffer.Length == 0) return;
            link.FlushQueued = true;
        }

        Scheduler.Enqueue(link.Owner!);
    }

    /// <summary>Brings back what the store kept.</summary>
    public void Load()
    {
        if (Storage is null) return;
        new StoredState(Storage, _sessionLimits).Load(Retained, Restore);
    }

    private void Restore(MqttSession session, List<(long Number, MqttTopicFilter Filter, uint Identifier)> subscriptions)
    {
        _lastSessionNumber = Math.Max(_lastSessionNumber, session.Number);
        session.RestoreTimes(Clock.NowMs);
        _sessions[session.ClientId] = session;
        foreach (var (number, filter, identifier) in subscriptions) Tree.Add(session.RestoreSubscription(number, filter, identifier));
    }

    public void CallHandler(Action call)
    {
        try
        {
            call();
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref Counters._handlerErrors);
            Logger.LogError(exception, "the MQTT handler threw");
        }
    }
}
