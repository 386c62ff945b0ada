#pragma warning disable CS0067
using System.Collections;
using System.Security.Cryptography.X509Certificates;
using nanoFramework.M2Mqtt.Messages;

namespace nanoFramework.M2Mqtt;

/// <summary>M2Mqtt's client over the repository's own.</summary>
public class MqttClient : IDisposable
{
    /// <summary>A client for a server; nothing is sent yet.</summary>
    public MqttClient(string brokerHostName, int brokerPort, bool secure, X509Certificate? caCert, X509Certificate? clientCert, MqttSslProtocols sslProtocol)
    {
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
    public bool IsConnected => false;

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
        ushort keepAlivePeriod) => throw new NotImplementedException();

    /// <summary>Queues a message and returns its identifier.</summary>
    public ushort Publish(string topic, byte[] message, string? contentType, ArrayList? userProperties, MqttQoSLevel qosLevel, bool retain) => throw new NotImplementedException();

    /// <summary>Queues a subscription and returns its identifier.</summary>
    public ushort Subscribe(string[] topics, MqttQoSLevel[] qosLevels) => throw new NotImplementedException();

    /// <summary>Ends the connection in order.</summary>
    public void Disconnect()
    {
    }

    /// <summary>Frees the client.</summary>
    public void Dispose()
    {
    }
}
