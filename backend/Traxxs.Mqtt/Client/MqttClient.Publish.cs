using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Client;

/// <summary>Publishing, subscribing, and what comes back.</summary>
public sealed partial class MqttClient
{
    private const int SpareMax = 64; // objects kept for reuse: the usual number in flight
    private readonly Dictionary<ushort, PendingPublish> _inFlight = [];
    private readonly HashSet<ushort> _incoming = []; // QoS 2 between PUBLISH and PUBREL
    private readonly Dictionary<ushort, TaskCompletionSource<IReadOnlyList<MqttReasonCode>>> _requests = [];
    private readonly PacketBuffer _encoder = new();
    private PendingPublish? _first, _last;           // in flight, in the order they were sent
    private PendingPublish? _waitingFirst, _waitingLast;
    private int _waitingCount;
    private PendingPublish? _spare;
    private int _spareCount;
    private int _inFlightLimit;
    private ushort _lastIdentifier;
    private MqttQoS _maximumQoS = MqttQoS.ExactlyOnce;
    private bool _retainAvailable = true;

    /// <summary>Publishes in flight and waiting, now.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate) return _inFlight.Count + _waitingCount;
        }
    }

    /// <summary>
    /// Publishes and completes at PUBACK or PUBCOMP, at QoS 0 when the packet is queued for the socket. While the connection is
    /// lost, QoS 1 and 2 wait for the next one; QoS 0 is answered with "server unavailable".
    /// </summary>
    /// <exception cref="ArgumentException">The topic is not a topic name.</exception>
    public Task<MqttReasonCode> PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQoS qos = MqttQoS.AtMostOnce, bool retain = false,
        MqttProperties? properties = null, CancellationToken cancellationToken = default)
    {
        var done = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryPublish(topic, payload.Span, qos, static (state, reason) => ((TaskCompletionSource<MqttReasonCode>)state!).TrySetResult(reason), done, retain, properties, mayWait: true))
        {
            return Task.FromResult(IsConnected ? MqttReasonCode.QuotaExceeded : MqttReasonCode.ServerUnavailable);
        }

        return cancellationToken.CanBeCanceled ? done.Task.WaitAsync(cancellationToken) : done.Task;
    }

    /// <summary>
    /// Publishes without waiting and without allocating. False if nothing was taken: no place in flight
    /// (unless <paramref name="mayWait"/>), or no connection at QoS 0. The callback is called once, on the reading loop or, at
    /// QoS 0, at once.
    /// </summary>
    public bool TryPublish(
        string topic, ReadOnlySpan<byte> payload, MqttQoS qos, MqttPublishCallback? callback = null, object? state = null,
        bool retain = false, MqttProperties? properties = null, bool mayWait = false)
    {
        if (!TopicRules.IsValidName(topic)) throw new ArgumentException($"'{topic}' is not a topic name", nameof(topic));
        if (qos > _maximumQoS || retain && !_retainAvailable)
        {
            // [MQTT-3.2.2-11], [MQTT-3.2.2-14] what the server said it does not support is not sent
            callback?.Invoke(state, retain && !_retainAvailable ? MqttReasonCode.RetainNotSupported : MqttReasonCode.QoSNotSupported);
            return true;
        }

        ClientConnection? connection;
        lock (_gate)
        {
            connection = _connection;
            var isOpen = connection is { IsOpen: true };
            if (qos == MqttQoS.AtMostOnce)
            {
                if (!isOpen || !connection!.HasRoom) return false;
                _encoder.TruncateTo(0);
                Encode(_encoder, topic, payload, qos, retain, properties, connection.PacketSizeMax);
                connection.Aliases.Write(connection.Buffer, _encoder.Written.Span);
            }
            else
            {
                var fits = isOpen && _inFlight.Count < _inFlightLimit && _waitingFirst is null;
                if (!fits && (!mayWait || !_wanted || _waitingCount >= _options.WaitingMax)) return false;
                var publish = CreatePending(topic, payload, qos, retain, properties, callback, state);
                if (fits) Send(publish, connection!);
                else AppendWaiting(publish);
            }
        }

        connection?.Flush();
        if (qos == MqttQoS.AtMostOnce) callback?.Invoke(state, MqttReasonCode.Success);
        return true;
    }

    private PendingPublish CreatePending(
        string topic, ReadOnlySpan<byte> payload, MqttQoS qos, bool retain, MqttProperties? properties, MqttPublishCallback? callback, object? state)
    {
        _encoder.TruncateTo(0);
        var topicLength = Encode(_encoder, topic, payload, qos, retain, properties, _connection?.PacketSizeMax ?? int.MaxValue);
        var lengthSize = 1;
        while ((_encoder.Written.Span[lengthSize] & 0x80) != 0) lengthSize++;
        var publish = _spare ?? new PendingPublish();
        if (_spare is not null)
        {
            _spare = publish.Next;
            _spareCount--;
            publish.Next = null;
        }

        publish.Set(_encoder, 1 + lengthSize + 2 + topicLength);
        publish.QoS = qos;
        publish.Callback = callback;
        publish.State = state;
        return publish;
    }

    private int Encode(PacketBuffer buffer, string topic, ReadOnlySpan<byte> payload, MqttQoS qos, bool retain, MqttProperties? properties, long packetSizeMax)
    {
        Span<byte> utf8 = stackalloc byte[Math.Min(512, Encoding.UTF8.GetMaxByteCount(topic.Length))];
        var topicUtf8 = Encoding.UTF8.TryGetBytes(topic, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(topic);
        var fields = new PublishFields { QoS = qos, Retain = retain, Topic = topicUtf8, Payload = payload, PacketIdentifier = 1 };
        using var encodedProperties = properties is null ? null : new PacketBuffer();
        if (properties is not null)
        {
            properties.WriteValues(encodedProperties!);
            fields.ForwardedProperties = encodedProperties!.Written.Span;
        }

        // [MQTT-3.2.2-15] never larger than the server takes
        if (!fields.TryWrite(buffer, _options.Version, packetSizeMax)) throw new ArgumentException("the packet is larger than the server accepts", nameof(payload));
        return topicUtf8.Length;
    }

    private void Send(PendingPublish publish, ClientConnection connection)
    {
        do
        {
            if (++_lastIdentifier == 0) _lastIdentifier = 1;
        }
        while (_inFlight.ContainsKey(_lastIdentifier) || _requests.ContainsKey(_lastIdentifier)); // [MQTT-2.2.1-3]
        publish.Identify(_lastIdentifier);
        var stored = TryStore(_lastIdentifier, publish.Packet);
        _inFlight.Add(_lastIdentifier, publish);
        AppendInFlight(publish);
        if (!stored)
        {
            Finish(publish, MqttReasonCode.ImplementationSpecificError, connection: null);
            return;
        }

        publish.WasSent = true;
        connection.Aliases.Write(connection.Buffer, publish.Packet);
    }

    private bool TryStore(ushort identifier, ReadOnlySpan<byte> packet)
    {
        try
        {
            _options.Store?.Put(identifier, packet);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _options.Logger?.LogError(exception, "{Client}: a publish could not be stored and is not sent", _clientId);
            return false;
        }
    }

    private void AppendInFlight(PendingPublish publish)
    {
        publish.Previous = _last;
        publish.Next = null;
        if (_last is null) _first = publish;
        else _last.Next = publish;
        _last = publish;
    }

    private void Unlink(PendingPublish publish)
    {
        if (publish.Previous is null) _first = publish.Next;
        else publish.Previous.Next = publish.Next;
        if (publish.Next is null) _last = publish.Previous;
        else publish.Next.Previous = publish.Previous;
    }

    private void AppendWaiting(PendingPublish publish)
    {
        if (_waitingLast is null) _waitingFirst = publish;
        else _waitingLast.Next = publish;
        _waitingLast = publish;
        _waitingCount++;
    }

    private void SendWaiting(ClientConnection connection)
    {
        while (_waitingFirst is { } publish && _inFlight.Count < _inFlightLimit)
        {
            _waitingFirst = publish.Next;
            if (_waitingFirst is null) _waitingLast = null;
            _waitingCount--;
            Send(publish, connection);
        }
    }

    /// <summary>[MQTT-4.4.0-1] what is unacknowledged goes again, in its order; into a new session as if for the first time.</summary>
    private void Resend(ClientConnection connection, bool sessionPresent)
    {
        for (var publish = _first; publish is not null;)
        {
            var next = publish.Next;
            if (!publish.IsReleased)
            {
                publish.MarkDuplicate(sessionPresent && publish.WasSent);
                connection.Aliases.Write(connection.Buffer, publish.Packet);
            }
            else if (sessionPresent) AckPacket.Write(connection.Buffer, MqttPacketType.Pubrel, publish.PacketIdentifier, _options.Version);
            else Finish(publish, MqttReasonCode.Success, connection); // PUBREC said that it arrived
            publish = next;
        }

        SendWaiting(connection);
    }

    private void LoadStored()
    {
        foreach (var (identifier, packet) in _options.Store?.Load() ?? [])
        {
            var publish = new PendingPublish { PacketIdentifier = identifier, WasSent = true, IsReleased = packet.Length == 2, QoS = packet.Length == 2 ? MqttQoS.ExactlyOnce : (MqttQoS)(packet[0] >> 1 & 3) };
            publish.Set(packet);
            _inFlight.Add(identifier, publish);
            AppendInFlight(publish);
            _lastIdentifier = Math.Max(_lastIdentifier, identifier);
        }
    }

    /// <summary>Takes a publish out of flight; its callback is called when the gate is free again.</summary>
    private void Finish(PendingPublish publish, MqttReasonCode reason, ClientConnection? connection)
    {
        _inFlight.Remove(publish.PacketIdentifier);
        _options.Store?.Remove(publish.PacketIdentifier);
        Unlink(publish);
        if (publish.Callback is not null)
        {
            if (connection is null) ThreadPool.QueueUserWorkItem(static call => call.Callback(call.State, call.Reason), (publish.Callback, publish.State, Reason: reason), false);
            else connection.Callbacks.Add((publish.Callback, publish.State, reason));
        }

        publish.FreePacket();
        publish.Callback = null;
        publish.State = null;
        publish.Previous = publish.Next = null;
        publish.IsReleased = publish.WasSent = false;
        if (_spareCount >= SpareMax) return;
        publish.Next = _spare;
        _spare = publish;
        _spareCount++;
    }

    /// <summary>Nobody will connect again: everything that waits is told. What is in flight stays in the store, if there is one.</summary>
    private void GiveUp(MqttReasonCode reason)
    {
        var callbacks = new List<(MqttPublishCallback Callback, object? State)>();
        lock (_gate)
        {
            for (var publish = _first; publish is not null; publish = publish.Next) Take(publish);
            for (var publish = _waitingFirst; publish is not null; publish = publish.Next) Take(publish);
            _waitingFirst = _waitingLast = null;
            _waitingCount = 0;
        }

        foreach (var (callback, state) in callbacks) callback(state, reason);

        void Take(PendingPublish publish)
        {
            if (publish.Callback is not null) callbacks.Add((publish.Callback, publish.State));
            publish.Callback = null;
        }
    }

    /// <summary>Subscribes; one reason code a filter, in their order. The filters are asked for again after a reconnection without session.</summary>
    /// <exception cref="MqttClientException">There is no connection, or it ended before the answer.</exception>
    public Task<IReadOnlyList<MqttReasonCode>> SubscribeAsync(params MqttTopicFilter[] filters) => SubscribeAsync(filters, 0);

    /// <summary>Subscribes with a subscription identifier (5.0), 1 to 268,435,455.</summary>
    public async Task<IReadOnlyList<MqttReasonCode>> SubscribeAsync(IReadOnlyList<MqttTopicFilter> filters, uint identifier)
    {
        var codes = await RequestAsync((buffer, id) => WriteSubscribe(buffer, id, filters, identifier));
        lock (_gate)
        {
            for (var i = 0; i < filters.Count && i < codes.Count; i++)
            {
                if (!codes[i].IsFailure()) _subscriptions[filters[i].Topic] = (filters[i], identifier);
            }
        }

        return codes;
    }

    /// <summary>Subscribes to one filter.</summary>
    public async Task<MqttReasonCode> SubscribeAsync(string topicFilter, MqttQoS qos = MqttQoS.AtMostOnce) =>
        (await SubscribeAsync(new MqttTopicFilter(topicFilter, qos)))[0];

    /// <summary>Gives filters up; one reason code a filter (always success in 3.1.1).</summary>
    /// <exception cref="MqttClientException">There is no connection, or it ended before the answer.</exception>
    public async Task<IReadOnlyList<MqttReasonCode>> UnsubscribeAsync(params string[] filters)
    {
        lock (_gate)
        {
            foreach (var filter in filters) _subscriptions.Remove(filter);
        }

        var codes = await RequestAsync((buffer, id) =>
        {
            var packet = new UnsubscribePacket { PacketIdentifier = id };
            packet.Filters.AddRange(filters);
            packet.Write(buffer, _options.Version);
        });
        return codes.Count > 0 ? codes : [.. filters.Select(_ => MqttReasonCode.Success)];
    }

    private void WriteSubscribe(PacketBuffer buffer, ushort id, IReadOnlyList<MqttTopicFilter> filters, uint identifier)
    {
        var packet = new SubscribePacket { PacketIdentifier = id };
        if (identifier != 0) packet.Properties = new MqttProperties { SubscriptionIdentifiers = [identifier] };
        packet.Filters.AddRange(filters);
        packet.Write(buffer, _options.Version);
    }

    private void Resubscribe(ClientConnection connection)
    {
        foreach (var group in _subscriptions.Values.GroupBy(subscription => subscription.Identifier))
        {
            WriteSubscribe(connection.Buffer, TakeRequestIdentifier(), [.. group.Select(subscription => subscription.Filter)], group.Key);
        }
    }

    private ushort TakeRequestIdentifier()
    {
        do
        {
            if (++_lastIdentifier == 0) _lastIdentifier = 1;
        }
        while (_inFlight.ContainsKey(_lastIdentifier) || _requests.ContainsKey(_lastIdentifier));
        return _lastIdentifier;
    }

    private Task<IReadOnlyList<MqttReasonCode>> RequestAsync(Action<PacketBuffer, ushort> write)
    {
        var done = new TaskCompletionSource<IReadOnlyList<MqttReasonCode>>(TaskCreationOptions.RunContinuationsAsynchronously);
        ClientConnection connection;
        lock (_gate)
        {
            if (_connection is not { IsOpen: true }) throw new MqttClientException("not connected", MqttReasonCode.ServerUnavailable);
            connection = _connection;
            var identifier = TakeRequestIdentifier();
            _requests.Add(identifier, done);
            write(connection.Buffer, identifier);
        }

        connection.Flush();
        return done.Task;
    }

    private void FailRequests()
    {
        TaskCompletionSource<IReadOnlyList<MqttReasonCode>>[] requests;
        lock (_gate)
        {
            requests = [.. _requests.Values];
            _requests.Clear();
        }

        foreach (var request in requests) request.TrySetException(new MqttClientException("the connection ended before the answer", MqttReasonCode.ServerUnavailable));
    }

    internal bool HandleAnswer(ClientConnection connection, MqttPacketType type, ReadOnlySpan<byte> body)
    {
        var reader = SubackPacket.Decode(type, body, _options.Version, out var packet);
        if (reader.Failed) return connection.Fail(reader.Error, reader.ErrorText);
        TaskCompletionSource<IReadOnlyList<MqttReasonCode>>? request;
        lock (_gate) _requests.Remove(packet.PacketIdentifier, out request);
        request?.TrySetResult(packet.ReasonCodes);
        return true;
    }

    internal bool HandleAck(ClientConnection connection, MqttPacketType type, ReadOnlySpan<byte> body)
    {
        var reader = AckPacket.Decode(type, body, _options.Version, out var ack);
        if (reader.Failed) return connection.Fail(reader.Error, reader.ErrorText);
        lock (_gate)
        {
            if (type == MqttPacketType.Pubrel)
            {
                var known = _incoming.Remove(ack.PacketIdentifier);
                AckPacket.Write(connection.Buffer, MqttPacketType.Pubcomp, ack.PacketIdentifier, _options.Version, known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
                return true;
            }

            if (!_inFlight.TryGetValue(ack.PacketIdentifier, out var publish)) return true; // late or unknown: harmless
            if (publish.QoS == MqttQoS.AtLeastOnce != (type == MqttPacketType.Puback)) return connection.Fail(MqttReasonCode.ProtocolError, "acknowledgement of another kind of message");
            if (type == MqttPacketType.Pubrec && !ack.ReasonCode.IsFailure())
            {
                publish.IsReleased = true;
                Unlink(publish); // [MQTT-4.6.0-4] PUBRELs go again in the order of the PUBRECs
                AppendInFlight(publish);
                Span<byte> identifier = stackalloc byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(identifier, publish.PacketIdentifier);
                // If it cannot be stored, a restart sends the publish again, which the server knows: no harm.
                TryStore(publish.PacketIdentifier, identifier);
                AckPacket.Write(connection.Buffer, MqttPacketType.Pubrel, publish.PacketIdentifier, _options.Version);
                return true;
            }

            // An unknown identifier at PUBREL means that the server was done with it long ago.
            Finish(publish, type == MqttPacketType.Pubcomp ? MqttReasonCode.Success : ack.ReasonCode, connection);
            SendWaiting(connection);
            return true;
        }
    }

    internal bool HandlePublish(ClientConnection connection, byte header, ReadOnlyMemory<byte> body)
    {
        var reader = PublishPacket.Decode(header, body.Span, _options.Version, out var packet);
        if (reader.Failed) return connection.Fail(reader.Error, reader.ErrorText);
        if (!connection.TryGetTopic(packet.Topic, packet.TopicAlias, _options.TopicAliasMaximum, out var topic)) return connection.Fail(MqttReasonCode.TopicAliasInvalid, "topic alias not defined");
        var isNew = true;
        if (packet.QoS == MqttQoS.ExactlyOnce)
        {
            lock (_gate) isNew = _incoming.Add(packet.PacketIdentifier); // [MQTT-4.3.3-10]
        }

        if (isNew) Deliver(packet, body, topic);
        if (packet.QoS == MqttQoS.AtMostOnce) return true;
        lock (_gate)
        {
            AckPacket.Write(connection.Buffer, packet.QoS == MqttQoS.AtLeastOnce ? MqttPacketType.Puback : MqttPacketType.Pubrec, packet.PacketIdentifier, _options.Version);
        }

        return true;
    }

    private void Deliver(in PublishPacket packet, ReadOnlyMemory<byte> body, TopicName topic)
    {
        if (MessageHandler is not { } handler) return;
        try
        {
            handler(new MqttReceivedMessage
            {
                Topic = topic.Name,
                Payload = body[packet.PayloadOffset..],
                QoS = packet.QoS,
                Retain = packet.Retain,
                Duplicate = packet.Duplicate,
                EncodedProperties = body.Slice(packet.PropertiesOffset, packet.Properties.Length),
            });
        }
        catch (Exception exception)
        {
            _options.Logger?.LogError(exception, "{Client}: the message handler threw", _clientId);
        }
    }
}
