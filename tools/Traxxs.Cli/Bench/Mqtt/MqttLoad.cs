using System.Diagnostics;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Bench.Mqtt;

/// <summary>What one round of one load measured.</summary>
internal sealed record MqttRound(double MessagesPerSecond, double CpuSecondsPer100k, double P50Ms, double P99Ms);

/// <summary>The load program, the same for every contender.</summary>
internal static class MqttLoad
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);

    private sealed class Publisher(MqttClient client, string topic, byte[] payload, MqttQoS qos, int inFlight)
    {
        private readonly Queue<long> _sent = new(inFlight);
        private readonly Lock _gate = new();
        private readonly List<double> _latencies = new(4096);
        private long _acknowledged;
        private volatile bool _stopped;

        public long Acknowledged => Volatile.Read(ref _acknowledged);

        public List<double> Latencies
        {
            get
            {
                lock (_gate) return [.. _latencies];
            }
        }

        public void Start()
        {
            for (var i = 0; i < (qos == MqttQoS.AtMostOnce ? 1 : inFlight); i++) SendNext();
        }

        public void Stop() => _stopped = true;

        /// <summary>
        /// Sends one that was due at a time (now, where none is given), from which its latency counts; at QoS 0 a window of which the
        /// last, at QoS 1, shows that the broker has read them all.
        /// </summary>
        public void SendNext(long? dueAt = null)
        {
            if (_stopped) return;
            if (qos == MqttQoS.AtMostOnce)
            {
                for (var i = 1; i < inFlight; i++) client.TryPublish(topic, payload, MqttQoS.AtMostOnce);
            }

            lock (_gate) _sent.Enqueue(dueAt ?? Stopwatch.GetTimestamp());
            if (!client.TryPublish(topic, payload, qos == MqttQoS.AtMostOnce ? MqttQoS.AtLeastOnce : qos, OnAcknowledged, this, mayWait: true)) throw new InvalidOperationException("a publish was not taken");
        }

        private static void OnAcknowledged(object? state, MqttReasonCode reason)
        {
            var publisher = (Publisher)state!;
            publisher.Count();
            if (!reason.IsFailure() && publisher.IsClosedLoop) publisher.SendNext();
        }

        public bool IsClosedLoop { get; init; } = true;

        private void Count()
        {
            Interlocked.Add(ref _acknowledged, qos == MqttQoS.AtMostOnce ? inFlight : 1);
            lock (_gate) _latencies.Add(Stopwatch.GetElapsedTime(_sent.Dequeue()).TotalMilliseconds);
        }
    }

    /// <summary>Connects clients, a few hundred at a time.</summary>
    public static async Task<List<MqttClient>> ConnectAsync(BrokerProcess broker, int count, int inFlight, string name = "bench", Action<MqttClient, int>? configure = null)
    {
        var clients = new List<MqttClient>(count);
        for (var i = 0; i < count; i++)
        {
            var client = new MqttClient(new MqttClientOptions
            {
                Host = "127.0.0.1", Port = broker.Port, ClientId = $"{name}-{i}", KeepAliveSeconds = 0, InFlightMax = inFlight, AutoReconnect = false,
            });
            configure?.Invoke(client, i);
            clients.Add(client);
        }

        foreach (var batch in clients.Chunk(200))
        {
            foreach (var result in await Task.WhenAll(batch.Select(client => client.ConnectAsync())))
            {
                if (!result.IsSuccess) throw new InvalidOperationException($"{broker.Name} refused a connection: {result.ReasonCode}");
            }
        }

        return clients;
    }

    public static async Task CloseAsync(IEnumerable<MqttClient> clients)
    {
        foreach (var batch in clients.Chunk(200)) await Task.WhenAll(batch.Select(client => client.DisposeAsync().AsTask()));
    }

    /// <summary>Every connection keeps its window full.</summary>
    public static async Task<MqttRound> ClosedLoopAsync(BrokerProcess broker, int connections, MqttQoS qos, int payloadBytes, int inFlight, TimeSpan duration)
    {
        var clients = await ConnectAsync(broker, connections, inFlight);
        var publishers = clients.Select((client, i) => new Publisher(client, $"bench/{i}/up", new byte[payloadBytes], qos, inFlight)).ToArray();
        foreach (var publisher in publishers) publisher.Start();
        await Task.Delay(WarmUp);
        var round = await MeasureAsync(broker, publishers, duration, () => Task.Delay(duration));
        foreach (var publisher in publishers) publisher.Stop();
        await CloseAsync(clients);
        return round;
    }

    /// <summary>A steady rate spread over the connections, whatever the broker answers.</summary>
    public static async Task<MqttRound> OpenLoopAsync(BrokerProcess broker, int connections, int messagesPerSecond, int payloadBytes, TimeSpan duration)
    {
        var clients = await ConnectAsync(broker, connections, 1000);
        var publishers = clients.Select((client, i) => new Publisher(client, $"bench/{i}/up", new byte[payloadBytes], MqttQoS.AtLeastOnce, 1) { IsClosedLoop = false }).ToArray();
        async Task RunAsync(TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            for (long sent = 0; Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < time;)
            {
                for (var due = (long)(elapsed.TotalSeconds * messagesPerSecond); sent < due; sent++)
                    publishers[sent % publishers.Length].SendNext(start + (long)((double)sent / messagesPerSecond * Stopwatch.Frequency));
                await Task.Delay(1);
            }

            await Task.Delay(200);
        }

        await RunAsync(WarmUp);
        var round = await MeasureAsync(broker, publishers, duration, () => RunAsync(duration));
        await CloseAsync(clients);
        return round;
    }

    private static async Task<MqttRound> MeasureAsync(BrokerProcess broker, Publisher[] publishers, TimeSpan duration, Func<Task> run)
    {
        var cpu = broker.CpuSeconds;
        var before = publishers.Sum(publisher => publisher.Acknowledged);
        var skip = publishers.Select(publisher => publisher.Latencies.Count).ToArray();
        var watch = Stopwatch.StartNew();
        await run();
        var seconds = publishers[0].IsClosedLoop ? watch.Elapsed.TotalSeconds : duration.TotalSeconds;
        var count = publishers.Sum(publisher => publisher.Acknowledged) - before;
        var used = broker.CpuSeconds - cpu;
        var latencies = publishers.SelectMany((publisher, i) => publisher.Latencies.Skip(skip[i])).Order().ToArray();
        return new MqttRound(count / seconds, used / count * 100_000, At(latencies, 0.5), At(latencies, 0.99));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];

    /// <summary>One publisher to many subscribers, or many publishers to one: deliveries a second and their latency.</summary>
    public static async Task<MqttRound> FanAsync(BrokerProcess broker, int publisherCount, int subscriberCount, TimeSpan duration)
    {
        var received = 0L;
        var latencies = new List<double>(100_000);
        var subscribers = await ConnectAsync(broker, subscriberCount, 100, configure: (client, _) => client.MessageHandler = (in MqttReceivedMessage message) =>
        {
            var latency = Stopwatch.GetElapsedTime(BitConverter.ToInt64(message.Payload.Span)).TotalMilliseconds;
            lock (latencies)
            {
                received++;
                if (latencies.Count < 500_000) latencies.Add(latency);
            }
        });
        await Task.WhenAll(subscribers.Select(client => client.SubscribeAsync("fan/#", MqttQoS.AtLeastOnce)));
        var publishers = new List<MqttClient>();
        for (var i = 0; i < publisherCount; i++)
        {
            publishers.Add(new MqttClient(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port, ClientId = $"pub-{i}", KeepAliveSeconds = 0, AutoReconnect = false }));
            await publishers[i].ConnectAsync();
        }

        var cpu = broker.CpuSeconds;
        var watch = Stopwatch.StartNew();
        // A rate both contenders keep: what is compared is the cost and the delay of a delivery.
        for (long sent = 0; watch.Elapsed < duration;)
        {
            for (var due = (long)(watch.Elapsed.TotalSeconds * 20_000 / subscriberCount); sent < due; sent++)
            {
                publishers[(int)(sent % publisherCount)].TryPublish($"fan/{sent % publisherCount}", BitConverter.GetBytes(Stopwatch.GetTimestamp()), MqttQoS.AtLeastOnce);
            }

            await Task.Delay(1);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        await Task.Delay(300);
        double[] sorted;
        lock (latencies) sorted = [.. latencies.Order()];
        var round = new MqttRound(received / seconds, (broker.CpuSeconds - cpu) / Math.Max(1, received) * 100_000, At(sorted, 0.5), At(sorted, 0.99));
        await CloseAsync(publishers.Concat(subscribers));
        return round;
    }

    /// <summary>Idle connections: bytes of the broker each, and how many connect a second.</summary>
    public static async Task<(double BytesEach, double ConnectsPerSecond)> IdleAsync(BrokerProcess broker, int connections)
    {
        // What the first connections cost once (code, tables, pools) is not the price of one: they stay, and the next are counted.
        var first = await ConnectAsync(broker, 1000, 1, "first");
        await Task.Delay(1000);
        var before = broker.ResidentBytes;
        var watch = Stopwatch.StartNew();
        var clients = await ConnectAsync(broker, connections, 1);
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.Delay(1000);
        var each = (broker.ResidentBytes - before) / (double)connections;
        await CloseAsync(clients.Concat(first));
        return (each, connections / seconds);
    }
}
