using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// Takes devices' frames from RabbitMQ into the store: acknowledged after the store's commit, at most a prefetch of them under
/// way. What the store cannot take now is held and tried again in the order it came, so that an outage of the store neither
/// loses frames nor shuffles them. After a while it is given back, to its place in the queue, since another listener may reach the store
/// where this one does not; no more is asked for until the store is there again, so that a long outage of all is one return and not many.
/// What is no report is kept among the rejected frames, as everywhere.
/// </summary>
/// <param name="options">How many may be under way.</param>
/// <param name="ingest">Where frames go.</param>
/// <param name="storeIsThere">Whether the store takes reports, as far as it knows; it finds out by itself when it does again.</param>
/// <param name="clock">The server's time.</param>
/// <param name="log">Where faults are told.</param>
internal sealed class FrameConsumer(RabbitMqOptions options, ReportIngest ingest, Func<bool> storeIsThere, TimeProvider clock, ILogger log)
{
    /// <summary>Header in which RabbitMQ says when it took a message, where it is told to (ms since 1970 UTC).</summary>
    public const string TakenAtHeader = "timestamp_in_ms";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoreAgain = TimeSpan.FromSeconds(2); // at the longest
    private static readonly TimeSpan RoomAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StoreThereAgain = TimeSpan.FromMilliseconds(250);
    private const string StoreAway = "the store takes no reports: they wait in RabbitMQ";

    // A store that says it is there and takes nothing all the same: fifty returns are then hours, and RabbitMQ waits thirty minutes for
    // an acknowledgement.
    private static readonly TimeSpan HoldLongest = TimeSpan.FromMinutes(10);

    // A clock that is off by more is not believed.
    private static readonly TimeSpan OldestBelieved = TimeSpan.FromDays(30);

    // Longer behind than this, and a device that was heard may look silent.
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(30);
    private const long WaitingMax = 100_000; // where RabbitMQ does not say when it took a frame

    private long _waiting, _dead, _strange, _thrown, _givenBack, _delayTicks;
    private volatile bool _declared;
    private volatile string? _trouble = "not connected to RabbitMQ yet";

    /// <summary>Frames in the queue that no listener has yet.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Frames put aside because they came back too often.</summary>
    public long Dead => Interlocked.Read(ref _dead);

    /// <summary>Frames under no device's key: acknowledged and dropped.</summary>
    public long Strange => Interlocked.Read(ref _strange);

    /// <summary>Frames that could not even be handed to the store; they come back until they are put aside.</summary>
    public long Thrown => Interlocked.Read(ref _thrown);

    /// <summary>How often all that was held was given back to RabbitMQ, since the store was not to be had from here.</summary>
    public long GivenBack => Interlocked.Read(ref _givenBack);

    /// <summary>Whether the queue stands, so that what a device is acknowledged for is kept. Before that nobody may sign in.</summary>
    public bool IsReady => _declared;

    /// <summary>Why no frames come in, for a person; null where they do.</summary>
    public string? Trouble => _trouble;

    /// <summary>How long the frame taken last had waited in RabbitMQ, where that says when it took it.</summary>
    public TimeSpan Delay => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));

    /// <summary>Why what devices said may not be stored yet, for a person; null where it is, but for moments.</summary>
    public string? WhyBehind => Waiting > WaitingMax || (Waiting > 0 && Delay > BehindMax) ? "frames that waited in RabbitMQ are taken in" : null;

    /// <summary>The work on one connection.</summary>
    public async Task RunAsync(IConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (await RabbitMqTopology.DeclareAsync(connection, options.QueueMax, cancellationToken)) await Task.Delay(RabbitMqTopology.Settling, options.Time, cancellationToken);
            _declared = true;
            await Task.WhenAny(ConsumeAsync(connection, cancellationToken), LookAsync(connection, cancellationToken)).Unwrap();
        }
        finally
        {
            (_declared, _trouble) = (false, "not connected to RabbitMQ");
        }
    }

    private async Task ConsumeAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var hold = options.HoldMax;
        while (true)
        {
            while (!storeIsThere())
            {
                _trouble = StoreAway;
                await Task.Delay(StoreThereAgain, options.Time, cancellationToken);
            }

            var stored = await ConsumeAsync(connection, hold, cancellationToken);
            Interlocked.Increment(ref _givenBack);
            log.LogWarning("the store takes no reports from this process: they were given back to RabbitMQ, for whoever reaches it");
            hold = stored ? options.HoldMax : TimeSpan.FromTicks(Math.Min((hold * 2).Ticks, HoldLongest.Ticks));
        }
    }

    // Until the store is away for too long; gives whether it took anything before. What is not acknowledged goes back with the channel.
    private async Task<bool> ConsumeAsync(IConnection connection, TimeSpan hold, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, options.Prefetch, false, cancellationToken);
        var session = new Session(this, channel, hold);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            session.Arrived(delivery);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(RabbitMqTopology.Reports, autoAck: false, consumer, cancellationToken);
        _trouble = null;
        try
        {
            await Task.WhenAny(session.TakeAllAsync(over.Token), session.AcknowledgeAsync(over.Token)).Unwrap();
            return session.HasStored;
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // How many wait, for health and metrics; on a channel of its own, since a passive declaration that fails ends its channel.
    private async Task LookAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        while (true)
        {
            Interlocked.Exchange(ref _waiting, await channel.MessageCountAsync(RabbitMqTopology.Reports, cancellationToken));
            Interlocked.Exchange(ref _dead, await channel.MessageCountAsync(RabbitMqTopology.DeadReports, cancellationToken));
            await Task.Delay(AskAgain, options.Time, cancellationToken);
        }
    }

    private DateTimeOffset ReceivedAt(IReadOnlyBasicProperties properties)
    {
        var now = clock.GetUtcNow();
        if (properties.Headers?.TryGetValue(TakenAtHeader, out var value) != true || value is not long ms) return now;
        var taken = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, 0, now.ToUnixTimeMilliseconds()));
        if (now - taken > OldestBelieved) return now;
        Interlocked.Exchange(ref _delayTicks, (now - taken).Ticks);
        return taken;
    }

    private sealed record Frame(string DeviceId, byte[] Bytes, DateTimeOffset ReceivedAt, ulong Tag);

    /// <summary>What is under way on one channel; what completes after the channel is gone comes again on the next.</summary>
    private sealed class Session(FrameConsumer owner, IChannel channel, TimeSpan hold)
    {
        // Unbounded as far as the types go: what is in them is unacknowledged, and RabbitMQ sends no more than the prefetch.
        private readonly Channel<Frame?> _arrived = Channel.CreateUnbounded<Frame?>(new UnboundedChannelOptions { SingleReader = true });
        private readonly Channel<(ulong Tag, bool Returned)> _done = Channel.CreateUnbounded<(ulong Tag, bool Returned)>(new UnboundedChannelOptions { SingleReader = true });
        private readonly List<Frame> _refused = [];
        private int _underWay;
        private volatile bool _hasStored;

        /// <summary>Whether the store took anything.</summary>
        public bool HasStored => _hasStored;

        public void Arrived(BasicDeliverEventArgs delivery)
        {
            if (RabbitMqTopology.DeviceOfReport(delivery.RoutingKey) is { } deviceId)
            {
                _arrived.Writer.TryWrite(new Frame(deviceId, delivery.Body.ToArray(), owner.ReceivedAt(delivery.BasicProperties), delivery.DeliveryTag));
                return;
            }

            Interlocked.Increment(ref owner._strange);
            _done.Writer.TryWrite((delivery.DeliveryTag, false));
        }

        // Ends where the store was away for as long as frames are held.
        public async Task TakeAllAsync(CancellationToken cancellationToken)
        {
            var backOff = new BackOff(StoreAgain);
            while (true)
            {
                if (await _arrived.Reader.ReadAsync(cancellationToken) is { } frame) await TakeAsync(frame, cancellationToken);
                var since = owner.OptionsTime.GetTimestamp();
                while (HasRefused())
                {
                    // The store is away. Everything under way comes to its end first, so that what failed goes in again in its order.
                    var wait = backOff.Failed();
                    owner._trouble = StoreAway;
                    if (owner.OptionsTime.GetElapsedTime(since) >= hold) return;
                    await Task.Delay(wait, owner.OptionsTime, cancellationToken);
                    while (Volatile.Read(ref _underWay) > 0) await Task.Delay(RoomAgain, owner.OptionsTime, cancellationToken);
                    foreach (var again in Refused()) await TakeAsync(again, cancellationToken);
                    while (Volatile.Read(ref _underWay) > 0) await Task.Delay(RoomAgain, owner.OptionsTime, cancellationToken);
                }

                if (owner._trouble is not null && backOff.Failures > 0) owner._trouble = null;
                backOff.Worked();
            }
        }

        public async Task AcknowledgeAsync(CancellationToken cancellationToken)
        {
            var tracker = new AckTracker();
            while (await _done.Reader.WaitToReadAsync(cancellationToken))
            {
                ulong? upTo = null;
                while (_done.Reader.TryRead(out var one))
                {
                    if (tracker.Complete(one.Tag, one.Returned, out var moved)) upTo = moved;
                }

                if (upTo is { } all) await channel.BasicAckAsync(all, multiple: true, cancellationToken);
            }
        }

        private async Task TakeAsync(Frame frame, CancellationToken cancellationToken)
        {
            try
            {
                Interlocked.Increment(ref _underWay);
                // A full queue at the store is the store at its limit: the frame waits here, and RabbitMQ sends no more.
                while (!owner.Ingest.TryTake(frame.DeviceId, frame.Bytes, frame.ReceivedAt, static (state, outcome) =>
                {
                    var (session, taken) = ((Session, Frame))state!;
                    session.Completed(taken, outcome);
                }, (this, frame)))
                {
                    await Task.Delay(RoomAgain, owner.OptionsTime, cancellationToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Nothing that a frame holds should get here. It goes back, and aside when it has come back too often.
                Interlocked.Decrement(ref _underWay);
                if (Interlocked.Increment(ref owner._thrown) == 1 || e is not ObjectDisposedException) owner.Log.LogError(e, "a frame of {Device} could not be taken", frame.DeviceId);
                await channel.BasicNackAsync(frame.Tag, multiple: false, requeue: true, cancellationToken);
                _done.Writer.TryWrite((frame.Tag, true));
            }
        }

        private void Completed(Frame frame, IngestOutcome outcome)
        {
            if (outcome == IngestOutcome.Unavailable)
            {
                lock (_refused) _refused.Add(frame);
                _arrived.Writer.TryWrite(null); // whoever takes is to look
            }
            else
            {
                _hasStored = true;
                _done.Writer.TryWrite((frame.Tag, false));
            }

            Interlocked.Decrement(ref _underWay);
        }

        private bool HasRefused()
        {
            lock (_refused) return _refused.Count > 0;
        }

        private List<Frame> Refused()
        {
            lock (_refused)
            {
                var all = _refused.OrderBy(frame => frame.Tag).ToList();
                _refused.Clear();
                return all;
            }
        }
    }

    private TimeProvider OptionsTime => options.Time;

    private ReportIngest Ingest => ingest;

    private ILogger Log => log;
}
