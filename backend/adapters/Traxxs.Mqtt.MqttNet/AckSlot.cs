using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>One publish at QoS 1 or 2, or a PUBREL, whose answer is not sent yet. Guarded by the gate of its connection.</summary>
internal sealed class AckSlot(MqttNetConnection connection, MqttPacketType answer, ushort packetIdentifier) : IMqttPublishCompletion
{
    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    public MqttPacketType Answer { get; } = answer;

    /// <summary>The identifier of what is answered.</summary>
    public ushort PacketIdentifier { get; } = packetIdentifier;

    /// <summary>The handler is done.</summary>
    public bool IsCompleted { get; set; }

    /// <summary>What it is answered with.</summary>
    public MqttReasonCode Reason { get; set; }

    /// <summary>It has not been said yet what is to be routed.</summary>
    public bool IsHeld { get; set; }

    /// <summary>A repeat of a QoS 2 message that another slot handles.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>To be routed, or null.</summary>
    public PublishMessage? Message { get; set; }

    /// <summary>The store position the answer waits for.</summary>
    public long Position { get; set; }

    /// <inheritdoc/>
    public void CompletePublish(long sequence, MqttReasonCode reason) => connection.Complete(this, reason);
}
