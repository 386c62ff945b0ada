using Traxxs.Cli.Record;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Tests.Record;

[TestClass]
public sealed class MqttListeningTests
{
    private readonly List<string> _heard = [];
    private readonly MqttListening _listening;

    public MqttListeningTests() => _listening = new MqttListening((bool up, string topic, in PublishPacket packet, ReadOnlySpan<byte> payload) =>
        _heard.Add($"{(up ? "up" : "down")} {topic} {(int)packet.QoS}{(packet.Retain ? "r" : "")}{(packet.Duplicate ? "d" : "")} {Convert.ToHexString(payload)}"));

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(1000)]
    public void Messages_are_heard_both_ways_whatever_the_pieces(int piece)
    {
        byte[] up = [.. Connect(MqttProtocolVersion.V311, "shoe-1"), .. Publish("a/b", 1, [1, 2]), 0xC0, 0x00, .. Publish("a/b", 1, [1, 2], duplicate: true)];
        byte[] down = [0x20, 0x02, 0x00, 0x00, .. Publish("c", 0, [], retain: true)];
        Feed(up: true, up, piece);
        Feed(up: false, down, piece);
        CollectionAssert.AreEqual(new[] { "up a/b 1 0102", "up a/b 1d 0102", "down c 0r " }, _heard);
        Assert.AreEqual("shoe-1", _listening.ClientId);
        Assert.IsNull(_listening.Problem);
    }

    [TestMethod]
    public void Version_5_has_properties_and_aliases()
    {
        Feed(up: true, Connect(MqttProtocolVersion.V500, "five"), 1000);
        Feed(up: true, [0x30, 9, 0, 1, (byte)'t', 3, 0x23, 0, 7, 0xAA, 0xBB], 1000); // topic t is alias 7
        Feed(up: true, [0x30, 7, 0, 0, 3, 0x23, 0, 7, 0xCC], 1000);
        Feed(up: true, [0x30, 7, 0, 0, 3, 0x23, 0, 9, 0xDD], 1000);                  // an alias nobody has named
        CollectionAssert.AreEqual(new[] { "up t 0 AABB", "up t 0 CC" }, _heard);
    }

    [TestMethod]
    [DataRow("16030100C8", "TLS")]
    [DataRow("30FFFFFF7F", "larger than a megabyte")]
    [DataRow("3003000061", "cannot be read")]
    public void What_is_not_understood_ends_the_listening_with_a_reason(string hex, string problem)
    {
        Feed(up: true, Convert.FromHexString(hex), 1000);
        Assert.Contains(problem, _listening.Problem!);
        Feed(up: true, Publish("a", 0, [1]), 1000);
        Assert.IsEmpty(_heard);
    }

    private void Feed(bool up, byte[] bytes, int piece)
    {
        foreach (var part in bytes.Chunk(piece)) _listening.Feed(up, part);
    }

    private static byte[] Connect(MqttProtocolVersion version, string clientId)
    {
        using var buffer = new PacketBuffer();
        new ConnectPacket { Version = version, ClientId = clientId }.Write(buffer);
        return buffer.Written.ToArray();
    }

    private static byte[] Publish(string topic, int qos, byte[] payload, bool retain = false, bool duplicate = false)
    {
        byte[] body = [0, (byte)topic.Length, .. System.Text.Encoding.UTF8.GetBytes(topic), .. qos > 0 ? new byte[] { 0, 5 } : [], .. payload];
        return [(byte)(0x30 | (duplicate ? 8 : 0) | qos << 1 | (retain ? 1 : 0)), (byte)body.Length, .. body];
    }
}
