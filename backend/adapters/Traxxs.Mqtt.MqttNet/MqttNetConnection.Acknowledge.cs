using MQTTnet.Packets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// Acknowledgements. Publishes are routed and answered in their order, whatever the order in which handler and store are done
/// with them; reading goes on meanwhile, up to the receive maximum.
/// </summary>
internal sealed partial class MqttNetConnection
{
    private readonly Queue<AckSlot> _toRoute = new();
    private readonly Queue<AckSlot> _toAnswer = new();
    private int _outstanding; // publishes in both queues
    private bool _draining;
    private bool _awaitsStore;
    private bool _paused;
    private TaskCompletionSource? _resume;

    /// <summary>A place in the line, none for QoS 0; false if the client has too many.</summary>
    private bool TryTakeSlot(ushort identifier, MqttQoS qos, out AckSlot? slot)
    {
        slot = null;
        if (qos == MqttQoS.AtMostOnce || TryEnqueue(identifier, qos == MqttQoS.ExactlyOnce, out slot)) return true;
        Fail(MqttReasonCode.ReceiveMaximumExceeded, "more publishes than the receive maximum");
        return false;
    }

    private bool TryEnqueue(ushort identifier, bool isTwo, out AckSlot? slot)
    {
        slot = null;
        lock (Gate)
        {
            var isCounted = isTwo && _session!.IsIncoming(identifier);
            if (Version == MqttProtocolVersion.V500 && !isCounted && Math.Max(_outstanding, _session!.IncomingCount) >= Options.ReceiveMaximum) return false;
            slot = new AckSlot(this, isTwo ? MqttPacketType.Pubrec : MqttPacketType.Puback, identifier) { IsHeld = true };
            if (isTwo && !_session!.TryBeginIncoming(identifier, slot, 0, out var answered))
            {
                slot = new AckSlot(this, MqttPacketType.Pubrec, identifier) { IsRepeat = true, IsCompleted = answered };
                if (!answered) _session.TryBeginIncoming(identifier, slot, 0, out _); // the newest repeat is the one that waits
            }

            _toRoute.Enqueue(slot);
            _outstanding++;
            return true;
        }
    }

    private ValueTask FinishAsync(AckSlot? slot, MqttReasonCode reason)
    {
        if (slot is null) return ValueTask.CompletedTask;
        lock (Gate)
        {
            slot.IsCompleted = true;
            slot.IsHeld = false;
            slot.Reason = reason;
        }

        return DrainAsync();
    }

    /// <summary>A deferred publish is ready to be completed; it may have been already, on another thread.</summary>
    private ValueTask LetGoAsync(AckSlot slot)
    {
        lock (Gate)
        {
            slot.IsHeld = false;
            if (!slot.IsCompleted) return ValueTask.CompletedTask;
        }

        return DrainAsync();
    }

    /// <summary>The handler is done with a publish it deferred. Any thread.</summary>
    public void Complete(AckSlot slot, MqttReasonCode reason)
    {
        lock (Gate)
        {
            if (slot.IsCompleted) return;
            slot.IsCompleted = true;
            slot.Reason = reason;
            if (reason.IsFailure()) Interlocked.Increment(ref Counters._refusedPublishes);
            if (_draining || slot.IsHeld || !_toRoute.TryPeek(out var first) || !ReferenceEquals(first, slot)) return;
        }

        _ = DrainFromOutsideAsync();
    }

    private async Task DrainFromOutsideAsync()
    {
        await DrainAsync();
        _server.Scheduler.Enqueue(this);
    }

    /// <summary>Routes what is next in order and answers what is durable. One thread at a time; others leave it to that one.</summary>
    private async ValueTask DrainAsync()
    {
        lock (Gate)
        {
            if (_draining) return;
            _draining = true;
        }

        while (TryTakeCompleted(out var slot))
        {
            var position = slot.Position;
            if (slot.Message is { } message)
            {
                if (!slot.Reason.IsFailure()) position = await RouteAsync(slot, message);
                message.Release();
                slot.Message = null;
            }

            NoteRouted(slot, position);
        }
    }

    private async ValueTask<long> RouteAsync(AckSlot slot, PublishMessage message)
    {
        try
        {
            var position = await _server.Router.RouteAsync(message, _session);
            if (position >= 0) return position;
            slot.Reason = MqttReasonCode.QuotaExceeded;
        }
        catch (InvalidOperationException)
        {
            slot.Reason = MqttReasonCode.ServerShuttingDown; // MQTTnet stopped meanwhile: not routed, so not acknowledged
        }

        Interlocked.Increment(ref Counters._refusedPublishes);
        return 0;
    }

    private bool TryTakeCompleted(out AckSlot slot)
    {
        lock (Gate)
        {
            Acknowledge();
            if (_toRoute.TryPeek(out slot!) && slot is { IsCompleted: true, IsHeld: false }) return true;
            _draining = false;
            return false;
        }
    }

    private void NoteRouted(AckSlot slot, long position)
    {
        IncomingIdentifier known = default;
        lock (Gate)
        {
            if (slot is { Answer: MqttPacketType.Pubrec, IsRepeat: false })
            {
                position = Math.Max(position, _session!.EndIncoming(slot.PacketIdentifier, !slot.Reason.IsFailure(), out known));
            }

            slot.Position = position;
            _toAnswer.Enqueue(_toRoute.Dequeue());
        }

        known.Waiter?.CompletePublish(known.WaiterSequence, slot.Reason);
    }

    /// <summary>Writes the answers that are next in order and durable. Under the gate.</summary>
    private void Acknowledge()
    {
        while (_toAnswer.TryPeek(out var slot))
        {
            if (slot.Position > 0 && !_server.IsDurable(slot.Position))
            {
                AwaitStore(slot.Position);
                return;
            }

            _toAnswer.Dequeue();
            Answer(slot);
            if (slot.Answer != MqttPacketType.Pubcomp) _outstanding--;
        }

        if (_paused && _outstanding < Options.ReceiveMaximum) _resume?.TrySetResult();
    }

    private void AwaitStore(long position)
    {
        if (_awaitsStore) return;
        _awaitsStore = true;
        _server.WhenDurable(position, static state =>
        {
            var connection = (MqttNetConnection)state;
            lock (connection.Gate)
            {
                connection._awaitsStore = false;
                connection.Acknowledge();
            }

            connection._server.Scheduler.Enqueue(connection);
        }, this);
    }

    private void Answer(AckSlot slot)
    {
        if (_link is not { IsOpen: true } link || _phase == Phase.Closing && _reason is { Cause: not MqttDisconnectCause.ByClient }) return;
        if (!slot.Reason.IsFailure() || Version == MqttProtocolVersion.V500 || slot.Answer == MqttPacketType.Pubcomp)
        {
            AckPacket.Write(link.Buffer, slot.Answer, slot.PacketIdentifier, Version, slot.Reason.ToPublishAnswer());
            return;
        }

        // 3.1.1 has no way to say no: the connection ends without an acknowledgement, and the client will send it again.
        link.IsOpen = false;
        _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, slot.Reason, "a publish was refused");
        _phase = Phase.Closing;
        _transport.Input.CancelPendingRead();
    }

    /// <summary>PUBREL: PUBCOMP once it is durable, for a lost removal would make the next message with this identifier look like a repeat.</summary>
    private async Task ReleaseAsync(ushort identifier)
    {
        lock (Gate)
        {
            var known = _session!.TryReleaseIncoming(identifier, out var position);
            _toRoute.Enqueue(new AckSlot(this, MqttPacketType.Pubcomp, identifier)
            {
                IsCompleted = true,
                Position = position,
                Reason = known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound,
            });
        }

        await DrainAsync();
        Flush();
    }
}
