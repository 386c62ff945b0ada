using System.Buffers;
using System.Buffers.Binary;
using Traxxs.Mqtt.Packets;
using Traxxs.Testing;

namespace Traxxs.Mqtt.Tests.Packets;

/// <summary>Packets that other programs sent, captured on a wire.</summary>
[TestClass]
public sealed class CaptureTests
{
    // What is wrong with the captures of abnormal sessions, as their names say.
    private static readonly Dictionary<string, string> Abnormal = new()
    {
        ["mqtt-events-invalid-qos"] = "Malformed",
        ["mqtt-events-unassigned-msgtype"] = "Malformed",
        ["mqtt-midstream-split"] = "MalformedPacket", // begins inside a connection: its version is not known
        ["mqtt5-excessiveproplen"] = "MalformedPacket",
    };

    private sealed class Stream
    {
        public SortedDictionary<uint, byte[]> Segments { get; } = [];

        public byte[] Bytes()
        {
            var bytes = new List<byte>();
            uint? next = null;
            foreach (var (sequence, data) in Segments)
            {
                next ??= sequence;
                var overlap = (int)(next.Value - sequence);
                if (overlap < 0) break; // a hole: the capture began or lost in the middle
                if (overlap >= data.Length) continue;
                bytes.AddRange(data[overlap..]);
                next = sequence + (uint)data.Length;
            }

            return [.. bytes];
        }
    }

    [TestMethod]
    public void Captured_packets_decode_and_encode_to_the_same_bytes()
    {
        var folder = Recordings.Find("mqtt_pcap", out var message);
        if (folder is null) Assert.Inconclusive(message);
        var packets = 0;
        foreach (var file in Directory.GetFiles(folder, "*.pcap").Order())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var found = new List<string>();
            var streams = ReadStreams(file);
            foreach (var (key, stream) in streams) packets += Check(name, stream, VersionOf(key, streams), found);
            var expected = Abnormal.GetValueOrDefault(name);
            if (expected is null) Assert.IsEmpty(found, $"{name}: {string.Join(", ", found)}");
            else Assert.IsTrue(found.Any(error => error.Contains(expected)), $"{name}: expected {expected}, found '{string.Join(", ", found)}'");
        }

        Assert.IsGreaterThan(100, packets);
    }

    private static MqttProtocolVersion VersionOf((ulong, ulong) key, Dictionary<(ulong, ulong), Stream> streams)
    {
        foreach (var direction in new[] { key, (key.Item2, key.Item1) })
        {
            if (!streams.TryGetValue(direction, out var stream)) continue;
            var buffer = new ReadOnlySequence<byte>(stream.Bytes());
            if (MqttFrameReader.TryRead(ref buffer, int.MaxValue, out var frame) != MqttFrameStatus.Frame || frame.Type != MqttPacketType.Connect) continue;
            ConnectPacket.Decode(frame.Body.ToArray(), out var connect);
            return connect.Version;
        }

        return MqttProtocolVersion.V311;
    }

    private static int Check(string name, Stream stream, MqttProtocolVersion version, List<string> found)
    {
        var bytes = stream.Bytes();
        var buffer = new ReadOnlySequence<byte>(bytes);
        var packets = 0;
        while (true)
        {
            var before = buffer;
            var status = MqttFrameReader.TryRead(ref buffer, 1 << 20, out var frame);
            if (status != MqttFrameStatus.Frame)
            {
                if (status != MqttFrameStatus.NeedMore) found.Add($"{status}");
                else if (!buffer.IsEmpty) found.Add("truncated");
                return packets;
            }

            packets++;
            var again = RoundTrip.Reencode(frame.Header, frame.Body.ToArray(), version, out var error);
            if (again is null)
            {
                found.Add($"{error} {frame.Type} {Convert.ToHexString(frame.Body.ToArray())}");
                continue;
            }

            var original = before.Slice(0, before.Length - buffer.Length).ToArray();
            if (original.AsSpan().SequenceEqual(again)) continue;
            // Properties in another order, or a reason code that could have been left out: the same packet said differently.
            var second = RoundTrip.Frames([again], out _, out _).Single();
            var third = RoundTrip.Reencode(second[0], second.AsSpan(1), version, out _);
            CollectionAssert.AreEqual(again, third, $"{name}: {Convert.ToHexString(original)}");
            Assert.IsLessThanOrEqualTo(original.Length, again.Length, $"{name}: {Convert.ToHexString(original)}");
        }
    }

    private static Dictionary<(ulong, ulong), Stream> ReadStreams(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var streams = new Dictionary<(ulong, ulong), Stream>();
        var linkType = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(20));
        for (var at = 24; at + 16 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8));
            AddPacket(bytes.AsSpan(at + 16, length), linkType, streams);
            at += 16 + length;
        }

        return streams;
    }

    private static void AddPacket(ReadOnlySpan<byte> packet, uint linkType, Dictionary<(ulong, ulong), Stream> streams)
    {
        var ip = linkType switch { 1 => packet[14..], 0 => packet[4..], 113 => packet[16..], _ => packet };
        int headerLength, totalLength, address;
        if (ip[0] >> 4 == 4) (headerLength, totalLength, address) = ((ip[0] & 15) * 4, BinaryPrimitives.ReadUInt16BigEndian(ip[2..]), 12);
        else (headerLength, totalLength, address) = (40, 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]), 8);
        var size = ip[0] >> 4 == 4 ? 4 : 16;
        var tcp = ip[headerLength..Math.Min(totalLength, ip.Length)];
        var data = tcp[((tcp[12] >> 4) * 4)..];
        if (data.IsEmpty) return;
        var from = Hash(ip.Slice(address, size)) << 16 | BinaryPrimitives.ReadUInt16BigEndian(tcp);
        var to = Hash(ip.Slice(address + size, size)) << 16 | BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]);
        if (!streams.TryGetValue((from, to), out var stream)) streams.Add((from, to), stream = new Stream());
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        if (!stream.Segments.TryGetValue(sequence, out var known) || known.Length < data.Length) stream.Segments[sequence] = data.ToArray();
    }

    private static ulong Hash(ReadOnlySpan<byte> address)
    {
        var hash = 0UL;
        foreach (var b in address) hash = hash * 31 + b;
        return hash & 0xFFFFFFFFFFFF;
    }
}
