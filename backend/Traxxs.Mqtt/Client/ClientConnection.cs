using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Client;

/// <summary>One network connection of a client: reading loop, writer and keep-alive. The buffer is guarded by the client's gate.</summary>
internal sealed class ClientConnection(MqttClient client, IDuplexPipe transport, Func<ValueTask> close, Action abort)
{
    private const int HighWaterBytes = 256 * 1024; // QoS 0 is turned away above it: the server does not keep up

    private readonly TopicCache _topics = new();
    private TopicName?[]? _aliases;
    private PacketBuffer _spare = new();
    private bool _writing;
    private Task _writer = Task.CompletedTask;
    private Task _reader = Task.CompletedTask;
    private MqttReasonCode _reason;
    private long _lastSentMs, _pingSentMs = -1;
    private bool _stopping;

    public required MqttProtocolVersion Version { get; init; }
    public required long KeepAliveMs { get; init; }
    public required long PacketSizeMax { get; init; }
    /// <summary>Puts publishes into the buffer.</summary>
    public required OutgoingAliases Aliases { get; init; }
    public PacketBuffer Buffer { get; private set; } = new();
    public bool IsOpen { get; private set; } = true;
    public bool HasRoom => Buffer.Length < HighWaterBytes;

    /// <summary>Callbacks of publishes acknowledged in the batch being read; called when the gate is free.</summary>
    public List<(MqttPublishCallback Callback, object? State, MqttReasonCode Reason)> Callbacks { get; } = [];

    public void Start()
    {
        _lastSentMs = ClientHeartbeat.NowMs(client.Time);
        if (KeepAliveMs > 0) ClientHeartbeat.Of(client.Time).Add(this);
        Flush();
        _reader = ReceiveAsync();
    }

    public void Write(Action<PacketBuffer> write)
    {
        if (!IsOpen) return;
        write(Buffer);
        IsOpen = false;
        _stopping = true;
    }

    public bool Fail(MqttReasonCode reason, string? text)
    {
        _reason = reason;
        _ = text;
        if (Version == MqttProtocolVersion.V500)
        {
            lock (client.Gate) new ReasonPacket { ReasonCode = reason }.Write(Buffer, MqttPacketType.Disconnect, Version);
        }

        return false;
    }

    public void Abort()
    {
        IsOpen = false;
        abort();
        transport.Input.CancelPendingRead();
    }

    /// <summary>After DISCONNECT is in the buffer: sends what is left and ends.</summary>
    public async Task StopAsync()
    {
        ClientHeartbeat.Of(client.Time).Remove(this);
        Flush();
        await WriterDoneAsync();
        transport.Input.CancelPendingRead();
        await _reader;
    }

    private async Task WriterDoneAsync()
    {
        while (true)
        {
            await _writer;
            lock (client.Gate)
            {
                if (!_writing) return;
            }

            await Task.Yield();
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (await ReceiveOnceAsync())
            {
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            failure = exception;
        }

        Flush();
        IsOpen = false;
        ClientHeartbeat.Of(client.Time).Remove(this);
        if (!_stopping) await WriterDoneAsync();
        try
        {
            await close();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            failure ??= exception;
        }

        if (!_stopping) client.OnLost(this, _reason, failure);
    }

    private async ValueTask<bool> ReceiveOnceAsync()
    {
        var read = await transport.Input.ReadAsync();
        var buffer = read.Buffer;
        var goOn = HandleBuffer(ref buffer);
        transport.Input.AdvanceTo(buffer.Start, buffer.End);
        Flush();
        RunCallbacks();
        return goOn && !read.IsCompleted && !read.IsCanceled;
    }

    public void RunCallbacks()
    {
        foreach (var (callback, state, reason) in Callbacks) callback(state, reason);
        Callbacks.Clear();
    }

    private bool HandleBuffer(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            switch (MqttFrameReader.TryRead(ref buffer, client.PacketSizeMax, out var frame))
            {
                case MqttFrameStatus.NeedMore: return true;
                case MqttFrameStatus.Malformed: return Fail(MqttReasonCode.MalformedPacket, "no packet starts like this");
                case MqttFrameStatus.TooLarge: return Fail(MqttReasonCode.PacketTooLarge, "packet too large");
            }

            var body = frame.Body.IsSingleSegment ? frame.Body.First : frame.Body.ToArray();
            if (!HandleFrame(frame, body)) return false;
        }
    }

    private bool HandleFrame(in MqttFrame frame, ReadOnlyMemory<byte> body)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Publish: return client.HandlePublish(this, frame.Header, body);
            case MqttPacketType.Puback or MqttPacketType.Pubrec or MqttPacketType.Pubrel or MqttPacketType.Pubcomp:
                return client.HandleAck(this, frame.Type, body.Span);
            case MqttPacketType.Suback or MqttPacketType.Unsuback: return client.HandleAnswer(this, frame.Type, body.Span);
            case MqttPacketType.Pingresp:
                _pingSentMs = -1;
                return true;
            case MqttPacketType.Disconnect when Version == MqttProtocolVersion.V500:
                var reader = ReasonPacket.Decode(MqttPacketType.Disconnect, body.Span, Version, out var packet);
                _reason = reader.Failed ? reader.Error : packet.ReasonCode;
                return false;
            default: return Fail(MqttReasonCode.ProtocolError, "a packet that servers do not send");
        }
    }

    public bool TryGetTopic(ReadOnlySpan<byte> utf8, ushort alias, int aliasMax, out TopicName topic)
    {
        topic = null!;
        if (alias > aliasMax) return false; // [MQTT-3.3.2-12] any up to what the client allowed
        if (utf8.IsEmpty)
        {
            topic = _aliases?[alias]!;
            return topic is not null;
        }

        var entry = _topics.Find(utf8);
        if (entry is null) _topics.Add(entry = new TopicEntry(TopicCache.NameOf(utf8), true));
        topic = entry.Name;
        if (alias > 0) (_aliases ??= new TopicName?[aliasMax + 1])[alias] = topic;
        return true;
    }

    /// <summary>[MQTT-3.1.2-23] of 3.1.1, [MQTT-3.1.2-20] of 5.0: no silence longer than the keep-alive.</summary>
    public void Tick(long nowMs)
    {
        if (!IsOpen) return;
        if (_pingSentMs >= 0 && nowMs - _pingSentMs > KeepAliveMs)
        {
            _reason = MqttReasonCode.KeepAliveTimeout;
            Abort();
            return;
        }

        if (_pingSentMs >= 0 || nowMs - Volatile.Read(ref _lastSentMs) < KeepAliveMs * 3 / 4) return;
        lock (client.Gate)
        {
            if (!IsOpen) return;
            Buffer.WriteByte((int)MqttPacketType.Pingreq << 4);
            Buffer.WriteByte(0);
        }

        _pingSentMs = nowMs;
        Flush();
    }

    public void Flush()
    {
        lock (client.Gate)
        {
            if (_writing || Buffer.Length == 0) return;
            _writing = true;
            (Buffer, _spare) = (_spare, Buffer);
        }

        _writer = WriteAsync();
    }

    private async Task WriteAsync()
    {
        var buffer = _spare;
        try
        {
            while (true)
            {
                await transport.Output.WriteAsync(buffer.Written);
                Volatile.Write(ref _lastSentMs, ClientHeartbeat.NowMs(client.Time));
                lock (client.Gate)
                {
                    buffer.Dispose();
                    if (Buffer.Length == 0)
                    {
                        Buffer.Dispose();
                        _spare = buffer;
                        _writing = false;
                        return;
                    }

                    (Buffer, buffer) = (buffer, Buffer);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            lock (client.Gate)
            {
                _spare = buffer;
                _writing = false;
                IsOpen = false;
            }

            transport.Input.CancelPendingRead();
        }
    }
}
