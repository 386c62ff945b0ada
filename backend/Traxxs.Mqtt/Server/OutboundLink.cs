using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// The outgoing side of one connection as the session sees it: a bounded buffer of encoded packets and the client's limits.
/// No I/O. Guarded by the gate of the session it belongs to.
/// </summary>
internal sealed class OutboundLink(MqttProtocolVersion version, int receiveMax, long packetSizeMax, int topicAliasMax, int highWaterBytes)
{
    private Dictionary<TopicName, ushort>? _aliases;

    public PacketBuffer Buffer { get; private set; } = new();
    public MqttProtocolVersion Version { get; } = version;
    /// <summary>Publishes at QoS 1 and 2 that may wait for their acknowledgement.</summary>
    public int ReceiveMax { get; } = receiveMax;
    /// <summary>Largest packet the client takes, bytes.</summary>
    public long PacketSizeMax { get; } = packetSizeMax;
    /// <summary>The connection to be flushed; null in tests of the session alone.</summary>
    public IBatchEnd? Owner { get; init; }
    /// <summary>True from the first byte appended until somebody took on to flush.</summary>
    public bool FlushQueued { get; set; }
    /// <summary>False once the connection ends: nothing is appended any more.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Messages wait in the session's queue while this much is unsent: a client that does not read costs no more.</summary>
    public bool HasRoom => IsOpen && Buffer.Length < highWaterBytes;

    /// <summary>Hands the filled buffer to the writer and goes on with an empty one.</summary>
    public PacketBuffer Swap(PacketBuffer empty)
    {
        var filled = Buffer;
        Buffer = empty;
        return filled;
    }

    /// <summary>
    /// The alias for a topic and whether the topic must still be sent with it: [MQTT-3.1.2-26], [MQTT-3.1.2-27] never above the
    /// client's maximum. Aliases are given to the first topics and stay: a device sees few topics.
    /// </summary>
    public ushort AliasFor(TopicName topic, out bool known)
    {
        known = false;
        if (topicAliasMax == 0) return 0;
        _aliases ??= new Dictionary<TopicName, ushort>(TopicNameComparer.Instance);
        if (_aliases.TryGetValue(topic, out var alias))
        {
            known = true;
            return alias;
        }

        return _aliases.Count < topicAliasMax ? (ushort)(_aliases.Count + 1) : (ushort)0;
    }

    /// <summary>Notes that the client has been told the alias.</summary>
    public void AliasSent(TopicName topic, ushort alias) => _aliases!.Add(topic, alias);

    private sealed class TopicNameComparer : IEqualityComparer<TopicName>
    {
        public static readonly TopicNameComparer Instance = new();
        public bool Equals(TopicName? x, TopicName? y) => x!.Name == y!.Name;
        public int GetHashCode(TopicName topic) => topic.Name.GetHashCode();
    }
}
