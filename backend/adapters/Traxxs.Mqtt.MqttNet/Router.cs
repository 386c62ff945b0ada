using MQTTnet.Server;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using MqttServerOptions = Traxxs.Mqtt.Server.MqttServerOptions;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// Gives messages to MQTTnet, which knows whose they are, and what it finds to the sessions, which know how to send it, to
/// send it again and to keep it. Retained messages are stored here and matched there.
/// </summary>
internal sealed class Router(MqttServerOptions options, SessionBook sessions, SessionStorage? storage, ServerClock clock, FlushScheduler scheduler, MqttServerCounters counters)
{
    // No client can have it: U+0000 is in no MQTT string.
    private const string HostId = "\0";

    private readonly SemaphoreSlim _retaining = new(1);
    private readonly AsyncLocal<Dispatch?> _current = new();

    /// <summary>One message on its way.</summary>
    private sealed class Dispatch(PublishMessage message, MqttSession? publisher)
    {
        public PublishMessage Message { get; } = message;
        public MqttSession? Publisher { get; } = publisher;
        public FlushSet Flush { get; } = new();
        public long Position;
    }

    /// <summary>MQTTnet, once it is made.</summary>
    public MQTTnet.Server.MqttServer? Server { get; set; }

    /// <summary>Retained messages as they are stored.</summary>
    public RetainedMessages Retained { get; } = new(options.RetainedMessagesMax, options.RetainedBytesMax);

    /// <summary>
    /// Hands a message to everybody it is for and keeps it if it is to be retained. Answers the store position to wait for;
    /// -1 if it could not be retained.
    /// </summary>
    public async ValueTask<long> RouteAsync(PublishMessage message, MqttSession? publisher)
    {
        if (!message.Retain) return await DispatchAsync(message, publisher);
        // One at a time, so that what is stored is what MQTTnet retains.
        await _retaining.WaitAsync();
        try
        {
            var position = 0L;
            if (!TryRetain(message, ref position)) return -1;
            return Math.Max(position, await DispatchAsync(message, publisher));
        }
        finally
        {
            _retaining.Release();
        }
    }

    private bool TryRetain(PublishMessage message, ref long position)
    {
        var routed = RoutedPublish.From(message);
        var isKept = Retained.TrySet(ref routed, storage, ref position);
        routed.Done();
        return isKept;
    }

    private async ValueTask<long> DispatchAsync(PublishMessage message, MqttSession? publisher)
    {
        var dispatch = new Dispatch(message, publisher);
        _current.Value = dispatch;
        await Server!.InjectApplicationMessage(new InjectedMqttApplicationMessage(Convert.ToMqttNet(message)) { SenderClientId = publisher?.ClientId ?? HostId });
        dispatch.Flush.FlushLater(scheduler);
        return dispatch.Position;
    }

    /// <summary>MQTTnet found a session for a message: ours sends it, MQTTnet's does not.</summary>
    public Task OnEnqueueing(InterceptingClientApplicationMessageEnqueueEventArgs args)
    {
        args.AcceptEnqueue = false;
        if (sessions.Find(args.ReceiverClientId) is not { } session) return Task.CompletedTask;
        // Nobody's message is a retained one that a SUBSCRIBE asked for.
        if (args.SenderClientId.Length == 0) SendRetained(session, args.ApplicationMessage.Topic);
        else if (_current.Value is { } dispatch) Deliver(session, dispatch);
        return Task.CompletedTask;
    }

    // With the lifetime that is left to it, which MQTTnet does not look at.
    private void SendRetained(MqttSession session, string topic)
    {
        foreach (var message in Retained.Match(topic, clock.NowMs))
        {
            if (session.Link?.Owner is MqttNetConnection connection) connection.SendRetained(message);
            else message.Release();
        }
    }

    private void Deliver(MqttSession session, Dispatch dispatch)
    {
        DeliverResult result;
        var routed = RoutedPublish.From(dispatch.Message);
        lock (session.Gate)
        {
            // Subscribed at MQTTnet and not yet noted, or no more: as if it had been published before or after.
            var delivery = session.Match(dispatch.Message.Topic.Name, dispatch.Publisher);
            result = delivery is null ? DeliverResult.Dropped
                : session.Deliver(ref routed, delivery, delivery.RetainAsPublished && dispatch.Message.Retain, clock.NowMs, ref dispatch.Position);
            dispatch.Flush.Add(session.Link);
        }

        routed.Done();
        Interlocked.Increment(ref result == DeliverResult.Dropped ? ref counters._droppedMessages : ref counters._publishesDelivered);
    }

    /// <summary>Publishes wills.</summary>
    public async ValueTask RouteAsync(List<DueWill> due)
    {
        foreach (var (will, publisher) in due)
        {
            var message = PublishMessage.Create(TopicName.From(will.Topic), will.Payload.Span, will.QoS, will.Retain, will.Properties, clock.NowMs);
            await RouteAsync(message, publisher);
            message.Release();
        }
    }

    /// <summary>Forgets retained messages whose lifetime is over, here and in MQTTnet.</summary>
    public async ValueTask ExpireAsync()
    {
        await _retaining.WaitAsync();
        try
        {
            foreach (var topic in Retained.Expire(clock.NowMs, storage)) await Server!.UpdateRetainedMessageAsync(new MQTTnet.MqttApplicationMessage { Topic = topic });
        }
        finally
        {
            _retaining.Release();
        }
    }
}
