using System.Text;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Notifications;

namespace Traxxs.Server.Ingest;

/// <summary>
/// A program that hears its organisation's alerts over MQTT: user name <c>key</c>, a service key as password, and a client id
/// that begins with <c>key:</c>, which no device's does, so that it can never take over a device's session.
/// </summary>
/// <param name="KeyId">Public part of its key.</param>
/// <param name="Topic">The one topic it may subscribe to; it may publish to none.</param>
internal sealed record AlertListener(string KeyId, string Topic)
{
    private const string UserName = "key";
    private const string ClientIdPrefix = "key:";

    /// <summary>Whether a client means to be one.</summary>
    public static bool Is(MqttConnectRequest request) => request.UserName == UserName && request.ClientId.StartsWith(ClientIdPrefix, StringComparison.Ordinal);

    /// <summary>Whether it may be one.</summary>
    public static MqttConnectDecision Decide(MqttConnectRequest request, Func<string, (string KeyId, string Org)?>? listenerOf) =>
        listenerOf?.Invoke(Encoding.UTF8.GetString(request.Password.Span)) is { } listener
            ? MqttConnectDecision.Accept(new AlertListener(listener.KeyId, MqttAlertChannel.TopicRoot + listener.Org))
            : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);
}
