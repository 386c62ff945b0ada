using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Transport;
using MqttProtocolVersion = Traxxs.Mqtt.Packets.MqttProtocolVersion;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>The ways a connection ends: the first reason holds, and MQTTnet finds the end when it asks for the next packet.</summary>
internal sealed partial class MqttNetConnection
{
    private MqttPacket? Lost()
    {
        _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ConnectionLost, MqttReasonCode.UnspecifiedError);
        return null;
    }

    /// <summary>
    /// Ends the connection from any thread: the client is told why if it speaks 5.0, what is queued for the socket is sent, and
    /// MQTTnet finds the end.
    /// </summary>
    public void Close(MqttReasonCode code, MqttDisconnectCause cause)
    {
        Say(new MqttDisconnectReason(cause, code));
        _transport.Input.CancelPendingRead();
        _resume?.TrySetResult();
    }

    /// <summary>Cuts the connection: for peers that do not read.</summary>
    public void Abort(MqttDisconnectReason reason)
    {
        _reason ??= reason;
        _phase = Phase.Closing;
        _aborted = true;
        if (_transport is SocketPipe socket) socket.Abort();
        else _abort?.Invoke();
        _transport.Input.CancelPendingRead();
        _transport.Output.CancelPendingFlush();
        _resume?.TrySetResult();
    }

    /// <summary>Notes why the connection ends and puts DISCONNECT behind what is already queued.</summary>
    private void Say(MqttDisconnectReason reason)
    {
        while (!TrySay(reason))
        {
            // It got its session, and with it another gate, just now.
        }

        Flush();
    }

    private bool TrySay(MqttDisconnectReason reason)
    {
        var session = _session;
        lock (session?.Gate ?? _ownGate)
        {
            if (!ReferenceEquals(session, _session)) return false;
            if (_phase == Phase.Closing) return true;
            var connected = _phase == Phase.Connected;
            _phase = Phase.Closing;
            _reason ??= reason;
            if (_link is null || !connected) return true;
            if (Version == MqttProtocolVersion.V500 && reason.Code.IsFailure()) new ReasonPacket { ReasonCode = reason.Code }.Write(_link.Buffer, MqttPacketType.Disconnect, Version);
            _link.IsOpen = false;
            return true;
        }
    }

    private MqttPacket? Fail(MqttReasonCode code, string? text)
    {
        Interlocked.Increment(ref code == MqttReasonCode.MalformedPacket ? ref Counters._malformedPackets : ref Counters._protocolErrors);
        _server.Logger.LogInformation("{Client} is disconnected: {Reason}, {Text}", Identity?.ClientId ?? Info.RemoteEndPoint?.ToString(), code, text);
        Say(new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, code, text));
        return null;
    }

    /// <summary>The heartbeat's look at this connection.</summary>
    public void Tick(long nowMs)
    {
        if (_aborted) return;
        if (Volatile.Read(ref _writing) && nowMs - Volatile.Read(ref _writeStartedMs) > Options.WriteTimeout.TotalMilliseconds)
        {
            Interlocked.Increment(ref Counters._stalledWrites);
            Abort(new MqttDisconnectReason(MqttDisconnectCause.ConnectionLost, MqttReasonCode.UnspecifiedError, "the client does not read"));
        }
        else if (_phase == Phase.Connecting && nowMs - _openedMs > Options.ConnectTimeout.TotalMilliseconds)
        {
            Interlocked.Increment(ref Counters._connectTimeouts);
            Abort(new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, MqttReasonCode.UnspecifiedError, "no CONNECT in time"));
        }
        else if (_phase == Phase.Connected && _keepAliveMs > 0 && !_paused && nowMs - Volatile.Read(ref _lastReceivedMs) > _keepAliveMs * 3 / 2)
        {
            Interlocked.Increment(ref Counters._keepAliveTimeouts);
            Close(MqttReasonCode.KeepAliveTimeout, MqttDisconnectCause.KeepAliveTimeout);
        }
    }

    /// <summary>The last act, when MQTTnet is done with the connection.</summary>
    public async Task EndAsync()
    {
        _phase = Phase.Closing;
        _stop.Dispose();
        try
        {
            if (_session is { } session) await _server.EndAsync(this, session, _reason ?? new MqttDisconnectReason(MqttDisconnectCause.ConnectionLost, MqttReasonCode.UnspecifiedError));
            await FinishWritingAsync();
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}
