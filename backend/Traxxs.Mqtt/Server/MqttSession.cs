using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>Where an outgoing message stands.</summary>
internal enum OutboundState : byte
{
    /// <summary>Waits in the queue.</summary>
    Queued,
    /// <summary>PUBLISH sent; PUBACK or PUBREC is awaited.</summary>
    Sent,
    /// <summary>PUBREC came, PUBREL is to be sent as soon as that is durable.</summary>
    ReleasePending,
    /// <summary>PUBREL sent; PUBCOMP is awaited.</summary>
    Released,
}

/// <summary>One message for one session, in one of its two lists.</summary>
internal sealed class OutboundEntry
{
    public PublishMessage? Message;
    public MqttQoS QoS;
    public bool Retain;
    public uint[] Identifiers = [];
    public OutboundState State;
    public bool WasSent; // DUP on the next time
    public ushort PacketIdentifier;
    public long Number;   // key in the store, 0 if not stored
    public long Position; // of the last write about it
    public OutboundEntry? Previous, Next;
}

/// <summary>A list of entries that costs no allocation per entry.</summary>
internal struct OutboundList
{
    public OutboundEntry? First, Last;
    public int Count;

    public void Append(OutboundEntry entry)
    {
        entry.Previous = Last;
        entry.Next = null;
        if (Last is null) First = entry;
        else Last.Next = entry;
        Last = entry;
        Count++;
    }

    public void Prepend(OutboundEntry entry)
    {
        entry.Previous = null;
        entry.Next = First;
        if (First is null) Last = entry;
        else First.Previous = entry;
        First = entry;
        Count++;
    }

    public void Remove(OutboundEntry entry)
    {
        if (entry.Previous is null) First = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is null) Last = entry.Previous;
        else entry.Next.Previous = entry.Previous;
        entry.Previous = entry.Next = null;
        Count--;
    }
}

/// <summary>A QoS 2 identifier between PUBLISH and PUBREL.</summary>
internal struct IncomingIdentifier
{
    /// <summary>False while the handler has not answered for the message.</summary>
    public bool Answered;
    /// <summary>A repeat of the message, perhaps on a newer connection, that is acknowledged with the first.</summary>
    public IMqttPublishCompletion? Waiter;
    public long WaiterSequence;
}

/// <summary>What became of a message handed to a session.</summary>
internal enum DeliverResult
{
    Sent,
    Queued,
    Dropped,
}

/// <summary>
/// The state of one client that outlives its connections: subscriptions, queue, messages in flight, QoS 2 identifiers.
/// Synchronous: packets and the time go in, packets come out into the link's buffer. Every member but the constructor is
/// called under <see cref="Gate"/>, except where it says so. MQTT 5.0 sections 3.1.2.11, 4.1, 4.3, 4.4, 4.6, 4.9.
/// </summary>
internal sealed partial class MqttSession(string clientId, long number, SessionLimits limits, SessionStorage? storage)
{
    private const int SpareEntriesMax = 64; // entries kept for reuse: the usual number in flight
    private OutboundList _queue;
    private OutboundList _inFlight;
    private Dictionary<ushort, OutboundEntry>? _byIdentifier;
    private Dictionary<ushort, IncomingIdentifier>? _incoming;
    private OutboundEntry? _spare;
    private int _spareCount;
    private int _sendQuota; // entries in state Sent, ReleasePending or Released on this link
    private long _queuedBytes;
    private ushort _lastIdentifier;
    private long _lastNumber;

    /// <summary>Guards this session and the link attached to it.</summary>
    public Lock Gate { get; } = new();
    public string ClientId { get; } = clientId;
    /// <summary>The session's number in the store.</summary>
    public long Number { get; } = number;
    public SessionStorage? Storage { get; } = storage;
    /// <summary>The attached connection's outgoing side, or null.</summary>
    public OutboundLink? Link { get; private set; }
    /// <summary>Read without the gate: a hint for shared subscriptions.</summary>
    public bool IsConnected => Link is not null;
    /// <summary>How long the session outlives its connection, s; <see cref="uint.MaxValue"/> is for ever.</summary>
    public uint ExpiryIntervalSeconds { get; set; }
    /// <summary>True if the session is kept when its connection ends, and so stored.</summary>
    public bool IsPersistent => ExpiryIntervalSeconds > 0;
    /// <summary>Server clock, ms, when the session ends; <see cref="long.MaxValue"/> while connected.</summary>
    public long ExpiresAtMs { get; set; } = long.MaxValue;
    /// <summary>The will of the connection, or the delayed will of the last one.</summary>
    public MqttWill? Will { get; set; }
    /// <summary>Server clock, ms, when the delayed will is due; <see cref="long.MaxValue"/> if none waits.</summary>
    public long WillDueMs { get; set; } = long.MaxValue;
    /// <summary>True once the session ended; it takes nothing any more.</summary>
    public bool IsDiscarded { get; private set; }
    public int QueuedCount => _queue.Count;
    public int InFlightCount => _inFlight.Count;
    public int IncomingCount => _incoming?.Count ?? 0;

    private bool IsStored => Storage is not null && IsPersistent;

    /// <summary>A connection begins: what is unacknowledged is sent again, then the queue. [MQTT-4.3.3-13] whether it expired meanwhile or not.</summary>
    public void Attach(OutboundLink link, long nowMs)
    {
        Link = link;
        ExpiresAtMs = long.MaxValue;
        // A client may come back with a smaller receive maximum: the newest go back to the head of the queue.
        while (_inFlight.Count > link.ReceiveMax && LastSent() is { } surplus) PutBack(surplus);
        _sendQuota = _inFlight.Count;
        // [MQTT-4.4.0-1] and [MQTT-4.6.0-1]: PUBLISH and PUBREL again, with their identifiers and in their order, DUP set
        for (var entry = _inFlight.First; entry is not null;)
        {
            var next = entry.Next;
            if (entry.State == OutboundState.Sent)
            {
                if (!Write(entry, duplicate: true, nowMs)) Finish(entry);
            }
            else WriteRelease(entry);
            entry = next;
        }

        Pump(nowMs);
    }

    private OutboundEntry? LastSent()
    {
        var entry = _inFlight.Last;
        while (entry is not null && entry.State != OutboundState.Sent) entry = entry.Previous;
        return entry;
    }

    private void PutBack(OutboundEntry entry)
    {
        _inFlight.Remove(entry);
        entry.State = OutboundState.Queued;
        _queue.Prepend(entry);
        _queuedBytes += entry.Message!.Size;
    }

    /// <summary>The connection is over.</summary>
    public void Detach()
    {
        if (Link is not null) Link.IsOpen = false;
        Link = null;
    }

    /// <summary>The session ends: everything it holds is given back.</summary>
    public void Discard()
    {
        IsDiscarded = true;
        Link = null;
        while (_inFlight.First is { } entry) Finish(entry);
        while (_queue.First is { } entry) DropQueued(entry);
        if (_incoming is not null && Storage is not null)
        {
            foreach (var identifier in _incoming.Keys) Storage.RemoveIncoming(this, identifier);
        }

        _incoming = null;
        Will = null;
    }

    /// <summary>Takes a message for this client: sent at once if nothing waits before it, else queued, else dropped.</summary>
    /// <param name="publish">The message.</param>
    /// <param name="delivery">The merged subscription it matched.</param>
    /// <param name="retain">The retain flag to send.</param>
    /// <param name="nowMs">Server clock, ms.</param>
    /// <param name="bounded">False for retained messages at SUBSCRIBE: they exist anyway, and all of them are wanted.</param>
    /// <param name="position">Raised to the store position that must be durable before the publisher is acknowledged.</param>
    public DeliverResult Deliver(scoped ref RoutedPublish publish, Delivery delivery, bool retain, long nowMs, ref long position, bool bounded = true)
    {
        if (IsDiscarded) return DeliverResult.Dropped;
        // [MQTT-3.8.4-8] of 5.0, [MQTT-3.8.4-6] of 3.1.1: the lower of the message's QoS and the granted one
        var qos = publish.QoS < delivery.QoS ? publish.QoS : delivery.QoS;
        if (qos == MqttQoS.AtMostOnce) return DeliverUnacknowledged(ref publish, delivery, retain, nowMs, bounded);
        if (Link is null && !IsPersistent) return DeliverResult.Dropped;
        if (bounded && IsFull(publish.Size)) return DeliverResult.Dropped;

        var entry = TakeEntry();
        entry.Message = publish.Message.AddHolder();
        entry.QoS = qos;
        entry.Retain = retain;
        entry.Identifiers = delivery.Identifiers;
        if (IsStored)
        {
            // The identifier of a stored QoS 2 message is fixed with it, so that a restart sends the same one again.
            if (qos == MqttQoS.ExactlyOnce && !TryTakeIdentifier(out entry.PacketIdentifier)) entry.PacketIdentifier = 0;
            if (entry.PacketIdentifier != 0) _byIdentifier![entry.PacketIdentifier] = entry;
            entry.Number = ++_lastNumber;
            entry.Position = Storage!.PutQueued(this, entry);
            position = Math.Max(position, entry.Position);
        }

        // [MQTT-4.5.0-1] into the session, [MQTT-3.1.2-5] of 3.1.1 connected or not; [MQTT-4.6.0-5], [MQTT-4.6.0-6] one queue, one order
        Enqueue(entry);
        Pump(nowMs);
        return entry.State == OutboundState.Queued ? DeliverResult.Queued : DeliverResult.Sent;
    }

    private DeliverResult DeliverUnacknowledged(scoped ref RoutedPublish publish, Delivery delivery, bool retain, long nowMs, bool bounded)
    {
        if (Link is null) return DeliverResult.Dropped; // [MQTT-4.3.1-1] QoS 0 is for those who listen now
        if (_queue.Count == 0 && Link.HasRoom)
        {
            return Write(Link, publish.Topic, publish.Properties, publish.Payload, MqttQoS.AtMostOnce,
                retain, 0, false, publish.ExpiresAtMs, delivery.Identifiers, nowMs) ? DeliverResult.Sent : DeliverResult.Dropped;
        }

        if (bounded && IsFull(publish.Size)) return DeliverResult.Dropped;
        var entry = TakeEntry();
        entry.Message = publish.Message.AddHolder();
        entry.QoS = MqttQoS.AtMostOnce;
        entry.Retain = retain;
        entry.Identifiers = delivery.Identifiers;
        Enqueue(entry);
        return DeliverResult.Queued;
    }

    private bool IsFull(int size) =>
        _queue.Count >= limits.QueuedMessagesMax || _queue.Count > 0 && _queuedBytes + size > limits.QueuedBytesMax;

    private void Enqueue(OutboundEntry entry)
    {
        _queue.Append(entry);
        _queuedBytes += entry.Message!.Size;
    }

    /// <summary>
    /// Sends from the queue while the client takes more: [MQTT-3.3.4-9], [MQTT-4.9.0-2] never more unacknowledged publishes
    /// than its receive maximum.
    /// </summary>
    public void Pump(long nowMs)
    {
        while (_queue.First is { } entry && Link is { HasRoom: true } link)
        {
            if (!entry.WasSent && entry.Message!.IsExpired(nowMs)) // [MQTT-3.3.2-5]; [MQTT-4.3.3-7] not once it was sent
            {
                DropQueued(entry);
                continue;
            }

            if (entry.QoS == MqttQoS.AtMostOnce)
            {
                Write(entry, false, nowMs);
                DropQueued(entry);
                continue;
            }

            if (_sendQuota >= link.ReceiveMax) return; // [MQTT-4.9.0-1]; [MQTT-3.3.4-10], [MQTT-4.9.0-3] other packets do not come this way
            // Exactly once across a crash: the message and its identifier are on disk before the subscriber may see them.
            if (entry.QoS == MqttQoS.ExactlyOnce && IsStored && !Storage!.IsDurable(this, entry.Position)) return;
            if (entry.PacketIdentifier == 0 && !TryTakeIdentifier(out entry.PacketIdentifier)) return;
            _byIdentifier![entry.PacketIdentifier] = entry;
            if (!Write(entry, entry.WasSent, nowMs))
            {
                DropQueued(entry); // [MQTT-3.1.2-25] too large for this client: as if it had been sent
                continue;
            }

            _queue.Remove(entry);
            _queuedBytes -= entry.Message!.Size;
            entry.State = OutboundState.Sent; // [MQTT-4.3.2-3], [MQTT-4.3.3-3] unacknowledged until PUBACK or PUBREC
            _inFlight.Append(entry);
            _sendQuota++;
        }
    }

    /// <summary>PUBACK. False if the identifier is not of a QoS 1 message in flight.</summary>
    public bool OnPuback(ushort identifier, long nowMs)
    {
        if (!TryGetInFlight(identifier, out var entry)) return true; // late or unknown: harmless
        if (entry.QoS != MqttQoS.AtLeastOnce) return false;
        Finish(entry);
        Pump(nowMs);
        return true;
    }

    /// <summary>PUBREC. False if the identifier is of a QoS 1 message.</summary>
    public bool OnPubrec(ushort identifier, MqttReasonCode reason, long nowMs)
    {
        if (!TryGetInFlight(identifier, out var entry))
        {
            // [MQTT-4.3.3-4] of 5.0: an identifier we do not know is released with "not found", so that the client forgets it
            if (!reason.IsFailure() && Link is { IsOpen: true } link) AckPacket.Write(link.Buffer, MqttPacketType.Pubrel, identifier, link.Version, MqttReasonCode.PacketIdentifierNotFound);
            return true;
        }

        if (entry.QoS != MqttQoS.ExactlyOnce) return false;
        if (reason.IsFailure()) // [MQTT-4.4.0-2] acknowledged all the same; [MQTT-4.3.3-9] its identifier is free
        {
            Finish(entry);
            Pump(nowMs);
            return true;
        }

        if (entry.State == OutboundState.Sent)
        {
            entry.State = OutboundState.ReleasePending; // [MQTT-4.3.3-4], [MQTT-4.3.3-5], [MQTT-4.3.3-6] the message is never sent again
            entry.Message?.Release();
            entry.Message = null;
            _inFlight.Remove(entry); // [MQTT-4.6.0-4] PUBRELs are sent, and sent again, in the order of the PUBRECs
            _inFlight.Append(entry);
            if (IsStored) entry.Position = Storage!.PutQueued(this, entry);
        }

        WriteRelease(entry);
        return true;
    }

    /// <summary>PUBCOMP. False if the identifier is of a QoS 1 message.</summary>
    public bool OnPubcomp(ushort identifier, long nowMs)
    {
        if (!TryGetInFlight(identifier, out var entry)) return true;
        if (entry.QoS != MqttQoS.ExactlyOnce) return false;
        if (entry.State == OutboundState.Sent) return true; // no PUBREL was sent for it yet
        Finish(entry);
        Pump(nowMs);
        return true;
    }

    /// <summary>The store committed: releases and QoS 2 messages that waited for it go out.</summary>
    public void OnDurable(long nowMs)
    {
        for (var entry = _inFlight.First; entry is not null; entry = entry.Next)
        {
            if (entry.State == OutboundState.ReleasePending) WriteRelease(entry);
        }

        Pump(nowMs);
    }

    /// <summary>An incoming QoS 2 identifier: true if it is new and the message is to be handled.</summary>
    public bool TryBeginIncoming(ushort identifier, IMqttPublishCompletion connection, long sequence, out bool answered)
    {
        _incoming ??= [];
        answered = false;
        if (!_incoming.TryGetValue(identifier, out var known))
        {
            _incoming.Add(identifier, default);
            return true;
        }

        // [MQTT-4.3.3-10] of 5.0, [MQTT-4.3.3-2] of 3.1.1: a repeat is acknowledged and not handled again
        answered = known.Answered;
        if (answered) return false;
        known.Waiter = connection;
        known.WaiterSequence = sequence;
        _incoming[identifier] = known;
        return false;
    }

    /// <summary>True if the identifier is between PUBLISH and PUBREL.</summary>
    public bool IsIncoming(ushort identifier) => _incoming?.ContainsKey(identifier) ?? false;

    /// <summary>The handler answered for an incoming QoS 2 message; answers the position that PUBREC waits for.</summary>
    public long EndIncoming(ushort identifier, bool accepted, out IncomingIdentifier known)
    {
        known = default;
        if (_incoming is null || !_incoming.TryGetValue(identifier, out known)) return 0;
        if (!accepted)
        {
            _incoming.Remove(identifier);
            return 0;
        }

        _incoming[identifier] = new IncomingIdentifier { Answered = true };
        return IsStored ? Storage!.PutIncoming(this, identifier) : 0;
    }

    /// <summary>PUBREL: the identifier is free again. Answers whether it was known, and the position that PUBCOMP waits for.</summary>
    public bool TryReleaseIncoming(ushort identifier, out long position)
    {
        position = 0;
        if (_incoming is null || !_incoming.Remove(identifier)) return false;
        if (IsStored) position = Storage!.RemoveIncoming(this, identifier);
        return true;
    }

    /// <summary>It was connected when the server died: its time without a connection begins now, and so does its will's delay.</summary>
    public void RestoreTimes(long nowMs)
    {
        if (ExpiresAtMs == long.MaxValue && ExpiryIntervalSeconds != uint.MaxValue) ExpiresAtMs = nowMs + ExpiryIntervalSeconds * 1000L;
        if (Will is null || WillDueMs != long.MaxValue) return;
        WillDueMs = nowMs + Math.Min(Will.Properties?.WillDelayInterval ?? 0, ExpiryIntervalSeconds) * 1000L;
    }

    /// <summary>Set while a wake-up by the store is on its way: one is enough.</summary>
    public bool AwaitsStore { get; set; }

    /// <summary>A stored session comes back after a restart.</summary>
    public void Restore(IEnumerable<OutboundEntry> entries, IEnumerable<ushort> incoming, long lastNumber)
    {
        _lastNumber = lastNumber;
        foreach (var identifier in incoming) (_incoming ??= []).Add(identifier, new IncomingIdentifier { Answered = true });
        _byIdentifier ??= [];
        foreach (var entry in entries)
        {
            if (entry.PacketIdentifier != 0)
            {
                _byIdentifier[entry.PacketIdentifier] = entry;
                _lastIdentifier = Math.Max(_lastIdentifier, entry.PacketIdentifier);
            }

            if (entry.State == OutboundState.Queued) Enqueue(entry);
            else _inFlight.Append(entry);
        }
    }

    /// <summary>Every entry, in flight first: what a restart must bring back.</summary>
    public IEnumerable<OutboundEntry> Entries()
    {
        for (var entry = _inFlight.First; entry is not null; entry = entry.Next) yield return entry;
        for (var entry = _queue.First; entry is not null; entry = entry.Next) yield return entry;
    }

    private bool TryGetInFlight(ushort identifier, out OutboundEntry entry)
    {
        entry = null!;
        return _byIdentifier is not null && _byIdentifier.TryGetValue(identifier, out entry!) && entry.State != OutboundState.Queued;
    }

    private void WriteRelease(OutboundEntry entry)
    {
        if (IsStored && !Storage!.IsDurable(this, entry.Position)) return;
        entry.State = OutboundState.Released;
        if (Link is { IsOpen: true } link) AckPacket.Write(link.Buffer, MqttPacketType.Pubrel, entry.PacketIdentifier, link.Version);
    }

    private bool Write(OutboundEntry entry, bool duplicate, long nowMs)
    {
        var message = entry.Message!;
        entry.WasSent = true;
        return Write(Link!, message.Topic, message.Properties, message.Payload.Span, entry.QoS, entry.Retain, entry.PacketIdentifier,
            duplicate, message.ExpiresAtMs, entry.Identifiers, nowMs);
    }

    private static bool Write(
        OutboundLink link, TopicName topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, MqttQoS qos, bool retain,
        ushort identifier, bool duplicate, long expiresAtMs, uint[] subscriptionIdentifiers, long nowMs)
    {
        var fields = new PublishFields
        {
            QoS = qos,
            Retain = retain,
            Duplicate = duplicate && qos != MqttQoS.AtMostOnce, // [MQTT-3.3.1-1], [MQTT-3.3.1-2], [MQTT-3.3.1-3] whatever the publisher's was
            PacketIdentifier = identifier,
            Topic = topic.Utf8,
            Payload = payload,
        };
        if (link.Version != MqttProtocolVersion.V500) return fields.TryWrite(link.Buffer, link.Version, link.PacketSizeMax);

        fields.ForwardedProperties = properties;
        fields.SubscriptionIdentifiers = subscriptionIdentifiers;
        if (expiresAtMs != long.MaxValue)
        {
            // [MQTT-3.3.2-6] the lifetime received minus the time waited here
            fields.HasExpiry = true;
            fields.ExpiryIntervalSeconds = (uint)Math.Max(1, (expiresAtMs - nowMs + 999) / 1000);
        }

        var alias = link.AliasFor(topic, out var known); // [MQTT-3.3.2-11]
        fields.TopicAlias = alias;
        if (known) fields.Topic = default;
        if (!fields.TryWrite(link.Buffer, link.Version, link.PacketSizeMax)) return false;
        if (alias != 0 && !known) link.AliasSent(topic, alias);
        return true;
    }

    /// <summary>[MQTT-2.2.1-4] of 5.0, [MQTT-2.3.1-4] of 3.1.1; [MQTT-4.3.2-1], [MQTT-4.3.2-2], [MQTT-4.3.3-1]: an identifier that is not in use.</summary>
    private bool TryTakeIdentifier(out ushort identifier)
    {
        _byIdentifier ??= [];
        identifier = _lastIdentifier;
        if (_byIdentifier.Count >= ushort.MaxValue) return false;
        do
        {
            if (++identifier == 0) identifier = 1;
        }
        while (_byIdentifier.ContainsKey(identifier));
        _lastIdentifier = identifier;
        return true;
    }

    private void Finish(OutboundEntry entry)
    {
        _inFlight.Remove(entry);
        if (_sendQuota > 0) _sendQuota--;
        Return(entry);
    }

    private void DropQueued(OutboundEntry entry)
    {
        _queue.Remove(entry);
        _queuedBytes -= entry.Message!.Size;
        Return(entry);
    }

    private OutboundEntry TakeEntry()
    {
        if (_spare is not { } entry) return new OutboundEntry();
        _spare = entry.Next;
        _spareCount--;
        entry.Next = null;
        return entry;
    }

    private void Return(OutboundEntry entry)
    {
        if (entry.Number != 0) Storage?.RemoveQueued(this, entry.Number);
        if (entry.PacketIdentifier != 0) _byIdentifier?.Remove(entry.PacketIdentifier);
        entry.Message?.Release();
        entry.Message = null;
        entry.PacketIdentifier = 0;
        entry.Number = entry.Position = 0;
        entry.State = OutboundState.Queued;
        entry.WasSent = false;
        entry.Identifiers = [];
        if (_spareCount >= SpareEntriesMax) return;
        entry.Next = _spare;
        _spare = entry;
        _spareCount++;
    }
}

/// <summary>What a session may hold.</summary>
internal sealed record SessionLimits(int QueuedMessagesMax, long QueuedBytesMax);
