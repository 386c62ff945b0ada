using System.Net;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>One address the server listens on.</summary>
public sealed class MqttListener
{
    /// <summary>Address to bind; loopback unless told otherwise.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;
    /// <summary>Port, 0 for a free one; 1883 and 8883 are the registered ones.</summary>
    public int Port { get; set; }
    /// <summary>Server certificate with its private key: the listener speaks TLS 1.2 and 1.3. Null: plain TCP.</summary>
    public X509Certificate2? Certificate { get; set; }
    /// <summary>True to ask for a client certificate; whether a client without one gets in is for the handler to say.</summary>
    public bool ClientCertificates { get; set; }
    /// <summary>Authorities that client certificates must chain to; null for those the machine trusts.</summary>
    public X509Certificate2Collection? ClientCertificateAuthorities { get; set; }
}

/// <summary>
/// The server's addresses and limits. Every limit says what happens at it; each refusal is counted in
/// <see cref="MqttServerCounters"/>.
/// </summary>
public sealed class MqttServerOptions
{
    /// <summary>Addresses to listen on; may be empty where the host brings its own transports.</summary>
    public IList<MqttListener> Listeners { get; } = [];

    /// <summary>What must survive a restart goes here; null keeps sessions and retained messages in memory only.</summary>
    public IMqttSessionStore? Store { get; set; }

    /// <summary>Connections at a time. At the limit a new one is closed before it says anything.</summary>
    public int ConnectionsMax { get; set; } = 20_000;
    /// <summary>Connections at a time from one address. At the limit a new one is closed before it says anything.</summary>
    public int ConnectionsPerAddressMax { get; set; } = 2_000;
    /// <summary>From accept to a complete CONNECT, with the TLS handshake. Later the connection is closed.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);
    /// <summary>Size of a CONNECT with its will, bytes. A larger one is closed unread.</summary>
    public int ConnectBytesMax { get; set; } = 16 * 1024;
    /// <summary>Length of a client identifier, UTF-16 units. A longer one is refused.</summary>
    public int ClientIdLengthMax { get; set; } = 128;
    /// <summary>Size of any packet, bytes; told to 5.0 clients. A larger one ends the connection with "packet too large".</summary>
    public int PacketSizeMax { get; set; } = 256 * 1024;
    /// <summary>
    /// Unacknowledged publishes from one client, 1 to 65,535; told to 5.0 clients, whose connection ends when they exceed it.
    /// A 3.1.1 client cannot be told: reading stops until acknowledgements have gone out.
    /// </summary>
    public int ReceiveMaximum { get; set; } = 100;
    /// <summary>Unacknowledged publishes to one client, if it asks for no less. At the limit messages wait in the queue.</summary>
    public int OutgoingInFlightMax { get; set; } = 100;
    /// <summary>Messages waiting in one session. At the limit the new message is dropped for this session and counted.</summary>
    public int QueuedMessagesMax { get; set; } = 1_000;
    /// <summary>Bytes of topics, properties and payloads waiting in one session. At the limit as above.</summary>
    public long QueuedBytesMax { get; set; } = 1024 * 1024;
    /// <summary>Encoded bytes waiting for one connection's socket. At the limit messages wait in the session's queue.</summary>
    public int OutputBytesMax { get; set; } = 64 * 1024;
    /// <summary>How long one write may take before the connection counts as stalled and is closed.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>Subscriptions of one session. At the limit SUBACK says "quota exceeded".</summary>
    public int SubscriptionsMax { get; set; } = 100;
    /// <summary>Publishes a second that one connection may send on average; 0 for any. Above it reading pauses.</summary>
    public int PublishRateMax { get; set; }
    /// <summary>Sessions kept, connected or not. At the limit a client without a session is refused with "quota exceeded".</summary>
    public int SessionsMax { get; set; } = 100_000;
    /// <summary>Longest session expiry granted, s; what 3.1.1 sessions get, who ask for "for ever".</summary>
    public uint SessionExpirySecondsMax { get; set; } = 30 * 24 * 3600;
    /// <summary>Retained messages. At the limit a message for a new topic is refused with "quota exceeded".</summary>
    public int RetainedMessagesMax { get; set; } = 100_000;
    /// <summary>Bytes of retained messages. At the limit as above.</summary>
    public long RetainedBytesMax { get; set; } = 256L * 1024 * 1024;
    /// <summary>Keep-alive that 5.0 clients are told to use if theirs is longer or absent, s; 0 to leave it to them.</summary>
    public ushort ServerKeepAliveSeconds { get; set; }
    /// <summary>Highest QoS, told to 5.0 clients. A publish above it ends the connection with "QoS not supported".</summary>
    public MqttQoS MaximumQoS { get; set; } = MqttQoS.ExactlyOnce;
    /// <summary>Topic aliases a 5.0 client may set. A higher one ends the connection with "topic alias invalid".</summary>
    public ushort TopicAliasMaximum { get; set; } = 32;
    /// <summary>Topic aliases the server sets towards one 5.0 client, if it allows that many.</summary>
    public ushort OutgoingTopicAliasMaximum { get; set; } = 32;
    /// <summary>Connections of one client identifier within <see cref="FlappingWindow"/> before it is slowed; 0 never slows.</summary>
    public int FlappingConnectsMax { get; set; } = 30;
    /// <summary>See <see cref="FlappingConnectsMax"/>.</summary>
    public TimeSpan FlappingWindow { get; set; } = TimeSpan.FromMinutes(1);
    /// <summary>How long the CONNECT of a flapping client waits for its answer.</summary>
    public TimeSpan FlappingDelay { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>What a filter that <see cref="IMqttServerHandler.MaySubscribe"/> refuses is answered with (5.0; always 0x80 in 3.1.1).</summary>
    public MqttReasonCode SubscribeRefusal { get; set; } = MqttReasonCode.NotAuthorized;
    /// <summary>
    /// 3.1.1 cannot refuse a publish. False: the connection is closed, and the device keeps its message. True: a publish that
    /// <see cref="IMqttServerHandler.MayPublish"/> refuses is acknowledged and dropped ([MQTT-3.3.5-2] allows both).
    /// </summary>
    public bool AcknowledgeForbiddenPublish { get; set; }
    /// <summary>How often keep-alive, expiry and delays are looked at.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(250);
    /// <summary>How long <see cref="MqttServer.StopAsync"/> waits for connections to take their last bytes.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
