using System.Text;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// Looks again at the frames RabbitMQ put aside because they came back too often, one at a time. Most were under way with another that ended
/// its listener, or met an outage: they are stored as any other, and what they call for is alerted. One that cannot be taken by itself
/// either, three times, is kept unread among the rejected frames, and people are told.
/// </summary>
/// <param name="options">Time between looks.</param>
/// <param name="ingest">Where frames go.</param>
/// <param name="store">Where those nobody can read are kept.</param>
/// <param name="keptUnread">Told of each of those, with its device, before it is kept; called again where it failed with <see cref="StoreUnavailableException"/>.</param>
/// <param name="clock">The server's time.</param>
/// <param name="log">Where faults are told.</param>
internal sealed class DeadFrames(RabbitMqOptions options, ReportIngest ingest, IReportStore store, Action<string, byte[]> keptUnread, TimeProvider clock, ILogger log)
{
    /// <summary>Why such a frame is among the rejected ones.</summary>
    public const string Reason = "ReturnedTooOften";

    /// <summary>How often one is tried by itself: what ends its listener does so for certain, and not more often than needed.</summary>
    public const int LooksMax = 3;

    private const string DeliveriesHeader = "x-delivery-count"; // of a quorum queue; not there at the first delivery
    private const string DeathsHeader = "x-death";
    private const string KeysOfDeath = "routing-keys";

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RoomAgain = TimeSpan.FromMilliseconds(50);

    private long _takenIn, _kept;

    /// <summary>Frames that were stored after all.</summary>
    public long TakenIn => Interlocked.Read(ref _takenIn);

    /// <summary>Frames kept unread.</summary>
    public long KeptUnread => Interlocked.Read(ref _kept);

    /// <summary>The work on one connection.</summary>
    public async Task RunAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await RabbitMqTopology.DeclareDeadAsync(channel, cancellationToken);
        var backOff = new BackOff();
        while (true)
        {
            var one = await channel.BasicGetAsync(RabbitMqTopology.DeadReports, autoAck: false, cancellationToken);
            if (one is null)
            {
                await Task.Delay(LookAgain, options.Time, cancellationToken);
                continue;
            }

            if (await LookAsync(one, cancellationToken))
            {
                backOff.Worked();
                await channel.BasicAckAsync(one.DeliveryTag, multiple: false, cancellationToken);
            }
            else
            {
                // The store is away, or this frame cannot be taken: RabbitMQ counts its return.
                await Task.Delay(backOff.Failed(), options.Time, cancellationToken);
                await channel.BasicNackAsync(one.DeliveryTag, multiple: false, requeue: true, cancellationToken);
            }
        }
    }

    // Whether it is where it can stay.
    private async Task<bool> LookAsync(BasicGetResult one, CancellationToken cancellationToken)
    {
        var frame = one.Body.ToArray();
        if (DeviceOf(one.BasicProperties) is not { } deviceId)
        {
            log.LogError("a frame of {Bytes} bytes that was put aside names no device and is dropped", frame.Length);
            return true;
        }

        if (DeliveriesOf(one.BasicProperties) >= LooksMax) return await KeepAsync(deviceId, frame, cancellationToken);
        try
        {
            while (await TakeAsync(deviceId, frame, cancellationToken) == IngestOutcome.Unavailable) await Task.Delay(LookAgain, options.Time, cancellationToken);
            Interlocked.Increment(ref _takenIn);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "a frame of {Device} that was put aside could not be taken", deviceId);
            return false;
        }
    }

    private async Task<IngestOutcome> TakeAsync(string deviceId, byte[] frame, CancellationToken cancellationToken)
    {
        var taken = new TaskCompletionSource<IngestOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!ingest.TryTake(deviceId, frame, static (state, outcome) => ((TaskCompletionSource<IngestOutcome>)state!).SetResult(outcome), taken))
            await Task.Delay(RoomAgain, options.Time, cancellationToken);
        return await taken.Task.WaitAsync(cancellationToken);
    }

    private async Task<bool> KeepAsync(string deviceId, byte[] frame, CancellationToken cancellationToken)
    {
        try
        {
            Tell(deviceId, frame);
            await store.AppendRejectedAsync(deviceId, clock.GetUtcNow().ToUnixTimeMilliseconds(), Reason, frame, cancellationToken);
            Interlocked.Increment(ref _kept);
            log.LogError("a frame of {Device} came back too often and is kept unread: it may have been a call for help", deviceId);
            return true;
        }
        catch (StoreUnavailableException e)
        {
            log.LogWarning("a frame of {Device} that was put aside waits there: {Reason}", deviceId, e.Message);
            return false;
        }
    }

    private void Tell(string deviceId, byte[] frame)
    {
        try
        {
            keptUnread(deviceId, frame);
        }
        catch (Exception e) when (e is not StoreUnavailableException)
        {
            // It would end this work, and with it the connection, each time: it is kept all the same.
            log.LogError(e, "nobody could be told of a frame of {Device} that came back too often", deviceId);
        }
    }

    private static long DeliveriesOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue(DeliveriesHeader, out var value) == true && value is long or int ? Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) : 0;

    // RabbitMQ's own note of where the frame was before: the key the device was let publish under.
    private static string? DeviceOf(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue(DeathsHeader, out var value) != true || value is not List<object?> deaths) return null;
        return deaths.OfType<IDictionary<string, object?>>()
            .SelectMany(death => death.TryGetValue(KeysOfDeath, out var keys) && keys is List<object?> all ? all.OfType<byte[]>() : [])
            .Select(key => RabbitMqTopology.DeviceOfReport(Encoding.UTF8.GetString(key)))
            .FirstOrDefault(id => id is not null);
    }
}
