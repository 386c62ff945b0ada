using System.Net;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>Where a connection comes from.</summary>
public sealed record MqttConnectionInfo
{
    /// <summary>The peer's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint { get; init; }
    /// <summary>The client's certificate, checked against the listener's authorities.</summary>
    public X509Certificate2? ClientCertificate { get; init; }
    /// <summary>True for TLS.</summary>
    public bool IsSecure { get; init; }
    /// <summary><c>tcp</c>, <c>tls</c>, <c>ws</c> …</summary>
    public string Transport { get; init; } = "";
}

/// <summary>What a client says about itself in CONNECT.</summary>
public sealed class MqttConnectRequest
{
    internal MqttConnectRequest(ConnectPacket packet, MqttConnectionInfo connection, string clientId)
    {
        Packet = packet;
        Connection = connection;
        ClientId = clientId;
    }

    private ConnectPacket Packet { get; }
    /// <summary>Client identifier; the assigned one if the client gave none.</summary>
    public string ClientId { get; }
    /// <summary>User name, or null.</summary>
    public string? UserName => Packet.UserName;
    /// <summary>Password; empty if none was given.</summary>
    public ReadOnlyMemory<byte> Password => Packet.Password;
    /// <summary>Protocol version.</summary>
    public MqttProtocolVersion Version => Packet.Version;
    /// <summary>True if the client wants a new session.</summary>
    public bool CleanStart => Packet.CleanStart;
    /// <summary>Keep-alive, s.</summary>
    public ushort KeepAliveSeconds => Packet.KeepAliveSeconds;
    /// <summary>The will, or null.</summary>
    public MqttWill? Will => Packet.Will;
    /// <summary>Properties, 5.0 only.</summary>
    public MqttProperties? Properties => Packet.Properties;
    /// <summary>Where the connection comes from.</summary>
    public MqttConnectionInfo Connection { get; }
}

/// <summary>The answer to a <see cref="MqttConnectRequest"/>.</summary>
public sealed class MqttConnectDecision
{
    private MqttConnectDecision(MqttReasonCode reason, string? reasonString, object? tag)
    {
        Reason = reason;
        ReasonString = reasonString;
        Tag = tag;
    }

    /// <summary>Success, or why not.</summary>
    public MqttReasonCode Reason { get; }
    /// <summary>Sent to 5.0 clients that want it.</summary>
    public string? ReasonString { get; }
    /// <summary>Carried by <see cref="MqttClientIdentity.Tag"/>.</summary>
    public object? Tag { get; }

    /// <summary>Lets the client in.</summary>
    /// <param name="tag">Anything the handler wants to find again on the identity: device, role.</param>
    public static MqttConnectDecision Accept(object? tag = null) => new(MqttReasonCode.Success, null, tag);

    /// <summary>Turns the client away; <paramref name="reason"/> must be a failure.</summary>
    public static MqttConnectDecision Refuse(MqttReasonCode reason, string? reasonString = null) => new(
        reason.IsFailure() ? reason : throw new ArgumentException("not a failure", nameof(reason)), reasonString, null);
}

/// <summary>A client that was let in.</summary>
public sealed class MqttClientIdentity
{
    /// <summary>An identity; the server makes them, tests of handlers may too.</summary>
    public MqttClientIdentity(string clientId, string? userName, MqttProtocolVersion version, MqttConnectionInfo connection, object? tag = null)
    {
        ClientId = clientId;
        UserName = userName;
        Version = version;
        Connection = connection;
        Tag = tag;
    }

    /// <summary>Client identifier.</summary>
    public string ClientId { get; }
    /// <summary>User name, or null.</summary>
    public string? UserName { get; }
    /// <summary>Protocol version.</summary>
    public MqttProtocolVersion Version { get; }
    /// <summary>Where the connection comes from.</summary>
    public MqttConnectionInfo Connection { get; }
    /// <summary>What <see cref="MqttConnectDecision.Accept"/> was given.</summary>
    public object? Tag { get; }
    /// <inheritdoc/>
    public override string ToString() => ClientId;
}

/// <summary>How a connection came to its end.</summary>
public enum MqttDisconnectCause
{
    /// <summary>The client sent DISCONNECT.</summary>
    ByClient,
    /// <summary>The network connection ended without one.</summary>
    ConnectionLost,
    /// <summary>Nothing was received for one and a half keep-alive times.</summary>
    KeepAliveTimeout,
    /// <summary>Another connection took the session over.</summary>
    TakenOver,
    /// <summary>The client broke the protocol or a limit.</summary>
    ByProtocolError,
    /// <summary>The host asked for it.</summary>
    ByHost,
    /// <summary>The server stops.</summary>
    ServerStopping,
}

/// <summary>Why a connection ended: the cause, the reason code sent or received, and a sentence for the log.</summary>
public readonly record struct MqttDisconnectReason(MqttDisconnectCause Cause, MqttReasonCode Code, string? Text = null);

/// <summary>A publish as the handler sees it. Payload and properties stand in the receive buffer: valid during the call only.</summary>
public readonly struct MqttInboundPublish
{
    /// <summary>Who published.</summary>
    public MqttClientIdentity Client { get; init; }
    /// <summary>The topic name; the same string object for every publish of a connection to the topic.</summary>
    public string Topic { get; init; }
    /// <summary>The payload, valid during the call.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
    /// <summary>Quality of service.</summary>
    public MqttQoS QoS { get; init; }
    /// <summary>The retain flag.</summary>
    public bool Retain { get; init; }
    /// <summary>True if the client may have sent it before.</summary>
    public bool Duplicate { get; init; }
    /// <summary>To be completed later if the handler answers <see cref="MqttPublishDisposition.Deferred"/>.</summary>
    public MqttPublishAcknowledgement Acknowledgement { get; init; }
    /// <summary>The encoded properties (5.0), valid during the call.</summary>
    public ReadOnlyMemory<byte> EncodedProperties { get; init; }

    /// <summary>The properties as an object, null if there are none.</summary>
    public MqttProperties? ReadProperties() => MqttProperties.FromValidated(EncodedProperties.Span, MqttPacketType.Publish);
}

/// <summary>What takes the completions of deferred publishes: a connection.</summary>
public interface IMqttPublishCompletion
{
    /// <summary>The handler is done with a publish it deferred. Any thread; a number that is not waiting any more is passed over.</summary>
    void CompletePublish(long sequence, MqttReasonCode reason);
}

/// <summary>
/// Stands for one publish whose acknowledgement waits. Complete it once, from any thread; completing it after the connection
/// ended does no harm. PUBACK and PUBREC leave in the order of the publishes ([MQTT-4.6.0-2], [MQTT-4.6.0-3]).
/// </summary>
public readonly struct MqttPublishAcknowledgement
{
    private readonly IMqttPublishCompletion? _connection;
    private readonly long _sequence;

    /// <summary>For servers, and for tests of handlers.</summary>
    /// <param name="connection">Who is told; null where there is nothing to acknowledge.</param>
    /// <param name="sequence">Number of the publish on its connection.</param>
    public MqttPublishAcknowledgement(IMqttPublishCompletion? connection, long sequence)
    {
        _connection = connection;
        _sequence = sequence;
    }

    /// <summary>
    /// Success: the message is routed if that was asked for, and acknowledged. A failure: a 5.0 client is told; a 3.1.1
    /// connection is closed without an acknowledgement, so that the client sends the message again. Nothing happens at QoS 0.
    /// </summary>
    public void Complete(MqttReasonCode reason = MqttReasonCode.Success) => _connection?.CompletePublish(_sequence, reason);
}

/// <summary>What is to become of a publish.</summary>
public readonly record struct MqttPublishDisposition
{
    internal enum Kind : byte { Acknowledge, Deferred, Refuse }

    internal Kind What { get; private init; }
    internal bool Route { get; private init; }
    internal MqttReasonCode Reason { get; private init; }

    /// <summary>Acknowledge now.</summary>
    /// <param name="route">True to deliver it to subscribers and to retain it if it asks for that.</param>
    public static MqttPublishDisposition Acknowledge(bool route = true) => new() { What = Kind.Acknowledge, Route = route };

    /// <summary>
    /// Acknowledge when <see cref="MqttPublishAcknowledgement.Complete"/> is called. Reading goes on up to the receive
    /// maximum. A QoS 0 publish needs no completion and is routed at once.
    /// </summary>
    /// <param name="route">True to deliver it to subscribers once it is completed with success.</param>
    public static MqttPublishDisposition Deferred(bool route = false) => new() { What = Kind.Deferred, Route = route };

    /// <summary>Do not take it; <paramref name="reason"/> as in <see cref="MqttPublishAcknowledgement.Complete"/>.</summary>
    public static MqttPublishDisposition Refuse(MqttReasonCode reason) => new()
    {
        What = Kind.Refuse,
        Reason = reason.IsFailure() ? reason : throw new ArgumentException("not a failure", nameof(reason)),
    };
}

/// <summary>
/// What the host decides. All members but <see cref="AuthenticateAsync"/> are called on the connection's thread and must not
/// block. <see cref="OnConnected"/> and <see cref="OnDisconnected"/> are called one at a time for the whole server and in
/// order for each client.
/// </summary>
public interface IMqttServerHandler
{
    /// <summary>Lets a client in or not. An exception turns it away with "server unavailable".</summary>
    ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken);

    /// <summary>Whether the client may publish to a topic, also as its will. Asked once per connection and topic while it is remembered.</summary>
    bool MayPublish(MqttClientIdentity client, string topic);

    /// <summary>Whether the client may subscribe to a filter, without its <c>$share</c> part. Asked again when a kept session returns.</summary>
    bool MaySubscribe(MqttClientIdentity client, string topicFilter);

    /// <summary>A publish arrived.</summary>
    MqttPublishDisposition OnPublish(in MqttInboundPublish publish);

    /// <summary>A client has been let in; its CONNACK is on its way.</summary>
    void OnConnected(MqttClientIdentity client);

    /// <summary>The client's connection has ended.</summary>
    void OnDisconnected(MqttClientIdentity client, MqttDisconnectReason reason);
}

/// <summary>A handler that lets nobody in until told how, and routes what those it let in publish.</summary>
public abstract class MqttServerHandler : IMqttServerHandler
{
    /// <inheritdoc/>
    public virtual ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken) =>
        new(MqttConnectDecision.Refuse(MqttReasonCode.NotAuthorized));

    /// <inheritdoc/>
    public virtual bool MayPublish(MqttClientIdentity client, string topic) => true;

    /// <inheritdoc/>
    public virtual bool MaySubscribe(MqttClientIdentity client, string topicFilter) => true;

    /// <inheritdoc/>
    public virtual MqttPublishDisposition OnPublish(in MqttInboundPublish publish) => MqttPublishDisposition.Acknowledge();

    /// <inheritdoc/>
    public virtual void OnConnected(MqttClientIdentity client)
    {
    }

    /// <inheritdoc/>
    public virtual void OnDisconnected(MqttClientIdentity client, MqttDisconnectReason reason)
    {
    }
}

/// <summary>A handler that lets everybody in and routes everything: for tests and for the anonymous broker.</summary>
public class MqttOpenHandler : MqttServerHandler
{
    /// <inheritdoc/>
    public override ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken) =>
        new(MqttConnectDecision.Accept());
}
