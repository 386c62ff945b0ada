using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Protocol;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>Devices on our own broker, in this process: PUBACK after the store's commit.</summary>
internal sealed class OwnBrokerPart : IServerPart, IDeviceSide, IAsyncDisposable
{
    private readonly ServerCore _core;
    private readonly FileSessionStore _sessions;
    private readonly Withdrawals _withdrawals;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A broker that is opened last, by <see cref="ListenAsync"/>.</summary>
    public OwnBrokerPart(ServerCore core, ReportDispatcher dispatcher, X509Certificate2? certificate)
    {
        _core = core;
        _sessions = new FileSessionStore(Path.Combine(core.Options.DataFolder, "mqtt"), logger: core.Log);
        var ingest = new ReportIngest(core.Store, core.Clock, core.Counters, dispatcher.ReportStored, core.UnreadReports().Refused, core.Log);
        Gateway = new DeviceGateway(core.Devices, ingest, dispatcher, core.Clock, core.Identity.Tokens.ListenerOf);
        var options = OptionsOf(core.Options, certificate, _sessions);
        Broker = core.Options.OpenBroker?.Invoke(options, Gateway, core.Log) ?? new MqttServer(options, Gateway, null, core.Log);
        Gateway.Attach(Broker);
        _withdrawals = core.Withdrawals(Disconnect);
    }

    public DeviceGateway Gateway { get; }

    public IMqttServer Broker { get; }

    /// <inheritdoc/>
    public string? Trouble => Broker.Trouble;

    /// <summary>Opens the ports.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        await Broker.StartAsync(cancellationToken);
        _open.SetResult();
    }

    /// <inheritdoc/>
    public bool IsListening(string deviceId) => Gateway.IsListening(deviceId);

    /// <inheritdoc/>
    public void Disconnect(string deviceId) => Gateway.Disconnect(deviceId);

    /// <inheritdoc/>
    public async ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default)
    {
        // What is retained before the broker has loaded what it kept would be overwritten by that.
        await _open.Task.WaitAsync(cancellationToken);
        await Gateway.SendCommandAsync(deviceId, command, validFor, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(string topic, byte[] payload, CancellationToken cancellationToken)
    {
        await _open.Task.WaitAsync(cancellationToken);
        Gateway.DropListeners(_core.Identity.Tokens.Stands);
        await Broker.PublishAsync(topic, payload, MqttQoS.AtLeastOnce, cancellationToken: cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now)
    {
        // The broker has a heartbeat of its own.
        _withdrawals.Tick();
    }

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks()
    {
        yield return new("broker", Broker.Trouble is null, Broker.Trouble, new Dictionary<string, long>
        {
            ["connections"] = Broker.Counters.Connections, ["sessions"] = Broker.Counters.Sessions,
        });
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing()
    {
        var health = _core.Store.Health;
        yield return new(PartName.Storing, health.Available ? null : health.Reason ?? "the store takes no reports");
        yield return new(PartName.Hearing, null); // what is acknowledged is stored: nothing waits anywhere
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _sessions.DisposeAsync();
    }

    private static MqttServerOptions OptionsOf(ServerOptions options, X509Certificate2? certificate, IMqttSessionStore sessions)
    {
        var result = new MqttServerOptions
        {
            Store = sessions, // commands for devices that are away survive a restart
            PacketSizeMax = 64 * 1024, // what the store keeps of a refused frame; a report has at most 1 KiB
            SessionExpirySecondsMax = 7 * 24 * 3600,
            AcknowledgeForbiddenPublish = false,
            ConnectionsMax = ServerConfiguration.ConnectionsMax,
            ConnectionsPerAddressMax = options.MqttConnectionsPerAddress,
        };
        result.Listeners.Add(new MqttListener { Address = options.Bind, Port = options.MqttPort, Certificate = certificate });
        return result;
    }
}
