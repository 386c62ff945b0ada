using System.Diagnostics;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Bench;

/// <summary>What to send.</summary>
/// <param name="Port">The server's port on loopback.</param>
/// <param name="Connections">Devices, each with its connection.</param>
/// <param name="Fixes">Fixes in a report.</param>
/// <param name="InFlight">Unacknowledged reports of each.</param>
/// <param name="Rate">Reports a second together; 0: each device sends when it may (closed loop).</param>
/// <param name="WarmUpSeconds">How long under the same load before: compiling, growing files and first contacts are not measured.</param>
/// <param name="Seconds">How long it is measured.</param>
internal sealed record IngestLoadOptions(int Port, int Connections, int Fixes, int InFlight, int Rate, double WarmUpSeconds, double Seconds);

/// <summary>What the load saw. Latency is from when a report was due (open loop) or sent (closed loop) to its PUBACK.</summary>
internal sealed record IngestLoadResult(long Sent, long Acknowledged, long Failed, double Seconds, double P50Ms, double P99Ms, double MaxMs, double CpuSeconds);

/// <summary>The load program: real clients, QoS 1, in a process of its own.</summary>
internal sealed class IngestLoad(IngestLoadOptions options)
{
    private const int Walks = 4;

    private readonly List<Device> _devices = [];
    private readonly List<double> _latenciesMs = [];
    private long _measureFrom = long.MaxValue;
    private long _failed;
    private volatile bool _over;

    // Enough for the best case the goals speak of, and no more memory than that.
    private int ReportsPerSecondMax => options.Rate > 0 ? options.Rate : options.Fixes == 1 ? 300_000 : 100_000;

    public async Task<IngestLoadResult> RunAsync()
    {
        var reports = (int)(ReportsPerSecondMax * (options.WarmUpSeconds + options.Seconds) / options.Connections) + options.InFlight;
        var walks = MakeWalks(reports);
        for (var i = 0; i < options.Connections; i++) _devices.Add(new Device(this, i, walks[i % Walks]));
        foreach (var group in _devices.Chunk(100)) await Task.WhenAll(group.Select(device => device.ConnectAsync()));
        GC.Collect();

        var start = Stopwatch.GetTimestamp();
        _measureFrom = start + (long)(options.WarmUpSeconds * Stopwatch.Frequency);
        var measured = MeasureAsync();
        if (options.Rate > 0) await PaceAsync(start);
        else foreach (var device in _devices) device.Fill(options.InFlight);
        var (acknowledged, seconds, cpuSeconds) = await measured;
        _over = true;
        foreach (var device in _devices)
        {
            while (device.Pending > 0) await Task.Delay(5);
        }

        foreach (var device in _devices) _latenciesMs.AddRange(device.LatenciesMs);
        _latenciesMs.Sort();
        foreach (var group in _devices.Chunk(100)) await Task.WhenAll(group.Select(device => device.DisposeAsync().AsTask()));
        return new IngestLoadResult(_devices.Sum(device => device.Sent), acknowledged, Interlocked.Read(ref _failed), seconds, At(0.5), At(0.99), At(1), cpuSeconds);
    }

    /// <summary>A frame names no device, so a few walks serve all of them.</summary>
    private byte[][][] MakeWalks(int reports)
    {
        var walks = new byte[Walks][][];
        Parallel.For(0, Walks, i =>
        {
            var frames = new IngestFrames(i, options.Fixes);
            walks[i] = new byte[reports][];
            for (var report = 0; report < reports; report++) walks[i][report] = frames.Next();
        });
        return walks;
    }

    private async Task<(long Acknowledged, double Seconds, double CpuSeconds)> MeasureAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(options.WarmUpSeconds));
        var before = _devices.Sum(device => device.Acknowledged);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (_devices.Sum(device => device.Acknowledged) - before, seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    private double At(double share) => _latenciesMs.Count == 0 ? 0 : _latenciesMs[Math.Min(_latenciesMs.Count - 1, (int)(_latenciesMs.Count * share))];

    /// <summary>Open loop: reports become due by the clock, whatever the server does; waiting counts as latency.</summary>
    private async Task PaceAsync(long start)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        long sent = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds is var elapsed && elapsed < options.WarmUpSeconds + options.Seconds)
        {
            for (var due = (long)(elapsed * options.Rate); sent < due; sent++)
                _devices[(int)(sent % _devices.Count)].SendDue(start + (long)((double)sent / options.Rate * Stopwatch.Frequency));
            await timer.WaitForNextTickAsync();
        }
    }

    private sealed class Device : IAsyncDisposable
    {
        private readonly IngestLoad _load;
        private readonly MqttClient _client;
        private readonly string _topic;
        private readonly byte[][] _frames;
        private readonly long[] _sentAt;
        private readonly Queue<long> _due = new();
        private readonly MqttPublishCallback _acknowledged;
        private int _sent;
        private int _done;

        public Device(IngestLoad load, int number, byte[][] frames)
        {
            _load = load;
            var id = $"bench-{number}";
            _topic = $"xsole/v1/{id}/up";
            _frames = frames;
            _sentAt = new long[frames.Length];
            LatenciesMs = new List<double>(frames.Length);
            _acknowledged = Acknowledge;
            _client = new MqttClient(new MqttClientOptions
            {
                Host = "127.0.0.1", Port = load.Options.Port, ClientId = id, UserName = id, Password = "bench", InFlightMax = load.Options.InFlight,
            });
        }

        public List<double> LatenciesMs { get; }

        public long Sent => _sent;

        public long Acknowledged => _done;

        public int Pending => _sent - _done;

        public async Task ConnectAsync()
        {
            if (!(await _client.ConnectAsync()).IsSuccess) throw new InvalidOperationException("the server refuses the load");
        }

        public void Fill(int count)
        {
            lock (_due)
            {
                for (var i = 0; i < count; i++) Send(Stopwatch.GetTimestamp());
            }
        }

        public void SendDue(long dueAt)
        {
            lock (_due)
            {
                if (_sent - _done < _load.Options.InFlight) Send(dueAt);
                else _due.Enqueue(dueAt);
            }
        }

        public ValueTask DisposeAsync() => _client.DisposeAsync();

        private void Send(long at)
        {
            if (_sent >= _frames.Length) return;
            _sentAt[_sent] = at;
            var frame = _frames[_sent++];
            // The queue of the client is never full: no more are in flight than it lets be.
            _client.TryPublish(_topic, frame, MqttQoS.AtLeastOnce, _acknowledged, null, mayWait: true);
        }

        // Acknowledgements come in the order of the reports, so the count is the index.
        private void Acknowledge(object? state, MqttReasonCode reason)
        {
            lock (_due)
            {
                var sentAt = _sentAt[_done++];
                if (sentAt >= _load._measureFrom) LatenciesMs.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
                if (reason.IsFailure()) Interlocked.Increment(ref _load._failed);
                if (_load._over) return;
                if (_load.Options.Rate == 0) Send(Stopwatch.GetTimestamp());
                else if (_due.TryDequeue(out var dueAt)) Send(dueAt);
            }
        }
    }

    private IngestLoadOptions Options => options;
}
