using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// The channel between processes: one topic exchange, and for each process a queue of its own that goes with its connection.
/// Every message names its process and carries a number; who finds a gap in another's numbers, or had no connection, is told
/// that it may have missed something. So all bounds have one policy: what does not fit is dropped and noticed.
/// </summary>
internal sealed class RabbitMqChannel : IServiceChannel
{
    /// <summary>The exchange.</summary>
    public const string Exchange = "xsole.service";

    /// <summary>Messages that wait for a connection, or for RabbitMQ to confirm: the time of a restart at a thousand a second.</summary>
    public const int OutgoingMax = 10_000;

    /// <summary>Messages a process may be behind, beside those it has (<see cref="UnderWayMax"/>); RabbitMQ drops the oldest beyond.</summary>
    public const int IncomingMax = 10_000;

    /// <summary>Messages a process has and did not yet go through; the others wait in RabbitMQ, where they are counted.</summary>
    public const ushort UnderWayMax = 256;

    // Publishes under way at once: each waits for RabbitMQ's word, which is a round trip.
    private const int UnconfirmedMax = 64;

    private readonly Subscribers _subscribers;
    private readonly ILogger _log;
    private readonly RabbitMqLinks _links;
    private readonly Channel<Numbered> _outgoing = Channel.CreateBounded<Numbered>(new BoundedChannelOptions(OutgoingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly List<Numbered> _underWay = [];
    private readonly Dictionary<string, long> _heard = new(StringComparer.Ordinal);
    private readonly Lock _numbering = new();
    private long _last;
    private long _dropped;

    /// <summary>A channel over links, which it does not own.</summary>
    public RabbitMqChannel(RabbitMqLinks links, ILogger log)
    {
        (_links, _log, _subscribers) = (links, log, new Subscribers(log));
        links.Incoming.Use(HearAsync);
        links.Outgoing.Use(SendAsync);
    }

    /// <inheritdoc/>
    public event Action? Missed;

    /// <inheritdoc/>
    public string Process { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <inheritdoc/>
    public string? Trouble => _links.Trouble;

    /// <summary>Messages dropped because the way out was full; the others noticed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void Subscribe(string topic, Action<ServiceMessage> handler) => _subscribers.Add(topic, handler);

    /// <inheritdoc/>
    public void Publish(ServiceMessage message)
    {
        long number;
        lock (_numbering)
        {
            // The number of a dropped message is gone: that is how the others notice.
            number = ++_last;
            if (!_outgoing.Writer.TryWrite(new Numbered(number, message))) Interlocked.Increment(ref _dropped);
        }

        _subscribers.Tell(message with { Id = IdOf(Process, number) });
    }

    /// <inheritdoc/>
    public void Start()
    {
        // The links carry it, and start when all their users stand.
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        await DeclareAsync(channel, cancellationToken);
        do
        {
            // What was under way when the last connection went is sent again, first.
            while (_underWay.Count < UnconfirmedMax && _outgoing.Reader.TryRead(out var next)) _underWay.Add(next);
            await Task.WhenAll(_underWay.Select(item => SendAsync(channel, item, cancellationToken)));
            _underWay.Clear();
        }
        while (await _outgoing.Reader.WaitToReadAsync(cancellationToken));
        await RabbitMqLink.UntilOverAsync(cancellationToken);
    }

    private async Task SendAsync(IChannel channel, Numbered item, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Letter(Process, item.Number, item.Message.Key, item.Message.Detail), JsonSerializerOptions.Web);
        await channel.BasicPublishAsync(Exchange, item.Message.Topic, mandatory: false, body, cancellationToken);
    }

    private async Task HearAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await DeclareAsync(channel, cancellationToken);
        var queue = await channel.QueueDeclareAsync(
            "", durable: false, exclusive: true, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = IncomingMax, ["x-overflow"] = "drop-head" },
            cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue.QueueName, Exchange, "#", cancellationToken: cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, letter) =>
        {
            Hear(letter.RoutingKey, letter.Body.Span);
            await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, cancellationToken);
        };
        // What is bound misses nothing from here on; what was before may have been missed, and that is told before anything is heard.
        lock (_heard) _heard.Clear();
        TellMissed();
        await channel.BasicQosAsync(0, UnderWayMax, false, cancellationToken);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, consumer, cancellationToken);
        await RabbitMqLink.UntilOverAsync(cancellationToken);
    }

    private static Task DeclareAsync(IChannel channel, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);

    private void Hear(string topic, ReadOnlySpan<byte> body)
    {
        Letter? letter;
        try
        {
            letter = JsonSerializer.Deserialize<Letter>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            _log.LogWarning("a message on {Exchange} {Topic} is none of ours: {Reason}", Exchange, topic, e.Message);
            return;
        }

        if (letter is not { Process: { Length: > 0 } process, Key: { } key } || process == Process) return;
        if (!IsNext(process, letter.Number, out var gap)) return;
        if (gap) TellMissed();
        if (!_subscribers.Tell(new ServiceMessage(topic, key, letter.Detail) { Id = IdOf(process, letter.Number) })) TellMissed();
    }

    // False for what was heard before. The first of a process is its beginning as far as this one knows.
    private bool IsNext(string process, long number, out bool gap)
    {
        lock (_heard)
        {
            var known = _heard.TryGetValue(process, out var last);
            gap = known && number > last + 1;
            if (known && number <= last) return false;
            _heard[process] = number;
            return true;
        }
    }

    private void TellMissed()
    {
        foreach (var handler in Missed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action)handler)();
            }
            catch (Exception e)
            {
                _log.LogError(e, "reading anew what may have been missed failed");
            }
        }
    }

    private static string IdOf(string process, long number) => string.Create(CultureInfo.InvariantCulture, $"{process}.{number}");

    private readonly record struct Numbered(long Number, ServiceMessage Message);

    private sealed record Letter(string? Process, long Number, string? Key, string? Detail);
}
