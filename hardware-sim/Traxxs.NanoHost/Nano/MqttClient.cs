using System.Collections;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using nanoFramework.M2Mqtt.Messages;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.NanoHost;
using MqttReasonCode = nanoFramework.M2Mqtt.Messages.MqttReasonCode;

namespace nanoFramework.M2Mqtt;

/// <summary>
/// M2Mqtt's client over the repository's own: what is published is queued and acknowledged by an event, a lost connection
/// is not made again.
/// </summary>
public class MqttClient : IDisposable
{
    private readonly NanoBoard _board = NanoBoard.Current;
    private readonly string _host;
    private readonly int _port;
    private readonly X509Certificate? _ca;
    private readonly bool _secure;
    private Traxxs.Mqtt.Client.MqttClient? _client;
    private int _lastMessageId;

    /// <summary>A client for a server; nothing is sent yet.</summary>
    public MqttClient(string brokerHostName, int brokerPort, bool secure, X509Certificate? caCert, X509Certificate? clientCert, MqttSslProtocols sslProtocol)
    {
        _host = brokerHostName;
        _port = brokerPort;
        _secure = secure;
        _ca = caCert;
    }

    /// <summary>A message came.</summary>
    public event IMqttClient.MqttMsgPublishEventHandler? MqttMsgPublishReceived;

    /// <summary>A message was acknowledged, or given up.</summary>
    public event IMqttClient.MqttMsgPublishedEventHandler? MqttMsgPublished;

    /// <summary>The connection ended.</summary>
    public event IMqttClient.ConnectionClosedEventHandler? ConnectionClosed;

    /// <summary>Version spoken.</summary>
    public MqttProtocolVersion ProtocolVersion { get; set; }

    /// <summary>Whether the server is there.</summary>
    public bool IsConnected => _client is { IsConnected: true };

    /// <summary>Connects and waits for the answer.</summary>
    public MqttReasonCode Connect(
        string clientId,
        string username,
        string password,
        bool willRetain,
        MqttQoSLevel willQosLevel,
        bool willFlag,
        string willTopic,
        string willMessage,
        bool cleanSession,
        ushort keepAlivePeriod)
    {
        _board.ThrowIfOff();
        if (!_board.WifiJoined) throw new InvalidOperationException("no network");
        var will = new MqttWill(willTopic, Encoding.UTF8.GetBytes(willMessage), (MqttQoS)willQosLevel, willRetain);
        _client = new Traxxs.Mqtt.Client.MqttClient(new MqttClientOptions
        {
            Host = _host,
            Port = _port,
            Tls = _secure ? TlsOptions() : null,
            ClientId = clientId,
            UserName = username,
            Password = password,
            CleanSession = cleanSession,
            KeepAliveSeconds = keepAlivePeriod,
            Will = willFlag ? will : null,
            AutoReconnect = false,
        })
        {
            MessageHandler = OnMessage,
        };
        _client.ConnectionLost += (_, _) => ConnectionClosed?.Invoke(this, EventArgs.Empty);
        _board.Off += _client.Abort;
        _board.NetworkLost += _client.Abort;
        var result = _client.ConnectAsync().GetAwaiter().GetResult();

        // In 3.1.1 M2Mqtt hands the CONNACK return code on as it is.
        return (MqttReasonCode)result.ReasonCode.ToConnectReturnCode();
    }

    /// <summary>Queues a message and returns its identifier.</summary>
    public ushort Publish(string topic, byte[] message, string? contentType, ArrayList? userProperties, MqttQoSLevel qosLevel, bool retain)
    {
        _board.ThrowIfOff();
        var messageId = (ushort)(Interlocked.Increment(ref _lastMessageId) % ushort.MaxValue + 1);
        if (_client is null || !_client.TryPublish(topic, message, (MqttQoS)qosLevel, OnAcknowledged, messageId, retain)) throw new InvalidOperationException("not connected");
        return messageId;
    }

    /// <summary>Queues a subscription and returns its identifier.</summary>
    public ushort Subscribe(string[] topics, MqttQoSLevel[] qosLevels)
    {
        _board.ThrowIfOff();
        var client = _client ?? throw new InvalidOperationException("not connected");
        _ = client.SubscribeAsync([.. topics.Zip(qosLevels, (topic, qos) => new MqttTopicFilter(topic, (MqttQoS)qos))]);
        return (ushort)(Interlocked.Increment(ref _lastMessageId) % ushort.MaxValue + 1);
    }

    /// <summary>Ends the connection in order.</summary>
    public void Disconnect()
    {
        _board.ThrowIfOff();
        _client?.DisconnectAsync().GetAwaiter().GetResult();
    }

    /// <summary>Frees the client.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_client is null) return;
        _board.Off -= _client.Abort;
        _board.NetworkLost -= _client.Abort;
        _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void OnMessage(in MqttReceivedMessage message)
    {
        if (_board.IsOff) return;
        MqttMsgPublishReceived?.Invoke(this, new MqttMsgPublishEventArgs(message.Topic, message.Payload.ToArray(), message.Duplicate, (MqttQoSLevel)message.QoS, message.Retain));
    }

    private void OnAcknowledged(object? state, Traxxs.Mqtt.Packets.MqttReasonCode reason)
    {
        // A connection that ended says so by its own event.
        if (_board.IsOff || (reason.IsFailure() && !IsConnected)) return;
        MqttMsgPublished?.Invoke(this, new MqttMsgPublishedEventArgs((ushort)state!, !reason.IsFailure()));
    }

    private MqttClientTlsOptions TlsOptions()
    {
        var tls = new MqttClientTlsOptions();
        if (_ca is not null) tls.CertificateAuthorities = [X509CertificateLoader.LoadCertificate(_ca.Export(X509ContentType.Cert))];
        return tls;
    }
}
