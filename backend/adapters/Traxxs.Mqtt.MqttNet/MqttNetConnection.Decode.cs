using MQTTnet.Adapter;
using MQTTnet.Packets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using MqttProtocolVersion = Traxxs.Mqtt.Packets.MqttProtocolVersion;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// From a frame to MQTTnet's packet. MQTTnet 5.2 passes over some of what the standard forbids (DUP at QoS 0, topics that are not
/// UTF-8, alias 0) and closes without a word where a client should be told, so every packet is held against the standard first.
/// </summary>
internal sealed partial class MqttNetConnection
{
    private MqttPacket? Decode(byte header, byte[] body)
    {
        var received = new ReceivedMqttPacket(header, body, body.Length + 2);
        try
        {
            if (_phase == Phase.Connecting) return header >> 4 == (int)MqttPacketType.Connect ? DecodeConnect(received) : Fail(MqttReasonCode.MalformedPacket, "the connection does not start with CONNECT");
            if (!Check(header, body)) return null;
            return PacketFormatterAdapter.Decode(received) ?? Fail(MqttReasonCode.MalformedPacket, "MQTTnet knows no such packet");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Fail(MqttReasonCode.MalformedPacket, exception.Message);
        }
    }

    /// <summary>Read twice: ours tells what is absent from what is zero, and keeps what MQTTnet is not to see.</summary>
    private MqttConnectPacket? DecodeConnect(ReceivedMqttPacket received)
    {
        var reader = ConnectPacket.Decode(received.Body, out var ours);
        Connect = ours;
        if (reader.Failed)
        {
            if (reader.Error == MqttReasonCode.UnsupportedProtocolVersion || ours.Version == MqttProtocolVersion.V500) Refuse(reader.Error, reader.ErrorText);
            Fail(reader.Error, reader.ErrorText);
            return null;
        }

        if (ours.ClientId.Length == 0 && !ours.CleanStart && ours.Version != MqttProtocolVersion.V500)
        {
            Refuse(MqttReasonCode.ClientIdentifierNotValid, null); // MQTTnet does not even decode it
            return null;
        }

        PacketFormatterAdapter.DetectProtocolVersion(received);
        _connect = (MqttConnectPacket)PacketFormatterAdapter.Decode(received);
        _connect.KeepAlivePeriod = 0; // watched here: MQTTnet does not see publishes
        _connect.WillFlag = false;    // kept with the session, to be published after a crash too
        return _connect;
    }

    /// <summary>False if the connection is over.</summary>
    private bool Check(byte header, byte[] body)
    {
        MqttReader reader;
        switch ((MqttPacketType)(header >> 4))
        {
            case MqttPacketType.Publish:
                reader = PublishPacket.Decode(header, body, Version, out _);
                break;
            case MqttPacketType.Puback or MqttPacketType.Pubrec or MqttPacketType.Pubrel or MqttPacketType.Pubcomp:
                reader = AckPacket.Decode((MqttPacketType)(header >> 4), body, Version, out _);
                break;
            case MqttPacketType.Subscribe:
                reader = SubscribePacket.Decode(body, Version, out var subscribe);
                if (!reader.Failed) Note(subscribe);
                break;
            case MqttPacketType.Unsubscribe:
                reader = UnsubscribePacket.Decode(body, Version, out _);
                break;
            case MqttPacketType.Disconnect:
                reader = ReasonPacket.Decode(MqttPacketType.Disconnect, body, Version, out var disconnect);
                if (!reader.Failed) return Note(disconnect);
                break;
            case MqttPacketType.Pingreq:
                return body.Length == 0 || Fail(MqttReasonCode.MalformedPacket, "PINGREQ with a body") is not null;
            case MqttPacketType.Connect: return Fail(MqttReasonCode.ProtocolError, "a second CONNECT") is not null;
            default: return Fail(MqttReasonCode.ProtocolError, "a packet that clients do not send") is not null;
        }

        return !reader.Failed || Fail(reader.Error, reader.ErrorText) is not null;
    }

    private bool Note(ReasonPacket packet)
    {
        if (packet.Properties?.ServerReference is not null) return Fail(MqttReasonCode.ProtocolError, "server reference from a client") is not null;
        if (packet.Properties?.SessionExpiryInterval is { } expiry && !_server.Sessions.TryChangeExpiry(_session!, expiry))
        {
            return Fail(MqttReasonCode.ProtocolError, "session expiry set at disconnect only") is not null;
        }

        lock (Gate)
        {
            _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByClient, packet.ReasonCode, packet.Properties?.ReasonString);
            _phase = Phase.Closing;
        }

        return true;
    }
}
