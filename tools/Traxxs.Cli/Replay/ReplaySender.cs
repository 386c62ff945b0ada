using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Replay;

/// <summary>
/// Sends the reports of devices over MQTT at QoS 1, each device on a connection of its own. A lost connection is made
/// again and what was not acknowledged is sent again under the same numbers, for as long as the server comes back.
/// </summary>
/// <param name="broker">Where to.</param>
/// <param name="secretOf">A device's secret.</param>
/// <param name="speed">How much faster than recorded; 0 as fast as it goes.</param>
/// <param name="patience">How long nothing may be acknowledged before it is given up.</param>
internal sealed class ReplaySender(Uri broker, Func<string, string> secretOf, double speed, TimeSpan patience)
{
    /// <summary>Reports of one device in flight: as many as the device's own queue lets go at once.</summary>
    private const int InFlightMax = 20;

    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(2);

    private long _acknowledged;
    private long _connectionsLost;
    private long _lastProgressMs = Environment.TickCount64;

    /// <summary>Reports acknowledged by now.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>How often a connection was lost.</summary>
    public long ConnectionsLost => Interlocked.Read(ref _connectionsLost);

    /// <summary>Sends everything, at most <paramref name="connections"/> devices at a time.</summary>
    /// <exception cref="ReplayException">The server refused, or did not come back in time.</exception>
    public async Task SendAsync(IReadOnlyList<ReplayDevice> devices, int connections, CancellationToken cancellationToken)
    {
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = new Timer(_ =>
        {
            if (Environment.TickCount64 - Interlocked.Read(ref _lastProgressMs) > patience.TotalMilliseconds) givenUp.Cancel();
        }, null, patience, TimeSpan.FromSeconds(1));
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = givenUp.Token };
            await Parallel.ForEachAsync(devices, parallel, async (device, token) => await SendAsync(device, token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ReplayException($"{broker}: nothing was acknowledged for {patience.TotalSeconds:0} s; {Acknowledged} reports were before");
        }
    }

    private async Task SendAsync(ReplayDevice device, CancellationToken cancellationToken)
    {
        await using var client = new MqttClient(new MqttClientOptions
        {
            Host = broker.Host,
            Port = broker.Port > 0 ? broker.Port : IsTls ? 8883 : 1883,
            Tls = IsTls ? new MqttClientTlsOptions() : null,
            ClientId = device.Id,
            UserName = device.Id,
            Password = secretOf(device.Id),
            InFlightMax = InFlightMax,
            ReconnectDelayMin = ReconnectDelayMin,
            ReconnectDelayMax = ReconnectDelayMax,
        });
        client.ConnectionLost += (_, _) => Interlocked.Increment(ref _connectionsLost);
        await ConnectAsync(client, device, cancellationToken);
        using var window = new SemaphoreSlim(InFlightMax);
        var failure = MqttReasonCode.Success;
        var topic = $"xsole/v1/{device.Id}/up";
        var startMs = Environment.TickCount64;
        foreach (var report in device.Reports)
        {
            await WaitForItsTimeAsync(report, startMs, cancellationToken);
            await window.WaitAsync(cancellationToken);
            if (failure != MqttReasonCode.Success) break;
            var sending = client.PublishAsync(topic, report.Frame, MqttQoS.AtLeastOnce, cancellationToken: cancellationToken);
            _ = sending.ContinueWith(done => Finish(done), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        for (var i = 0; i < InFlightMax; i++) await window.WaitAsync(cancellationToken);
        if (failure != MqttReasonCode.Success) throw new ReplayException($"{device.Id}: the server answered a report with {failure}");

        void Finish(Task<MqttReasonCode> done)
        {
            if (done is { IsCompletedSuccessfully: true, Result: var reason })
            {
                if (reason.IsFailure()) failure = reason;
                else CountAcknowledged();
            }

            window.Release();
        }
    }

    private bool IsTls => broker.Scheme is "mqtts" or "ssl" or "tls";

    private async Task ConnectAsync(MqttClient client, ReplayDevice device, CancellationToken cancellationToken)
    {
        for (var delay = ReconnectDelayMin; ; delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, ReconnectDelayMax.Ticks)))
        {
            try
            {
                var result = await client.ConnectAsync(cancellationToken);
                if (result.IsSuccess) return;
                if (result.ReasonCode != MqttReasonCode.ServerUnavailable)
                    throw new ReplayException($"{broker} refuses {device.Id}: {result.ReasonCode}. Is it provisioned, with this secret?");
            }
            catch (MqttClientException)
            {
                // The server is not there, or not yet again: that is what a replay has to bear.
            }

            await Task.Delay(delay, cancellationToken);
        }
    }

    private async Task WaitForItsTimeAsync(ReplayReport report, long startMs, CancellationToken cancellationToken)
    {
        if (speed <= 0) return;
        var dueMs = startMs + report.AtS * 1000 / speed;
        var waitMs = dueMs - Environment.TickCount64;
        // While it waits for recorded time nothing is overdue.
        for (; waitMs > 0; waitMs = dueMs - Environment.TickCount64)
        {
            Interlocked.Exchange(ref _lastProgressMs, Environment.TickCount64);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(waitMs, 1000)), cancellationToken);
        }
    }

    private void CountAcknowledged()
    {
        Interlocked.Increment(ref _acknowledged);
        Interlocked.Exchange(ref _lastProgressMs, Environment.TickCount64);
    }
}

/// <summary>The replay cannot go on; the message says why and what to do.</summary>
internal sealed class ReplayException(string message, Exception? inner = null) : Exception(message, inner);
