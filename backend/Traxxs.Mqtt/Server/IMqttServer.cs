using System.IO.Pipelines;
using System.Net;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// What a host needs of an MQTT server, whichever it is. What the server needs of its host is <see cref="IMqttServerHandler"/>.
/// All members may be called from any thread.
/// </summary>
public interface IMqttServer : IAsyncDisposable
{
    /// <summary>The addresses listened on, in the order of the listeners, with the ports chosen; empty until started.</summary>
    IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>What the server has seen.</summary>
    MqttServerCounters Counters { get; }

    /// <summary>Why sessions and retained messages are not kept any more, or null. Publishes that need it are then not acknowledged.</summary>
    string? Trouble { get; }

    /// <summary>
    /// Loads what is stored, binds all listeners and starts. Throws an <see cref="IOException"/> or a
    /// <see cref="System.Net.Sockets.SocketException"/> if a port is taken.
    /// </summary>
    Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Serves one connection on a transport of the host's, such as a WebSocket. Ends when the connection does, at once where the
    /// limits on connections leave it no place; the transport is then the caller's to dispose.
    /// </summary>
    Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes in the host's name. Completes when the message is with the sessions of its subscribers, and stored where
    /// those or a retained message must survive a restart.
    /// </summary>
    /// <exception cref="ArgumentException">The topic is not a topic name.</exception>
    ValueTask PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQoS qos = MqttQoS.AtMostOnce, bool retain = false,
        MqttProperties? properties = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether a client is connected and subscribed with this very filter. Between its CONNACK and its SUBSCRIBE it is not: what
    /// is published then reaches nobody.
    /// </summary>
    bool IsListening(string clientId, string topicFilter);

    /// <summary>Closes a client's connection; its session stays as it was asked to. False if it is not connected.</summary>
    bool DisconnectClient(string clientId, MqttReasonCode reason = MqttReasonCode.AdministrativeAction);

    /// <summary>
    /// Stops listening, tells 5.0 clients that the server shuts down, publishes wills, and waits for the connections to end.
    /// The store stays open: it is the host's.
    /// </summary>
    Task StopAsync();
}
