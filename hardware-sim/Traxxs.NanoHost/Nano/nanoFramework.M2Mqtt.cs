using System.Security.Cryptography.X509Certificates;
using nanoFramework.M2Mqtt.Messages;

namespace nanoFramework.M2Mqtt
{
    /// <summary>MQTT versions.</summary>
    public enum MqttProtocolVersion
    {
        /// <summary>3.1.1.</summary>
        Version_3_1_1 = 4,
    }

    /// <summary>Transport security.</summary>
    public enum MqttSslProtocols
    {
        /// <summary>Plain TCP.</summary>
        None = 0,

        /// <summary>TLS 1.2.</summary>
        TLSv1_2 = 4,
    }

    /// <summary>What M2Mqtt's clients have in common.</summary>
    public interface IMqttClient
    {
        /// <summary>Handles a message from the server.</summary>
        delegate void MqttMsgPublishEventHandler(object sender, MqttMsgPublishEventArgs e);

        /// <summary>Handles an acknowledgement, or that none came.</summary>
        delegate void MqttMsgPublishedEventHandler(object sender, MqttMsgPublishedEventArgs e);

        /// <summary>Handles the end of a connection.</summary>
        delegate void ConnectionClosedEventHandler(object sender, EventArgs e);
    }
}

namespace nanoFramework.M2Mqtt.Messages
{
    /// <summary>Delivery.</summary>
    public enum MqttQoSLevel : byte
    {
        /// <summary>QoS 0.</summary>
        AtMostOnce = 0,

        /// <summary>QoS 1.</summary>
        AtLeastOnce = 1,
    }

    /// <summary>The server's answer.</summary>
    public enum MqttReasonCode : byte
    {
        /// <summary>Accepted.</summary>
        Success = 0,

        /// <summary>3.1.1 return code 3.</summary>
        ConnectionRefusedServerUnavailable = 3,

        /// <summary>3.1.1 return code 4.</summary>
        ConnectionRefusedBadUserNameOrPassword = 4,

        /// <summary>3.1.1 return code 5.</summary>
        ConnectionRefusedNotAuthorized = 5,
    }

    /// <summary>A message from the server.</summary>
    public class MqttMsgPublishEventArgs : EventArgs
    {
        /// <summary>A message.</summary>
        public MqttMsgPublishEventArgs(string topic, byte[] message, bool dupFlag, MqttQoSLevel qosLevel, bool retain)
        {
            Topic = topic;
            Message = message;
        }

        /// <summary>Topic it came on.</summary>
        public string Topic { get; }

        /// <summary>Payload.</summary>
        public byte[] Message { get; }
    }

    /// <summary>A message was acknowledged, or given up.</summary>
    public class MqttMsgPublishedEventArgs : EventArgs
    {
        /// <summary>Outcome for a message.</summary>
        public MqttMsgPublishedEventArgs(ushort messageId, bool isPublished)
        {
            MessageId = messageId;
            IsPublished = isPublished;
        }

        /// <summary>Packet identifier, as Publish returned it.</summary>
        public ushort MessageId { get; set; }

        /// <summary>Whether the server has it.</summary>
        public bool IsPublished { get; set; }
    }
}
