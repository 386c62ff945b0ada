using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// One network connection: the loop that reads packets, the writer, and the acknowledgements that wait. What outlives the
/// connection is in <see cref="MqttSession"/>. Reading is one loop; writes may be asked for by any thread.
/// </summary>
internal sealed partial class MqttConnection : IBatchEnd, IMqttPublishCompletion
{
    private enum Phase : byte
    {
        Connecting,
        Connected,
        Closing,
    }

    private readonly MqttBroker _broker;
    private readonly IDuplexPipe _transport;
    private readonly FlushSet _flush = new();
    private readonly long _openedMs;
    private readonly TimeProvider _time;
    private Phase _phase;
    private MqttDisconnectReason? _reason; // first one wins
    private byte[]? _scratch;
    private long _lastReceivedMs;
    private long _keepAliveMs;
    private bool _paused;
    private bool _aborted;
    private bool _writing;
    private long _writeStartedMs;
    private PacketBuffer _spareBuffer = new();
    private Task _writer = Task.CompletedTask;
    private OutboundLink? _link;
    private readonly MqttServer _server;
    private Action? _abort;

    public MqttConnection(MqttBroker broker, IDuplexPipe transport, MqttConnectionInfo info, TimeProvider time, Action? abort, MqttServer server)
    {
        _server = server;
        _broker = broker;
        _transport = transport;
        _time = time;
        _abort = abort;
        Info = info;
        _openedMs = _lastReceivedMs = broker.Clock.NowMs;
    }

    public MqttConnectionInfo Info { get; }
    public MqttClientIdentity? Identity { get; private set; }
    /// <summary>Set by the broker before the first packet after CONNECT.</summary>
    public MqttSession? Session { get; set; }
    private MqttProtocolVersion Version { get; set; }
    private MqttServerOptions Options => _broker.Options;
    private MqttServerCounters Counters => _broker.Counters;

    /// <summary>Serves the connection until it ends. Does not throw.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await ReceiveConnectAsync(cancellationToken)) await ReceiveAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // [MQTT-4.8.0-2] of 3.1.1: what goes wrong in the middle of a packet ends the connection, and nothing else
            if (exception is not (IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException or System.Net.Sockets.SocketException))
            {
                _broker.Logger.LogError(exception, "connection of {Client} failed", Identity?.ClientId ?? "an unknown client");
            }
        }

        try
        {
            await EndAsync();
        }
        finally
        {
            _server.OnEnded(this);
        }
    }

    private async Task EndAsync()
    {
        _phase = Phase.Closing;
        var reason = _reason ?? new MqttDisconnectReason(MqttDisconnectCause.ConnectionLost, MqttReasonCode.UnspecifiedError);
        if (Session is not null) _broker.Disconnect(this, reason);
        Flush();
        _flush.Flush();
        try
        {
            await WriterDoneAsync();
            await _transport.Output.CompleteAsync();
            await _transport.Input.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // The peer is gone already.
        }

        if (_link is not null)
        {
            lock (Gate)
            {
                _link.IsOpen = false;
                _link.Buffer.Dispose();
                _spareBuffer.Dispose();
            }
        }

        _abort = null;
    }

    private async Task WriterDoneAsync()
    {
        while (true)
        {
            await _writer;
            lock (Gate)
            {
                if (!_writing) return;
            }

            await Task.Yield(); // the write that was just begun has not been noted yet
        }
    }

    /// <summary>Guards link, buffers and waiting acknowledgements: the session's gate once there is a session.</summary>
    private Lock Gate => Session?.Gate ?? _ownGate;

    private readonly Lock _ownGate = new();

    /// <summary>
    /// Ends the connection from any thread: the client is told why if it speaks 5.0, what is queued for the socket is sent,
    /// and the reading loop stops.
    /// </summary>
    public void Close(MqttReasonCode code, MqttDisconnectCause cause = MqttDisconnectCause.TakenOver)
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
        lock (Gate)
        {
            if (_phase == Phase.Closing) return;
            var connected = _phase == Phase.Connected;
            _phase = Phase.Closing;
            _reason ??= reason;
            if (_link is null || !connected) return;
            // [MQTT-3.14.0-1] nothing is sent to a client after DISCONNECT, and a 3.1.1 client is never sent one
            if (Version == MqttProtocolVersion.V500 && reason.Code.IsFailure()) new ReasonPacket { ReasonCode = reason.Code }.Write(_link.Buffer, MqttPacketType.Disconnect, Version);
            _link.IsOpen = false;
        }

        Flush();
    }

    private bool Fail(MqttReasonCode code, string? text)
    {
        Interlocked.Increment(ref code == MqttReasonCode.MalformedPacket ? ref Counters._malformedPackets : ref Counters._protocolErrors);
        _broker.Logger.LogInformation("{Client} is disconnected: {Reason}, {Text}", Identity?.ClientId ?? Info.RemoteEndPoint?.ToString(), code, text);
        Say(new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, code, text)); // [MQTT-4.8.0-1], [MQTT-4.13.1-1]
        return false;
    }

    /// <summary>The heartbeat's look at this connection.</summary>
    public void Tick(long nowMs)
    {
        if (_aborted) return;
        if (Volatile.Read(ref _writing) && nowMs - Volatile.Read(ref _writeStartedMs) > Options.WriteTimeout.TotalMilliseconds)
        {
            Interlocked.Increment(ref Counters._stalledWrites);
            Abort(new MqttDisconnectReason(MqttDisconnectCause.ConnectionLost, MqttReasonCode.UnspecifiedError, "the client does not read"));
            return;
        }

        if (_phase == Phase.Connecting && nowMs - _openedMs > Options.ConnectTimeout.TotalMilliseconds)
        {
            Interlocked.Increment(ref Counters._connectTimeouts);
            Abort(new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, MqttReasonCode.UnspecifiedError, "no CONNECT in time"));
            return;
        }

        // [MQTT-3.1.2-24] of 3.1.1, [MQTT-3.1.2-22] of 5.0: one and a half times the keep-alive
        if (_phase != Phase.Connected || _keepAliveMs == 0 || _paused || nowMs - Volatile.Read(ref _lastReceivedMs) <= _keepAliveMs * 3 / 2) return;
        Interlocked.Increment(ref Counters._keepAliveTimeouts);
        Close(MqttReasonCode.KeepAliveTimeout, MqttDisconnectCause.KeepAliveTimeout);
    }

    /// <summary>Reads and answers CONNECT; false if the connection is over.</summary>
    private async Task<bool> ReceiveConnectAsync(CancellationToken cancellationToken)
    {
        ConnectPacket? packet = null;
        while (packet is null)
        {
            var result = await _transport.Input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (_phase == Phase.Closing || result.IsCanceled) return false;
            var size = buffer.Length;
            var status = MqttFrameReader.TryRead(ref buffer, Options.ConnectBytesMax, out var frame);
            // [MQTT-3.1.0-1] the first packet is CONNECT; anything else is closed without a word
            if (status is MqttFrameStatus.Malformed or MqttFrameStatus.TooLarge || status == MqttFrameStatus.Frame && frame.Type != MqttPacketType.Connect)
            {
                return Fail(MqttReasonCode.MalformedPacket, "the connection does not start with CONNECT");
            }

            if (status == MqttFrameStatus.Frame)
            {
                if (!DecodeConnect(frame, out packet)) return false;
                Interlocked.Add(ref Counters._bytesReceived, size - buffer.Length);
                _transport.Input.AdvanceTo(buffer.Start);
                break;
            }

            if (result.IsCompleted) return buffer.IsEmpty ? false : Fail(MqttReasonCode.MalformedPacket, "the connection ended inside a packet");
            _transport.Input.AdvanceTo(buffer.Start, buffer.End);
        }

        return await AcceptAsync(packet!, cancellationToken);
    }

    private bool DecodeConnect(in MqttFrame frame, out ConnectPacket? packet)
    {
        var reader = ConnectPacket.Decode(frame.Body.ToArray(), out packet);
        Version = packet.Version;
        if (!reader.Failed) return true; // [MQTT-3.1.4-1]
        if (reader.Error == MqttReasonCode.UnsupportedProtocolVersion || Version == MqttProtocolVersion.V500) Refuse(reader.Error, reader.ErrorText);
        return Fail(reader.Error, reader.ErrorText);
    }

    /// <summary>
    /// CONNACK with a failure. [MQTT-3.2.2-4] of 3.1.1, [MQTT-3.2.2-6] of 5.0: no session present; [MQTT-3.2.2-5] of 3.1.1, [MQTT-3.2.2-7] of 5.0: the
    /// connection ends, [MQTT-3.1.4-5] of 3.1.1, [MQTT-3.1.4-6] of 5.0: and nothing else that came is handled. [MQTT-3.2.2-8] the codes are CONNACK's.
    /// </summary>
    private void Refuse(MqttReasonCode code, string? text)
    {
        Interlocked.Increment(ref Counters._refusedConnects);
        _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, code, text);
        var version = Version == 0 ? MqttProtocolVersion.V311 : Version;
        _link ??= new OutboundLink(version, 1, int.MaxValue, 0, int.MaxValue) { Owner = this };
        var properties = version == MqttProtocolVersion.V500 && text is not null ? new MqttProperties { ReasonString = text } : null;
        new ConnackPacket { ReasonCode = code, Properties = properties }.Write(_link.Buffer, version);
        Flush();
    }

    private async Task<bool> AcceptAsync(ConnectPacket packet, CancellationToken cancellationToken)
    {
        var (identity, reason, text) = await _broker.Admission.AdmitAsync(packet, Info, cancellationToken);
        if (_phase == Phase.Closing) return false;
        if (identity is null)
        {
            Refuse(reason, text);
            return false;
        }

        Identity = identity;
        return Start(packet, identity.ClientId);
    }

    private bool Start(ConnectPacket packet, string clientId)
    {
        var terms = _broker.Admission.TermsOf(packet, clientId, this);
        _keepAliveMs = terms.KeepAliveMs;
        _lastReceivedMs = _broker.Clock.NowMs;
        _link = terms.Link;
        _phase = Phase.Connected;
        if (_broker.Connect(this, packet, terms.Link, terms.Connack, terms.ExpirySeconds) is null)
        {
            _phase = Phase.Connecting;
            Interlocked.Increment(ref Counters._refusedByLimit);
            Refuse(MqttReasonCode.QuotaExceeded, "no more sessions");
            return false;
        }

        Flush();
        return true;
    }

    /// <summary>The reading loop: the only caller of AdvanceTo after CONNECT.</summary>
    private async Task ReceiveAsync()
    {
        var input = _transport.Input;
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            var size = buffer.Length;
            Volatile.Write(ref _lastReceivedMs, _broker.Clock.NowMs);
            var more = HandleBuffer(ref buffer, out var pause);
            Interlocked.Add(ref Counters._bytesReceived, size - buffer.Length);
            var partial = !buffer.IsEmpty && !pause;
            input.AdvanceTo(buffer.Start, pause ? buffer.Start : buffer.End);
            Flush();
            _flush.Flush();
            if (!more || _phase == Phase.Closing) return;
            if (pause)
            {
                await PauseAsync();
                if (_phase == Phase.Closing) return;
                continue;
            }

            if (result.IsCanceled) return;
            if (!result.IsCompleted) continue;
            // End of stream: nothing left is a lost connection; what is left is a packet that will never be complete.
            if (partial) Fail(MqttReasonCode.MalformedPacket, "the connection ended inside a packet");
            return;
        }
    }

    private bool HandleBuffer(ref ReadOnlySequence<byte> buffer, out bool pause)
    {
        pause = false;
        var nowMs = _lastReceivedMs;
        while (_phase == Phase.Connected)
        {
            if (MustPause())
            {
                pause = true;
                return true;
            }

            switch (MqttFrameReader.TryRead(ref buffer, Options.PacketSizeMax, out var frame))
            {
                case MqttFrameStatus.NeedMore: return true;
                case MqttFrameStatus.Malformed: return Fail(MqttReasonCode.MalformedPacket, "no packet starts like this");
                case MqttFrameStatus.TooLarge: return Fail(MqttReasonCode.PacketTooLarge, "packet too large");
                default:
                    if (!HandleFrame(frame, nowMs)) return false;
                    break;
            }
        }

        return false;
    }

    private bool HandleFrame(in MqttFrame frame, long nowMs)
    {
        // A body that lies across two segments is copied: it happens at the edges of a buffer only.
        var body = frame.Body.IsSingleSegment ? frame.Body.First : frame.Body.ToArray();
        switch (frame.Type)
        {
            case MqttPacketType.Publish: return HandlePublish(frame.Header, body, nowMs);
            case MqttPacketType.Puback or MqttPacketType.Pubrec or MqttPacketType.Pubrel or MqttPacketType.Pubcomp:
                return HandleAck(frame.Type, body.Span, nowMs);
            case MqttPacketType.Subscribe: return HandleSubscribe(body.Span);
            case MqttPacketType.Unsubscribe: return HandleUnsubscribe(body.Span);
            case MqttPacketType.Pingreq: return HandlePing(body.Length);
            case MqttPacketType.Disconnect: return HandleDisconnect(body.Span);
            case MqttPacketType.Connect: return Fail(MqttReasonCode.ProtocolError, "a second CONNECT"); // [MQTT-3.1.0-2]
            case MqttPacketType.Auth when Version == MqttProtocolVersion.V500: return Fail(MqttReasonCode.ProtocolError, "AUTH without enhanced authentication");
            default: return Fail(MqttReasonCode.ProtocolError, "a packet that clients do not send");
        }
    }

    private bool HandleAck(MqttPacketType type, ReadOnlySpan<byte> body, long nowMs)
    {
        var reader = AckPacket.Decode(type, body, Version, out var ack);
        if (reader.Failed) return Fail(reader.Error, reader.ErrorText);
        var session = Session!;
        if (type == MqttPacketType.Pubrel) return HandleRelease(ack.PacketIdentifier);
        bool fits;
        lock (session.Gate)
        {
            if (!ReferenceEquals(session.Link, _link)) return false; // taken over meanwhile
            fits = type switch
            {
                MqttPacketType.Puback => session.OnPuback(ack.PacketIdentifier, nowMs),
                MqttPacketType.Pubrec => session.OnPubrec(ack.PacketIdentifier, ack.ReasonCode, nowMs),
                _ => session.OnPubcomp(ack.PacketIdentifier, nowMs),
            };
        }

        return fits || Fail(MqttReasonCode.ProtocolError, "acknowledgement of another kind of message");
    }

    private bool HandlePing(int length)
    {
        if (length != 0) return Fail(MqttReasonCode.MalformedPacket, "PINGREQ with a body");
        lock (Gate)
        {
            if (!_link!.IsOpen) return true;
            var span = _link.Buffer.Append(2); // [MQTT-3.12.4-1]
            span[0] = (byte)MqttPacketType.Pingresp << 4;
            span[1] = 0;
        }

        return true;
    }

    private bool HandleDisconnect(ReadOnlySpan<byte> body)
    {
        var reader = ReasonPacket.Decode(MqttPacketType.Disconnect, body, Version, out var packet);
        if (reader.Failed) return Fail(reader.Error, reader.ErrorText);
        if (packet.Properties?.ServerReference is not null) return Fail(MqttReasonCode.ProtocolError, "server reference from a client");
        if (packet.Properties?.SessionExpiryInterval is { } expiry && !_broker.TryChangeExpiry(Session!, expiry))
        {
            return Fail(MqttReasonCode.ProtocolError, "session expiry set at disconnect only");
        }

        lock (Gate)
        {
            _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByClient, packet.ReasonCode, packet.Properties?.ReasonString);
            _phase = Phase.Closing; // [MQTT-3.14.4-1] nothing after DISCONNECT, [MQTT-3.14.4-2] and the connection ends
        }

        return false;
    }

    private bool HandleSubscribe(ReadOnlySpan<byte> body)
    {
        var reader = SubscribePacket.Decode(body, Version, out var packet);
        if (reader.Failed) return Fail(reader.Error, reader.ErrorText);
        // [MQTT-3.8.4-1], [MQTT-3.8.4-2]; [MQTT-2.3.1-7] of 3.1.1, [MQTT-2.2.1-6] of 5.0
        var suback = new SubackPacket { PacketIdentifier = packet.PacketIdentifier };
        var retained = _broker.Subscribe(Session!, Identity!, packet, suback, out var position);
        AnswerWhenDurable(suback, MqttPacketType.Suback, position);
        _broker.SendRetained(retained, _flush);
        return true;
    }

    private bool HandleUnsubscribe(ReadOnlySpan<byte> body)
    {
        var reader = UnsubscribePacket.Decode(body, Version, out var packet);
        if (reader.Failed) return Fail(reader.Error, reader.ErrorText);
        var unsuback = new SubackPacket { PacketIdentifier = packet.PacketIdentifier }; // [MQTT-3.10.4-4], [MQTT-3.10.4-5]
        _broker.Unsubscribe(Session!, packet, unsuback, out var position);
        AnswerWhenDurable(unsuback, MqttPacketType.Unsuback, position);
        return true;
    }

    /// <summary>What a kept session was told it has must still be there after a crash.</summary>
    private void AnswerWhenDurable(SubackPacket packet, MqttPacketType type, long position)
    {
        if (position == 0 || position <= _broker.Storage!.Store.DurablePosition) Answer();
        else
        {
            _broker.Storage.Store.WhenDurable(position, static state => ((Action)state)(), (Action)(() =>
            {
                Answer();
                _broker.Scheduler.Enqueue(this);
            }));
        }

        void Answer()
        {
            lock (Gate)
            {
                if (_link!.IsOpen) packet.Write(_link.Buffer, type, Version);
            }
        }
    }

    /// <summary>Starts sending what is in the buffer unless a write is under way, which will take it along.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_link is null) return;
            _link.FlushQueued = false;
            if (_writing || _link.Buffer.Length == 0) return;
            _writing = true;
            _writeStartedMs = _broker.Clock.NowMs;
            _spareBuffer = _link.Swap(_spareBuffer);
        }

        _writer = WriteAsync();
    }

    void IBatchEnd.OnBatchEnd() => Flush();

    private async Task WriteAsync()
    {
        var buffer = _spareBuffer; // filled; the empty one has taken its place at the link
        try
        {
            while (true)
            {
                var result = await _transport.Output.WriteAsync(buffer.Written);
                Interlocked.Add(ref Counters._bytesSent, buffer.Length);
                lock (Gate)
                {
                    buffer.Dispose();
                    if (result.IsCanceled || result.IsCompleted) throw new OperationCanceledException("the peer does not read any more");
                    _writeStartedMs = _broker.Clock.NowMs;
                    if (Session is { } session && ReferenceEquals(session.Link, _link) && _link!.IsOpen) session.Pump(_writeStartedMs);
                    if (_paused && _link!.HasRoom) _resume?.TrySetResult();
                    _link!.FlushQueued = false;
                    if (_link.Buffer.Length == 0)
                    {
                        _link.Buffer.Dispose();
                        _spareBuffer = buffer;
                        _writing = false;
                        return;
                    }

                    buffer = _link.Swap(buffer);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            lock (Gate)
            {
                _link!.IsOpen = false;
                _link.Buffer.Dispose();
                _spareBuffer = buffer;
                _writing = false;
            }

            _transport.Input.CancelPendingRead();
        }
    }
}
