using System.Collections.Concurrent;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Protocol;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Ingest;

/// <summary>
/// The devices' side of the broker: who may connect, what a device may publish and read, and the acknowledgement of a
/// report after its commit. What cannot be stored is not acknowledged: the connection ends and the device sends it again.
/// </summary>
/// <param name="credentials">Tells devices from strangers.</param>
/// <param name="ingest">Where reports go.</param>
/// <param name="dispatcher">Told of connections that come and go.</param>
/// <param name="clock">Gives <c>ServerTime</c>.</param>
/// <param name="listenerOf">A program that may hear alerts, by its key; null where programs may hear none.</param>
public sealed class DeviceGateway(
    IDeviceCredentials credentials, ReportIngest ingest, ReportDispatcher dispatcher, TimeProvider clock, Func<string, (string KeyId, string Org)?>? listenerOf = null)
    : IMqttServerHandler, IDownlink
{
    private readonly ConcurrentDictionary<string, MqttClientIdentity> _connected = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MqttClientIdentity> _listeners = new(StringComparer.Ordinal);
    private IMqttServer? _server;

    /// <summary>Devices connected now.</summary>
    public int ConnectedDevices => _connected.Count;

    /// <summary>The broker this serves, for commands down and for closing connections. Called once, before it starts.</summary>
    public void Attach(IMqttServer server) => _server = server;

    /// <summary>Whether a device has a connection now.</summary>
    public bool IsConnected(string deviceId) => _connected.ContainsKey(deviceId);

    /// <summary>Whether a device is connected and has subscribed to what is sent to it.</summary>
    public bool IsListening(string deviceId) => IsConnected(deviceId) && _server?.IsListening(deviceId, DeviceTopics.Of(deviceId).Down) == true;

    /// <summary>Drops a device's live connection: its secret was replaced or it was shut out.</summary>
    public void Disconnect(string deviceId) => _server?.DisconnectClient(deviceId, MqttReasonCode.NotAuthorized);

    /// <summary>Drops the programs whose key stands no more. Called before alerts are published: a revoked key hears none.</summary>
    public void DropListeners(Func<string, bool> stands)
    {
        foreach (var (clientId, client) in _listeners)
        {
            if (!stands(((AlertListener)client.Tag!).KeyId)) Disconnect(clientId);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        var deviceId = request.ClientId;
        if (AlertListener.Is(request)) return ValueTask.FromResult(AlertListener.Decide(request, listenerOf));
        var isDevice = request.UserName == deviceId && credentials.Verify(deviceId, request.Password.Span);
        return ValueTask.FromResult(isDevice
            ? MqttConnectDecision.Accept(DeviceTopics.Of(deviceId))
            : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword));
    }

    /// <inheritdoc/>
    public bool MayPublish(MqttClientIdentity client, string topic)
    {
        return client.Tag is DeviceTopics own && (topic == own.Up || topic == own.State);
    }

    /// <inheritdoc/>
    public bool MaySubscribe(MqttClientIdentity client, string topicFilter) =>
        topicFilter == (client.Tag switch { DeviceTopics own => own.Down, AlertListener listener => listener.Topic, _ => null });

    /// <inheritdoc/>
    public MqttPublishDisposition OnPublish(in MqttInboundPublish publish)
    {
        var own = (DeviceTopics)publish.Client.Tag!;
        if (publish.Topic != own.Up) return MqttPublishDisposition.Acknowledge();
        try
        {
            var waiting = new Waiting(this, publish.Client, publish.Acknowledgement);
            if (ingest.TryTake(own.DeviceId, publish.Payload.Span, static (state, outcome) => ((Waiting)state!).Complete(outcome), waiting))
                return MqttPublishDisposition.Deferred();
        }
        catch (ObjectDisposedException)
        {
            // The server stops: what comes now comes again after the restart.
        }

        Withhold(publish.Client);
        return publish.Client.Version == MqttProtocolVersion.V500
            ? MqttPublishDisposition.Deferred()
            : MqttPublishDisposition.Refuse(MqttReasonCode.QuotaExceeded);
    }

    /// <inheritdoc/>
    public void OnConnected(MqttClientIdentity client)
    {
        if (client.Tag is AlertListener)
        {
            _listeners[client.ClientId] = client;
            return;
        }

        _connected[client.ClientId] = client;
        dispatcher.ContactChanged(client.ClientId, connected: true, clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public void OnDisconnected(MqttClientIdentity client, MqttDisconnectReason reason)
    {
        _listeners.TryRemove(KeyValuePair.Create(client.ClientId, client));
        // After a takeover the newer connection stands: the device is not gone.
        if (_connected.TryRemove(KeyValuePair.Create(client.ClientId, client)))
            dispatcher.ContactChanged(client.ClientId, connected: false, clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default)
    {
        var server = _server ?? throw new InvalidOperationException("the broker is not attached");
        var frame = new byte[CommandFrame.FrameSizeMax];
        var size = CommandFrame.Write(command, frame, 0);
        if (size == 0) throw new ArgumentException($"a {command.Code} command with these values has no frame", nameof(command));
        // A configuration stands until the next one; a command is for the moment it is given.
        var retain = command.Code == CommandCode.Configure;
        return server.PublishAsync(DeviceTopics.Of(deviceId).Down, frame.AsMemory(0, size), MqttQoS.AtLeastOnce, retain, cancellationToken: cancellationToken);
    }

    /// <summary>
    /// A 5.0 client told of a failure by PUBACK would count the report as dealt with and might forget it: its connection
    /// ends instead, with the report unacknowledged. A 3.1.1 connection ends by itself.
    /// </summary>
    private void Withhold(MqttClientIdentity client)
    {
        if (client.Version == MqttProtocolVersion.V500) _server?.DisconnectClient(client.ClientId, MqttReasonCode.ServerBusy);
    }

    private sealed class Waiting(DeviceGateway gateway, MqttClientIdentity client, MqttPublishAcknowledgement acknowledgement)
    {
        public void Complete(IngestOutcome outcome)
        {
            var knowsReasons = client.Version == MqttProtocolVersion.V500;
            if (outcome == IngestOutcome.Unavailable)
            {
                gateway.Withhold(client);
                if (!knowsReasons) acknowledgement.Complete(MqttReasonCode.UnspecifiedError);
            }
            else if (outcome == IngestOutcome.Rejected && knowsReasons)
            {
                acknowledgement.Complete(MqttReasonCode.PayloadFormatInvalid);
            }
            else
            {
                acknowledgement.Complete();
            }
        }
    }
}
