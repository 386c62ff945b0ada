using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Ingest;

namespace Traxxs.Cli.Bench.Recovery;

/// <summary>Devices that report as fast as they are acknowledged, and send again what was not when their server dies.</summary>
internal sealed class RecoveryLoad : IAsyncDisposable
{
    private const int InFlight = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5); // a hang, not a duration

    private readonly List<Device> _devices = [];
    private readonly SemaphoreSlim _acknowledgements = new(0);
    private long _acknowledged;
    private long _failed;
    private volatile bool _over;

    /// <summary>Reports handed to the clients.</summary>
    public long Sent => _devices.Sum(device => device.Sent);

    /// <summary>Reports refused for good: none should be.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Reports acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Connects the devices and lets them report.</summary>
    public async Task StartAsync(int port, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var (id, secret) in secrets) _devices.Add(new Device(this, _devices.Count, id, secret, port));
        foreach (var device in _devices) await device.StartAsync(InFlight);
    }

    /// <summary>Waits until a number of reports has been acknowledged.</summary>
    public async Task AwaitAsync(long acknowledged)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (Acknowledged < acknowledged) await _acknowledgements.WaitAsync(limit.Token);
    }

    /// <summary>No new reports; waits until all that were sent are acknowledged.</summary>
    public async Task FinishAsync()
    {
        _over = true;
        foreach (var device in _devices) device.Stop();
        await AwaitAsync(Sent);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.DisposeAsync();
    }

    private sealed class Device(RecoveryLoad load, int number, string id, string secret, int port) : IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private readonly IngestFrames _frames = new(number, 1);
        private readonly string _topic = DeviceTopics.Of(id).Up;
        private readonly MqttClient _client = new(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = port, ClientId = id, UserName = id, Password = secret, InFlightMax = InFlight,
            ReconnectDelayMin = TimeSpan.FromMilliseconds(5), ReconnectDelayMax = TimeSpan.FromMilliseconds(20),
        });

        private long _sent;

        public long Sent => Interlocked.Read(ref _sent);

        public async Task StartAsync(int count)
        {
            if (!(await _client.ConnectAsync()).IsSuccess) throw new InvalidOperationException("the server refuses the load");
            for (var i = 0; i < count; i++) Send();
        }

        // After this none is between being counted and being sent.
        public void Stop()
        {
            lock (_gate)
            {
            }
        }

        private void Send()
        {
            lock (_gate)
            {
                if (load._over) return;
                Interlocked.Increment(ref _sent);
                // The queue of the client is never full: no more are in flight than it lets be.
                _client.TryPublish(_topic, _frames.Next(), MqttQoS.AtLeastOnce, Acknowledge, null, mayWait: true);
            }
        }

        private void Acknowledge(object? state, MqttReasonCode reason)
        {
            if (reason.IsFailure()) Interlocked.Increment(ref load._failed);
            Interlocked.Increment(ref load._acknowledged);
            load._acknowledgements.Release();
            Send();
        }

        public ValueTask DisposeAsync() => _client.DisposeAsync();
    }
}
