namespace Traxxs.Mqtt.Server;

/// <summary>What the server has seen since it started, and what it holds now.</summary>
public sealed class MqttServerCounters
{
    internal long _accepted, _connected, _refusedConnects, _refusedByLimit, _publishesReceived, _publishesDelivered, _bytesReceived, _bytesSent;
    internal long _droppedMessages, _malformedPackets, _protocolErrors, _keepAliveTimeouts, _connectTimeouts, _stalledWrites, _takeovers;
    internal long _forbiddenPublishes, _refusedPublishes, _slowedConnects, _tlsFailures, _handlerErrors;
    internal Func<(int Connections, int Sessions, int Subscriptions, int Retained)> _gauges = static () => default;

    /// <summary>Transports accepted.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);
    /// <summary>Clients let in.</summary>
    public long Connected => Interlocked.Read(ref _connected);
    /// <summary>CONNECTs turned away.</summary>
    public long RefusedConnects => Interlocked.Read(ref _refusedConnects);
    /// <summary>Connections closed at a limit on connections, or refused at the limit on sessions.</summary>
    public long RefusedByLimit => Interlocked.Read(ref _refusedByLimit);
    /// <summary>PUBLISH packets received.</summary>
    public long PublishesReceived => Interlocked.Read(ref _publishesReceived);
    /// <summary>Messages handed to sessions.</summary>
    public long PublishesDelivered => Interlocked.Read(ref _publishesDelivered);
    /// <summary>Bytes received, without TLS.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);
    /// <summary>Bytes sent, without TLS.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);
    /// <summary>Messages a session did not take: its queue was full, or it was away and kept nothing.</summary>
    public long DroppedMessages => Interlocked.Read(ref _droppedMessages);
    /// <summary>Packets that could not be parsed, and streams that ended inside a packet.</summary>
    public long MalformedPackets => Interlocked.Read(ref _malformedPackets);
    /// <summary>Packets that broke the protocol or a limit that ends the connection.</summary>
    public long ProtocolErrors => Interlocked.Read(ref _protocolErrors);
    /// <summary>Connections closed for silence.</summary>
    public long KeepAliveTimeouts => Interlocked.Read(ref _keepAliveTimeouts);
    /// <summary>Connections closed because no CONNECT was complete in time.</summary>
    public long ConnectTimeouts => Interlocked.Read(ref _connectTimeouts);
    /// <summary>Connections closed because the peer did not read.</summary>
    public long StalledWrites => Interlocked.Read(ref _stalledWrites);
    /// <summary>Sessions taken over by a newer connection.</summary>
    public long Takeovers => Interlocked.Read(ref _takeovers);
    /// <summary>Publishes to topics the client may not publish to.</summary>
    public long ForbiddenPublishes => Interlocked.Read(ref _forbiddenPublishes);
    /// <summary>Publishes that the handler, or a limit on retained messages, did not take.</summary>
    public long RefusedPublishes => Interlocked.Read(ref _refusedPublishes);
    /// <summary>CONNECTs that waited because the client connects too often.</summary>
    public long SlowedConnects => Interlocked.Read(ref _slowedConnects);
    /// <summary>TLS handshakes that failed.</summary>
    public long TlsFailures => Interlocked.Read(ref _tlsFailures);
    /// <summary>Exceptions of the handler.</summary>
    public long HandlerErrors => Interlocked.Read(ref _handlerErrors);
    /// <summary>Connections now.</summary>
    public int Connections => _gauges().Connections;
    /// <summary>Sessions now, connected or not.</summary>
    public int Sessions => _gauges().Sessions;
    /// <summary>Subscriptions now.</summary>
    public int Subscriptions => _gauges().Subscriptions;
    /// <summary>Retained messages now.</summary>
    public int Retained => _gauges().Retained;
}
