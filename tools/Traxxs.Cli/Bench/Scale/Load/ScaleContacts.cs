using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Ingest;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// Contacts as the firmware makes them: connect, say "online", subscribe to commands, report, say "offline", leave. Only the
/// firmware's wait for commands is left out, which costs nobody anything.
/// </summary>
internal sealed class ScaleContacts(IReadOnlyList<ScaleDevice> devices, X509Certificate2Collection? authorities)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<double> _ms = new();
    private long _done;
    private int _failed;
    private string? _problem;

    /// <summary>Makes contacts, some at once, for a while; one under way is brought to its end.</summary>
    public async Task<ScaleAnswer> RunAsync(ScaleOrder order)
    {
        var atOnce = Math.Min(order.Count, devices.Count);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(worker => Task.Run(async () =>
        {
            // Each device is one worker's: nobody has two connections at a time.
            var (own, frames) = (devices.Where((_, i) => i % atOnce == worker).ToList(), new Dictionary<string, IngestFrames>());
            for (var i = 0; watch.Elapsed.TotalSeconds < order.Seconds; i++) await TryContactAsync(own[i % own.Count], frames, order);
        })));
        return new ScaleAnswer { Count = _done, Within = _done, Seconds = watch.Elapsed.TotalSeconds, Missed = _failed, Problem = _done == 0 ? $"no contact: {_problem}" : null }.With([.. _ms]);
    }

    private async Task TryContactAsync(ScaleDevice device, Dictionary<string, IngestFrames> frames, ScaleOrder order)
    {
        if (!frames.TryGetValue(device.Id, out var walk)) frames[device.Id] = walk = new IngestFrames(0, order.Fixes, order.Epoch, (uint)DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeSeconds());
        var start = Stopwatch.GetTimestamp();
        try
        {
            await ContactAsync(device, walk.Next(), order).WaitAsync(AnswerMax);
            _ms.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception e) when (e is MqttClientException or TimeoutException or IOException)
        {
            Interlocked.Increment(ref _failed);
            _problem = e.Message;
        }
    }

    private async Task ContactAsync(ScaleDevice device, byte[] frame, ScaleOrder order)
    {
        var topics = DeviceTopics.Of(device.Id);
        await using var client = device.NewClient(order, authorities, reconnects: false);
        if (!(await client.ConnectAsync()).IsSuccess) throw new MqttClientException($"{device.Id} is not let in");
        var online = client.PublishAsync(topics.State, "online"u8.ToArray(), MqttQoS.AtLeastOnce, retain: true);
        await client.SubscribeAsync(topics.Down, MqttQoS.AtLeastOnce);
        if (!(await client.PublishAsync(topics.Up, frame, MqttQoS.AtLeastOnce)).IsFailure()) Interlocked.Increment(ref _done);
        await online;
        await client.PublishAsync(topics.State, "offline"u8.ToArray(), MqttQoS.AtLeastOnce, retain: true);
        await client.DisconnectAsync();
    }
}
