using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// Whom a CONNECT lets in, and on which terms: what the standard forbids, clients that connect too often, the handler's word.
/// The same for every server.
/// </summary>
internal sealed class Admission(MqttServerOptions options, IMqttServerHandler handler, TimeProvider time, ServerClock clock, ILogger logger, MqttServerCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FlapWindow> _flapping = new(StringComparer.Ordinal);

    private struct FlapWindow
    {
        public long StartMs;
        public int Connects;
    }

    /// <summary>The answer to a CONNECT: an identity, or why there is none.</summary>
    public readonly record struct Answer(MqttClientIdentity? Identity, MqttReasonCode Reason, string? Text);

    /// <summary>Asks everybody who must be asked. Waits where the client connects too often.</summary>
    public async ValueTask<Answer> AdmitAsync(ConnectPacket packet, MqttConnectionInfo info, CancellationToken cancellationToken)
    {
        var clientId = IdentifierOf(packet);
        if (WhyNot(packet, clientId) is { } refusal) return refusal;
        var delay = FlappingDelay(clientId, clock.NowMs);
        if (delay > TimeSpan.Zero)
        {
            Interlocked.Increment(ref counters._slowedConnects);
            await Task.Delay(delay, time, cancellationToken);
        }

        var decision = await AuthenticateAsync(new MqttConnectRequest(packet, info, clientId), cancellationToken);
        if (decision.Reason.IsFailure()) return new Answer(null, decision.Reason, decision.ReasonString); // [MQTT-3.1.4-2] of 5.0
        var identity = new MqttClientIdentity(clientId, packet.UserName, packet.Version, info, decision.Tag);
        return packet.Will is null || handler.MayPublish(identity, packet.Will.Topic)
            ? new Answer(identity, MqttReasonCode.Success, null)
            : new Answer(null, MqttReasonCode.NotAuthorized, "not allowed to publish to the will topic");
    }

    private static string IdentifierOf(ConnectPacket packet)
    {
        if (packet.ClientId.Length > 0) return packet.ClientId;
        // [MQTT-3.1.3-6], [MQTT-3.1.3-7] an empty identifier is replaced; [MQTT-3.1.3-8] in 3.1.1 only for a clean session
        var isReplaced = packet.Version == MqttProtocolVersion.V500 || packet.CleanStart && packet.Version == MqttProtocolVersion.V311;
        return isReplaced ? $"auto-{Guid.NewGuid():N}" : "";
    }

    private Answer? WhyNot(ConnectPacket packet, string clientId)
    {
        // [MQTT-4.12.0-1], [MQTT-3.1.2-30]
        if (packet.Properties?.AuthenticationMethod is not null) return new Answer(null, MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not supported");
        // [MQTT-3.1.3-5] 23 letters and digits are far below the limit; [MQTT-3.1.3-9]
        if (clientId.Length == 0 || clientId.Length > options.ClientIdLengthMax) return new Answer(null, MqttReasonCode.ClientIdentifierNotValid, "client identifier empty or too long");
        if (packet.Will is not { } will) return null;
        // [MQTT-3.2.2-12]
        if (will.QoS > options.MaximumQoS) return new Answer(null, MqttReasonCode.QoSNotSupported, "the will's QoS is above the maximum");
        var isText = will.Properties?.PayloadFormatIndicator == 1;
        return isText && !MqttReader.IsValidUtf8(will.Payload.Span) ? new Answer(null, MqttReasonCode.PayloadFormatInvalid, "the will is not UTF-8") : null;
    }

    // MQTT: nothing says how often is too often.
    private TimeSpan FlappingDelay(string clientId, long nowMs)
    {
        if (options.FlappingConnectsMax <= 0) return TimeSpan.Zero;
        lock (_gate)
        {
            _flapping.TryGetValue(clientId, out var window);
            if (window.Connects == 0 || nowMs - window.StartMs > options.FlappingWindow.TotalMilliseconds) window = new FlapWindow { StartMs = nowMs };
            window.Connects++;
            _flapping[clientId] = window;
            return window.Connects > options.FlappingConnectsMax ? options.FlappingDelay : TimeSpan.Zero;
        }
    }

    /// <summary>Once a second: forgets who has not connected for a while.</summary>
    public void Sweep(long nowMs)
    {
        lock (_gate)
        {
            foreach (var (clientId, window) in _flapping)
            {
                if (nowMs - window.StartMs > options.FlappingWindow.TotalMilliseconds) _flapping.Remove(clientId);
            }
        }
    }

    private async ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await handler.AuthenticateAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Interlocked.Increment(ref counters._handlerErrors);
            logger.LogError(exception, "authentication of {Client} failed", request.ClientId);
            return MqttConnectDecision.Refuse(MqttReasonCode.ServerUnavailable);
        }
    }

    /// <summary>What a client that was let in is told, and what holds for its connection.</summary>
    /// <param name="packet">Its CONNECT.</param>
    /// <param name="clientId">Its identifier; the assigned one if it gave none.</param>
    /// <param name="owner">The connection, to be flushed.</param>
    public ConnectTerms TermsOf(ConnectPacket packet, string clientId, Transport.IBatchEnd owner)
    {
        var isFive = packet.Version == MqttProtocolVersion.V500;
        var asked = packet.Properties;
        var expiry = isFive ? asked?.SessionExpiryInterval ?? 0 : packet.CleanStart ? 0 : uint.MaxValue;
        var granted = Math.Min(expiry, options.SessionExpirySecondsMax);
        var keepAlive = packet.KeepAliveSeconds;
        var isServerKeepAlive = isFive && options.ServerKeepAliveSeconds > 0 && (keepAlive == 0 || keepAlive > options.ServerKeepAliveSeconds);
        if (isServerKeepAlive) keepAlive = options.ServerKeepAliveSeconds; // [MQTT-3.1.2-21], [MQTT-3.2.2-21]
        var properties = !isFive ? null : new MqttProperties
        {
            SessionExpiryInterval = granted != expiry ? granted : null,
            ReceiveMaximum = options.ReceiveMaximum < ushort.MaxValue ? (ushort)options.ReceiveMaximum : null,
            MaximumQoS = options.MaximumQoS < MqttQoS.ExactlyOnce ? (byte)options.MaximumQoS : null, // [MQTT-3.2.2-9]
            MaximumPacketSize = (uint)options.PacketSizeMax,
            AssignedClientIdentifier = packet.ClientId.Length == 0 ? clientId : null, // [MQTT-3.2.2-16]
            TopicAliasMaximum = options.TopicAliasMaximum > 0 ? options.TopicAliasMaximum : null,
            ServerKeepAlive = isServerKeepAlive ? keepAlive : null,
        };
        var link = new OutboundLink(
            packet.Version, Math.Min(asked?.ReceiveMaximum ?? ushort.MaxValue, options.OutgoingInFlightMax), asked?.MaximumPacketSize ?? int.MaxValue,
            Math.Min(asked?.TopicAliasMaximum ?? (ushort)0, options.OutgoingTopicAliasMaximum), options.OutputBytesMax) { Owner = owner };
        // [MQTT-3.2.2-22] the client's keep-alive where the server has none of its own
        return new ConnectTerms(new ConnackPacket { Properties = properties }, link, keepAlive * 1000L, granted);
    }
}

/// <summary>What holds for one connection.</summary>
/// <param name="Connack">What the client is told; whether a session is present is still to be said.</param>
/// <param name="Link">Its outgoing side.</param>
/// <param name="KeepAliveMs">Longest silence promised, 0 for none.</param>
/// <param name="ExpirySeconds">How long the session outlives the connection.</param>
internal readonly record struct ConnectTerms(ConnackPacket Connack, OutboundLink Link, long KeepAliveMs, uint ExpirySeconds);
