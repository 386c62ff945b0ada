using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// Incoming publishes and their acknowledgements. Each publish at QoS 1 and 2 takes a slot in a ring; the slots are routed and
/// acknowledged in their order, whatever the order in which handler and store are done with them.
/// </summary>
internal sealed partial class MqttConnection
{
    private enum SlotState : byte
    {
        /// <summary>With the handler.</summary>
        Waiting,
        /// <summary>The handler is done; to be routed when all before it are.</summary>
        Completed,
        /// <summary>Routed; acknowledged when the store has it and all before it are acknowledged.</summary>
        Routed,
    }

    private struct AckSlot
    {
        public SlotState State;
        public MqttPacketType Answer; // PUBACK, PUBREC or PUBCOMP
        public ushort PacketIdentifier;
        public MqttReasonCode Reason;
        public bool IsHeld;              // the reading loop has not said yet what is to be routed
        public bool IsRepeat;            // of a QoS 2 message that another slot handles
        public PublishMessage? Message;  // to be routed, or null
        public long Position;            // of the store
    }

    private AckSlot[] _slots = [];
    private long _ackHead, _routeHead, _tail; // slots [_ackHead, _tail) are in use; [_ackHead, _routeHead) are routed
    private int _outstanding;                 // publishes among them
    private bool _draining;
    private bool _awaitsStore;
    private TopicCache? _topics;
    private TopicEntry?[]? _aliases;
    private TaskCompletionSource? _resume;
    private double _rateCredit;
    private long _rateRefilledMs = -1; // not begun

    private ref AckSlot Slot(long sequence) => ref _slots[sequence & (_slots.Length - 1)];

    private bool HandlePublish(byte header, ReadOnlyMemory<byte> body, long nowMs)
    {
        Interlocked.Increment(ref Counters._publishesReceived);
        var reader = PublishPacket.Decode(header, body.Span, Version, out var packet);
        if (reader.Failed) return Fail(reader.Error, reader.ErrorText);
        if (packet.QoS > Options.MaximumQoS) return Fail(MqttReasonCode.QoSNotSupported, "QoS above the maximum"); // [MQTT-3.2.2-11]
        if (packet.SubscriptionIdentifierCount > 0) return Fail(MqttReasonCode.ProtocolError, "subscription identifier from a client"); // [MQTT-3.3.4-6]
        if (Options.PublishRateMax > 0) _rateCredit--;
        if (!TryGetTopic(packet, out var topic)) return false;

        var sequence = -1L;
        if (packet.QoS != MqttQoS.AtMostOnce)
        {
            switch (TakeSlot(packet, out sequence))
            {
                case SlotUse.Overflow: return Fail(MqttReasonCode.ReceiveMaximumExceeded, "more publishes than the receive maximum"); // [MQTT-3.3.4-7]
                case SlotUse.Repeat:
                    DrainAcks();
                    return true;
            }
        }

        if (!topic.MayPublish)
        {
            Interlocked.Increment(ref Counters._forbiddenPublishes);
            var acknowledge = Version != MqttProtocolVersion.V500 && Options.AcknowledgeForbiddenPublish;
            return Finish(sequence, acknowledge ? MqttReasonCode.Success : MqttReasonCode.NotAuthorized);
        }

        var disposition = AskHandler(packet, body, topic, sequence);
        return disposition.What switch
        {
            MqttPublishDisposition.Kind.Refuse => FinishRefused(sequence, disposition.Reason),
            MqttPublishDisposition.Kind.Deferred when sequence >= 0 =>
                KeepForLater(sequence, disposition.Route, packet, body, topic, nowMs) && LetGo(sequence),
            _ => RouteNow(sequence, disposition.Route, packet, body, topic, nowMs),
        };
    }

    private MqttPublishDisposition AskHandler(in PublishPacket packet, ReadOnlyMemory<byte> body, TopicEntry topic, long sequence)
    {
        var publish = new MqttInboundPublish
        {
            Client = Identity!,
            Topic = topic.Name.Name,
            Payload = body[packet.PayloadOffset..],
            QoS = packet.QoS,
            Retain = packet.Retain,
            Duplicate = packet.Duplicate,
            EncodedProperties = body.Slice(packet.PropertiesOffset, packet.Properties.Length),
            Acknowledgement = new MqttPublishAcknowledgement(sequence < 0 ? null : this, sequence),
        };
        try
        {
            return _broker.Handler.OnPublish(publish);
        }
        catch (Exception exception)
        {
            _broker.CallHandler(() => throw new InvalidOperationException("OnPublish threw", exception));
            return MqttPublishDisposition.Refuse(MqttReasonCode.ImplementationSpecificError);
        }
    }

    private bool TryGetTopic(in PublishPacket packet, out TopicEntry topic)
    {
        topic = null!;
        if (packet.TopicAlias == 0) return TryFindTopic(packet.Topic, out topic);
        // [MQTT-3.3.2-9] never above the maximum the server told, [MQTT-3.3.2-10] and any up to it
        if (packet.TopicAlias > Options.TopicAliasMaximum) return Fail(MqttReasonCode.TopicAliasInvalid, "topic alias above the maximum");
        _aliases ??= new TopicEntry?[Options.TopicAliasMaximum + 1];
        if (packet.Topic.IsEmpty)
        {
            topic = _aliases[packet.TopicAlias]!;
            return topic is not null || Fail(MqttReasonCode.TopicAliasInvalid, "topic alias not defined");
        }

        if (!TryFindTopic(packet.Topic, out topic)) return false;
        _aliases[packet.TopicAlias] = topic;
        return true;
    }

    private bool TryFindTopic(ReadOnlySpan<byte> utf8, out TopicEntry topic)
    {
        _topics ??= new TopicCache();
        topic = _topics.Find(utf8)!;
        if (topic is not null) return true;
        var name = TopicCache.NameOf(utf8);
        if (!TopicRules.IsValidName(name.Name)) return Fail(MqttReasonCode.TopicNameInvalid, "topic name not valid"); // [MQTT-3.3.2-2]
        // $share is no topic, and $SYS is for the server to speak in.
        var mayPublish = !TopicRules.IsShared(name.Name) && !name.Name.StartsWith("$SYS/", StringComparison.Ordinal)
            && _broker.Handler.MayPublish(Identity!, name.Name);
        _topics.Add(topic = new TopicEntry(name, mayPublish));
        return true;
    }

    private enum SlotUse : byte
    {
        New,
        Repeat,
        Overflow,
    }

    private SlotUse TakeSlot(in PublishPacket packet, out long sequence)
    {
        lock (Gate)
        {
            sequence = _tail;
            var session = Session!;
            var isTwo = packet.QoS == MqttQoS.ExactlyOnce;
            // A QoS 2 publish counts until its PUBCOMP: those released from the ring but not yet by PUBREL are in the session.
            var counted = isTwo && session.IsIncoming(packet.PacketIdentifier);
            if (Version == MqttProtocolVersion.V500 && !counted && Math.Max(_outstanding, session.IncomingCount) >= Options.ReceiveMaximum) return SlotUse.Overflow;

            AddSlot(isTwo ? MqttPacketType.Pubrec : MqttPacketType.Puback, packet.PacketIdentifier);
            Slot(sequence).IsHeld = true;
            _outstanding++;
            if (!isTwo || session.TryBeginIncoming(packet.PacketIdentifier, this, sequence, out var answered)) return SlotUse.New;
            ref var slot = ref Slot(sequence);
            slot.IsRepeat = true;
            slot.IsHeld = false;
            if (answered) slot.State = SlotState.Completed;
            return SlotUse.Repeat;
        }
    }

    private void AddSlot(MqttPacketType answer, ushort identifier)
    {
        if (_tail - _ackHead == _slots.Length)
        {
            var larger = new AckSlot[Math.Max(4, _slots.Length * 2)];
            for (var i = _ackHead; i < _tail; i++) larger[i & (larger.Length - 1)] = Slot(i);
            _slots = larger;
        }

        Slot(_tail++) = new AckSlot { Answer = answer, PacketIdentifier = identifier };
    }

    /// <summary>The usual case: nothing waits before this publish, so that it is routed from the packet itself.</summary>
    private bool RouteNow(long sequence, bool route, in PublishPacket packet, ReadOnlyMemory<byte> body, TopicEntry topic, long nowMs)
    {
        if (sequence >= 0 && (sequence != _routeHead || _draining)) return KeepForLater(sequence, route, packet, body, topic, nowMs) && Finish(sequence, MqttReasonCode.Success);
        var position = 0L;
        var reason = MqttReasonCode.Success;
        if (route && MatchOf(topic) is var match && (packet.Retain || !match.IsEmpty))
        {
            var routed = ToRouted(packet, body, topic, nowMs);
            if (!_broker.Route(ref routed, match, _flush, nowMs, ref position)) reason = MqttReasonCode.QuotaExceeded;
            routed.Done();
        }

        return sequence < 0 || Finish(sequence, reason, position);
    }

    private TopicMatch MatchOf(TopicEntry topic)
    {
        if (topic.Match.Version != _broker.Tree.Version) topic.Match = _broker.Tree.Match(topic.Name.Name, Session);
        return topic.Match;
    }

    private RoutedPublish ToRouted(in PublishPacket packet, ReadOnlyMemory<byte> body, TopicEntry topic, long nowMs) => new()
    {
        Topic = topic.Name,
        QoS = packet.QoS,
        Retain = packet.Retain,
        ExpiresAtMs = packet.HasExpiry ? nowMs + packet.ExpiryIntervalSeconds * 1000L : long.MaxValue,
        Properties = ForwardedProperties(packet, body),
        Payload = body.Span[packet.PayloadOffset..],
    };

    private ReadOnlySpan<byte> ForwardedProperties(in PublishPacket packet, ReadOnlyMemory<byte> body)
    {
        var length = packet.ForwardedPropertiesLength;
        if (length == packet.Properties.Length) return body.Span.Slice(packet.PropertiesOffset, length);
        if (length == 0) return default;
        if (_scratch is null || _scratch.Length < length) _scratch = new byte[Math.Max(256, length)];
        packet.CopyForwardedProperties(_scratch.AsSpan(0, length));
        return _scratch.AsSpan(0, length);
    }

    /// <summary>The publish waits for the handler or for others before it: what is to be routed is kept.</summary>
    private bool KeepForLater(long sequence, bool route, in PublishPacket packet, ReadOnlyMemory<byte> body, TopicEntry topic, long nowMs)
    {
        if (!route || !packet.Retain && MatchOf(topic).IsEmpty) return true;
        var routed = ToRouted(packet, body, topic, nowMs);
        var message = routed.Message;
        lock (Gate) Slot(sequence).Message = message;
        return true;
    }

    /// <summary>A deferred publish is ready to be completed; it may have been already, on another thread.</summary>
    private bool LetGo(long sequence)
    {
        lock (Gate)
        {
            ref var slot = ref Slot(sequence);
            slot.IsHeld = false;
            if (slot.State != SlotState.Completed) return true;
        }

        DrainAcks();
        return true;
    }

    private bool FinishRefused(long sequence, MqttReasonCode reason)
    {
        Interlocked.Increment(ref Counters._refusedPublishes);
        return Finish(sequence, reason);
    }

    private bool Finish(long sequence, MqttReasonCode reason, long position = 0)
    {
        if (sequence < 0) return true;
        lock (Gate)
        {
            ref var slot = ref Slot(sequence);
            slot.State = SlotState.Completed;
            slot.Reason = reason;
            slot.Position = position;
            slot.IsHeld = false;
        }

        DrainAcks();
        return true;
    }

    /// <inheritdoc/>
    public void CompletePublish(long sequence, MqttReasonCode reason)
    {
        lock (Gate)
        {
            if (sequence < _routeHead || sequence >= _tail) return;
            ref var slot = ref Slot(sequence);
            if (slot.State != SlotState.Waiting) return;
            slot.State = SlotState.Completed;
            slot.Reason = reason;
            if (reason.IsFailure()) Interlocked.Increment(ref Counters._refusedPublishes);
            if (_draining || slot.IsHeld || sequence != _routeHead) return;
        }

        DrainAcks(fromOutside: true);
    }

    /// <summary>Routes what is next in order and acknowledges what is durable. One thread at a time; others leave it to that one.</summary>
    private void DrainAcks(bool fromOutside = false)
    {
        lock (Gate)
        {
            if (_draining) return;
            _draining = true;
        }

        var flush = fromOutside ? new FlushSet() : _flush;
        while (TryTakeCompleted(out var slot))
        {
            var position = slot.Position;
            if (slot.Message is not null && !slot.Reason.IsFailure())
            {
                var routed = RoutedPublish.From(slot.Message);
                if (!_broker.Route(ref routed, _broker.Tree.Match(slot.Message.Topic.Name, Session), flush, _broker.Clock.NowMs, ref position)) slot.Reason = MqttReasonCode.QuotaExceeded;
                routed.Done();
            }

            slot.Message?.Release();
            NoteRouted(slot, position);
        }

        if (!fromOutside) return;
        flush.FlushLater(_broker.Scheduler);
        _broker.Scheduler.Enqueue(this);
    }

    private bool TryTakeCompleted(out AckSlot slot)
    {
        lock (Gate)
        {
            Acknowledge();
            slot = default;
            if (_routeHead < _tail && Slot(_routeHead) is { State: SlotState.Completed, IsHeld: false })
            {
                slot = Slot(_routeHead);
                return true;
            }

            _draining = false;
            return false;
        }
    }

    private void NoteRouted(in AckSlot done, long position)
    {
        IncomingIdentifier known = default;
        lock (Gate)
        {
            if (done.Answer == MqttPacketType.Pubrec && !done.IsRepeat)
            {
                position = Math.Max(position, Session!.EndIncoming(done.PacketIdentifier, !done.Reason.IsFailure(), out known));
            }

            ref var slot = ref Slot(_routeHead);
            slot.State = SlotState.Routed;
            slot.Reason = done.Reason;
            slot.Message = null;
            slot.Position = position;
            _routeHead++;
        }

        known.Waiter?.CompletePublish(known.WaiterSequence, done.Reason);
    }

    /// <summary>Writes the acknowledgements that are next in order and durable. Under the gate.</summary>
    private void Acknowledge()
    {
        while (_ackHead < _routeHead)
        {
            ref var slot = ref Slot(_ackHead);
            if (slot.Position > 0 && _broker.Storage is { } storage && slot.Position > storage.Store.DurablePosition)
            {
                AwaitStore(storage.Store, slot.Position);
                return;
            }

            Answer(slot);
            if (slot.Answer != MqttPacketType.Pubcomp) _outstanding--;
            _ackHead++;
        }

        if (_paused && _outstanding < Options.ReceiveMaximum) _resume?.TrySetResult();
    }

    private void AwaitStore(IMqttSessionStore store, long position)
    {
        if (_awaitsStore) return;
        _awaitsStore = true;
        store.WhenDurable(position, static state =>
        {
            var connection = (MqttConnection)state;
            lock (connection.Gate)
            {
                connection._awaitsStore = false;
                connection.Acknowledge();
            }

            connection._broker.Scheduler.Enqueue(connection);
        }, this);
    }

    private void Answer(in AckSlot slot)
    {
        if (_link is not { IsOpen: true } link || _phase == Phase.Closing && _reason is { Cause: not MqttDisconnectCause.ByClient }) return;
        if (!slot.Reason.IsFailure() || Version == MqttProtocolVersion.V500)
        {
            // [MQTT-3.3.4-1], [MQTT-4.3.2-4], [MQTT-4.3.3-8] of 5.0, [MQTT-4.3.2-2] of 3.1.1; [MQTT-2.3.1-6] of 3.1.1, [MQTT-2.2.1-5] of 5.0: the PUBLISH's identifier
            AckPacket.Write(link.Buffer, slot.Answer, slot.PacketIdentifier, Version, slot.Reason.ToPublishAnswer());
            return;
        }

        // 3.1.1 has no way to say no: the connection ends without an acknowledgement, and the client will send it again.
        link.IsOpen = false;
        _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, slot.Reason, "a publish was refused");
        _phase = Phase.Closing;
        _transport.Input.CancelPendingRead();
    }

    /// <summary>PUBREL: [MQTT-4.3.3-11] of 5.0, [MQTT-4.3.3-2] of 3.1.1: PUBCOMP, and [MQTT-4.3.3-12] the identifier may name a new message.</summary>
    private bool HandleRelease(ushort identifier)
    {
        lock (Gate)
        {
            var known = Session!.TryReleaseIncoming(identifier, out var position);
            if (position == 0 || position <= _broker.Storage!.Store.DurablePosition)
            {
                var reason = known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
                if (_link!.IsOpen) AckPacket.Write(_link.Buffer, MqttPacketType.Pubcomp, identifier, Version, reason);
                return true;
            }

            // A lost removal would make the next message with this identifier look like a repeat.
            AddSlot(MqttPacketType.Pubcomp, identifier);
            ref var slot = ref Slot(_tail - 1);
            slot.State = SlotState.Completed;
            slot.Position = position;
        }

        DrainAcks();
        return true;
    }

    /// <summary>Reading pauses when more would only become memory: acknowledgements that wait, a client that does not read, a rate.</summary>
    private bool MustPause()
    {
        if (Version != MqttProtocolVersion.V500 && Volatile.Read(ref _outstanding) >= Options.ReceiveMaximum) return true;
        if (_link!.Buffer.Length >= 2 * Options.OutputBytesMax) return true;
        return Options.PublishRateMax > 0 && RateDelayMs() > 0;
    }

    private long RateDelayMs()
    {
        var nowMs = _broker.Clock.NowMs;
        var perMs = Options.PublishRateMax / 1000.0;
        if (nowMs > _rateRefilledMs)
        {
            // One second's worth may be saved up, and is there at the start.
            _rateCredit = _rateRefilledMs < 0 ? Options.PublishRateMax : Math.Min(Options.PublishRateMax, _rateCredit + (nowMs - _rateRefilledMs) * perMs);
            _rateRefilledMs = nowMs;
        }

        return _rateCredit >= 1 ? 0 : (long)Math.Ceiling((1 - _rateCredit) / perMs);
    }

    private async ValueTask PauseAsync()
    {
        if (Options.PublishRateMax > 0 && RateDelayMs() is var delayMs and > 0)
        {
            _paused = true;
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), _time);
        }
        else
        {
            Task? resumed = null;
            lock (Gate)
            {
                if (MustPause() && _phase == Phase.Connected)
                {
                    _resume = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _paused = true;
                    resumed = _resume.Task;
                }
            }

            if (resumed is not null) await resumed;
        }

        _paused = false;
        _resume = null;
        Volatile.Write(ref _lastReceivedMs, _broker.Clock.NowMs); // it may have spoken while nobody listened
    }
}
