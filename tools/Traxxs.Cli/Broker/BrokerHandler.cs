using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Cli.Broker;

/// <summary>Who may do what at the bare broker.</summary>
internal sealed class BrokerHandler(bool anonymous, BrokerUsers users, string[] denySubscribe, string[] denyPublish) : MqttServerHandler
{
    public override async ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        if (anonymous) return MqttConnectDecision.Accept();
        // The hash is slow on purpose: not on the connection's thread.
        var known = await Task.Run(() => users.Check(request.UserName, request.Password.Span), cancellationToken);
        return known ? MqttConnectDecision.Accept() : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);
    }

    public override bool MayPublish(MqttClientIdentity client, string topic) => !denyPublish.Any(filter => TopicRules.Matches(filter, topic));

    public override bool MaySubscribe(MqttClientIdentity client, string topicFilter) => !denySubscribe.Contains(topicFilter, StringComparer.Ordinal);
}
