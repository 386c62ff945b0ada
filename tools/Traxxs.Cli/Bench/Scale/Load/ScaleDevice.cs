using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Ingest;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>An insole's side of the line: its connection, with a lasting session and its commands subscribed to, as the firmware has it.</summary>
internal sealed class ScaleDevice(string id, string secret) : IAsyncDisposable
{
    /// <summary>Reports unacknowledged at a time.</summary>
    public const int InFlight = 20;

    private readonly Lock _gate = new();
    private readonly Queue<long> _sentAt = new(InFlight);
    private MqttClient? _client;
    private byte[][] _frames = [];
    private int _next;
    private long _done, _failed;
    private bool _more;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Reports acknowledged since the phase began.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Reports refused since the phase began.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Bytes of the frames sent since the phase began.</summary>
    public long FrameBytes { get; private set; }

    /// <summary>Reports sent and not acknowledged.</summary>
    public int Pending
    {
        get
        {
            lock (_gate) return _sentAt.Count;
        }
    }

    /// <summary>From sending to acknowledgement, ms.</summary>
    public List<double> Ms { get; } = [];

    /// <summary>A client for one connection, as the firmware makes it.</summary>
    public MqttClient NewClient(ScaleOrder order, X509Certificate2Collection? authorities, bool reconnects) => new(new MqttClientOptions
    {
        Host = "127.0.0.1", Port = order.Port, ClientId = id, UserName = id, Password = secret, CleanSession = false, AutoReconnect = reconnects, InFlightMax = InFlight,
        Will = new MqttWill(DeviceTopics.Of(id).State, "offline"u8.ToArray(), MqttQoS.AtLeastOnce, Retain: true),
        Tls = order.Tls ? new MqttClientTlsOptions { TargetHost = "localhost", CertificateAuthorities = authorities } : null,
    });

    /// <summary>Connects to stay.</summary>
    public async Task ConnectAsync(ScaleOrder order, X509Certificate2Collection? authorities)
    {
        _client = NewClient(order, authorities, reconnects: true);
        if (!(await _client.ConnectAsync()).IsSuccess) throw new InvalidOperationException($"{id} is not let in");
        await _client.SubscribeAsync(DeviceTopics.Of(id).Down, MqttQoS.AtLeastOnce);
    }

    /// <summary>Leaves; the session stays.</summary>
    public async Task LeaveAsync()
    {
        if (_client is null) return;
        await _client.DisconnectAsync();
        await _client.DisposeAsync();
        _client = null;
    }

    /// <summary>Begins a phase: nothing is counted yet.</summary>
    public void Begin(byte[][] frames)
    {
        lock (_gate)
        {
            (_frames, _next, _done, _failed, FrameBytes, _more) = (frames, 0, 0, 0, 0, true);
            Ms.Clear();
        }
    }

    /// <summary>Closed loop: as many reports under way as may be, until <see cref="Stop"/>.</summary>
    public void Fill()
    {
        lock (_gate)
        {
            for (var i = 0; i < InFlight; i++) SendNext();
        }
    }

    /// <summary>No new reports of the closed loop.</summary>
    public void Stop()
    {
        lock (_gate) _more = false;
    }

    /// <summary>One report now, whatever is under way.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            _more = false;
            Publish(frame);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }

    private void SendNext()
    {
        if (_more && _next < _frames.Length) Publish(_frames[_next++]);
    }

    private void Publish(ReadOnlySpan<byte> frame)
    {
        _sentAt.Enqueue(Stopwatch.GetTimestamp());
        FrameBytes += frame.Length;
        // The client's own queue takes what is beyond its window.
        _client!.TryPublish(DeviceTopics.Of(id).Up, frame, MqttQoS.AtLeastOnce, Acknowledged, null, mayWait: true);
    }

    // In the order of the reports: one queue has them all.
    private void Acknowledged(object? state, MqttReasonCode reason)
    {
        lock (_gate)
        {
            Ms.Add(Stopwatch.GetElapsedTime(_sentAt.Dequeue()).TotalMilliseconds);
            if (reason.IsFailure()) _failed++;
            else _done++;
            SendNext();
        }
    }
}
