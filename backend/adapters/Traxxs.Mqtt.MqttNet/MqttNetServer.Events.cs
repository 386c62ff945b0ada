using MQTTnet.Server;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>What MQTTnet asks and tells, and the begin and end of a client's connection.</summary>
public sealed partial class MqttNetServer
{
    private void Listen()
    {
        _server.LoadingRetainedMessageAsync += args =>
        {
            foreach (var message in Router.Retained.Match("#", Clock.NowMs))
            {
                args.LoadedRetainedMessages.Add(Convert.ToMqttNet(message));
                message.Release();
            }

            return Task.CompletedTask;
        };
        // A channel that is none of ours is a stored session coming back.
        _server.ValidatingConnectionAsync += args => args.ChannelAdapter is MqttNetConnection connection ? ValidateAsync(connection, args) : Task.CompletedTask;
        _server.InterceptingInboundPacketAsync += args => _places.Find(args.ClientId)?.OnInboundAsync(args) ?? Task.CompletedTask;
        _server.InterceptingClientEnqueueAsync += Router.OnEnqueueing;
        _server.InterceptingSubscriptionAsync += args =>
        {
            if (_places.Find(args.ClientId) is not { } connection) return Task.CompletedTask;
            var reason = connection.Judge(args.TopicFilter.Topic ?? "", (MqttQoS)args.TopicFilter.QualityOfServiceLevel);
            args.Response.ReasonCode = (MQTTnet.Protocol.MqttSubscribeReasonCode)(byte)reason;
            if (reason.IsFailure()) args.ProcessSubscription = false;
            else args.TopicFilter.QualityOfServiceLevel = (MQTTnet.Protocol.MqttQualityOfServiceLevel)(byte)reason; // lowered, not refused
            return Task.CompletedTask;
        };
        _server.ClientSubscribedTopicAsync += args =>
        {
            if (_places.Find(args.ClientId) is { } connection) Sessions.Subscribed(args.ClientId, Convert.FromMqttNet(args.TopicFilter), connection.SubscriptionIdentifier);
            return Task.CompletedTask;
        };
        _server.ClientUnsubscribedTopicAsync += args =>
        {
            Sessions.Unsubscribed(args.ClientId, args.TopicFilter);
            return Task.CompletedTask;
        };
    }

    private async Task ValidateAsync(MqttNetConnection connection, ValidatingConnectionEventArgs args)
    {
        var (identity, reason, text) = await Admission.AdmitAsync(connection.Connect, connection.Info, _stopping.Token);
        if (identity is not null)
        {
            connection.Admit(identity);
            await _places.TakeAsync(connection);
            if (Sessions.IsFullFor(identity.ClientId))
            {
                Interlocked.Increment(ref Counters._refusedByLimit);
                (identity, reason, text) = (null, MqttReasonCode.QuotaExceeded, "no more sessions");
            }
        }

        if (identity is not null && !connection.IsClosing) return;
        args.ReasonCode = MQTTnet.Protocol.MqttConnectReasonCode.UnspecifiedError; // ends it; what the client is told is ours
        if (!connection.IsClosing) connection.Refuse(reason, text);
    }

    /// <summary>MQTTnet let a client in, with its session or with a new one.</summary>
    internal async ValueTask BeginAsync(MqttNetConnection connection, bool present)
    {
        var clientId = connection.Identity!.ClientId;
        // A kept session returns, perhaps with fewer rights than it left with.
        if (present && Sessions.FindForbidden(connection.Identity) is { Count: > 0 } forbidden) await _server.UnsubscribeAsync(clientId, forbidden);
        var due = new List<DueWill>();
        var terms = Admission.TermsOf(connection.Connect, clientId, connection);
        if (terms.Connack.Properties is { } properties) properties.SharedSubscriptionAvailable = 0;
        Sessions.Begin(connection, connection.Connect, terms, present, due);
        await Router.RouteAsync(due);
    }

    /// <summary>A client's connection is over.</summary>
    internal async ValueTask EndAsync(MqttNetConnection connection, MqttSession session, MqttDisconnectReason reason)
    {
        var due = new List<DueWill>();
        var isOver = Sessions.End(connection, session, reason, due);
        if (isOver && connection.IsKeptByMqttNet) await _places.ForgetAsync(session.ClientId);
        await Router.RouteAsync(due);
    }
}
