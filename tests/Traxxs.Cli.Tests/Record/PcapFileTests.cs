using System.Buffers.Binary;
using Traxxs.Cli.Record;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Record;

[TestClass]
public sealed class PcapFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-pcap-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Segments_are_put_in_order_and_repeats_taken_once(bool bigEndian)
    {
        var file = Write(bigEndian, [
            Segment(100, 2, []), Segment(101, 16, [1, 2]), Segment(105, 16, [5, 6]), Segment(101, 16, [1, 2]), Segment(103, 16, [3, 4]), Segment(106, 16, [6, 7]),
        ]);
        var pieces = PcapFile.Read(file).ToList();
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6, 7 }, pieces.SelectMany(piece => piece.Bytes).ToArray());
        Assert.AreEqual(1, pieces.Select(piece => piece.Connection).Distinct().Count());
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(1_700_000_001).AddMicroseconds(250), pieces[0].At);
        Assert.IsTrue(pieces.All(piece => piece.ToPort == 1883));
    }

    [TestMethod]
    public void The_same_ports_used_again_are_another_connection()
    {
        var pieces = PcapFile.Read(Write(false, [Segment(100, 2, []), Segment(101, 16, [1]), Segment(9000, 2, []), Segment(9001, 16, [2])])).ToList();
        Assert.AreEqual(2, pieces.Select(piece => piece.Connection).Distinct().Count());
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, pieces.SelectMany(piece => piece.Bytes).ToArray());
    }

    [TestMethod]
    public void What_is_behind_a_gap_is_not_guessed()
    {
        var pieces = PcapFile.Read(Write(false, [Segment(100, 2, []), Segment(101, 16, [1]), Segment(150, 16, [9, 9])])).ToList();
        CollectionAssert.AreEqual(new byte[] { 1 }, pieces.SelectMany(piece => piece.Bytes).ToArray());
    }

    [TestMethod]
    public void What_is_no_pcap_is_said()
    {
        var file = Path.Combine(_folder, "no.pcap");
        File.WriteAllText(file, "this is a text of some length, no packets");
        Assert.Contains("no pcap file", Assert.ThrowsExactly<CaptureException>(() => PcapFile.Read(file).ToList()).Message);
    }

    [TestMethod]
    public async Task Real_captures_of_other_programs_are_read()
    {
        if (Recordings.Find("mqtt_pcap", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        // Each of these holds a publish, sent by mosquitto's own clients, in the version and quality its name says.
        foreach (var (name, qos) in new[] { ("mqtt31-pub-qos1", 1), ("mqtt31-pub-qos2", 2), ("mqtt5-pub-qos1", 1), ("mqtt5-pub-qos2", 2) })
        {
            var capture = Path.Combine(_folder, name + ".jsonl");
            var result = await Tool.RunAsync(TestContext, "record", capture, "--from", Path.Combine(folder, name + ".pcap"));
            Assert.AreEqual(0, result.Exit, result.Errors);
            var rows = CaptureReader.Read(capture).ToList();
            Assert.IsTrue(rows.Exists(row => row.QoS == qos && row.Way == "up" && row.Topic.Length > 0), name);
        }

        foreach (var file in Directory.GetFiles(folder, "*.pcap"))
        {
            // Those that are broken on purpose end with a reason, not with an exception.
            var result = await Tool.RunAsync(TestContext, "record", Path.Combine(_folder, Path.GetFileName(file) + ".jsonl"), "--from", file);
            Assert.IsTrue(result.Exit is 0 or 1 && !result.Errors.Contains("   at ", StringComparison.Ordinal), $"{file}: {result.Errors}");
        }
    }

    private string Write(bool bigEndian, byte[][] packets)
    {
        var path = Path.Combine(_folder, "made.pcap");
        using var file = File.Create(path);
        Number(0xA1B2C3D4);
        file.Write([0, 0, 0, 0]);
        foreach (var value in new uint[] { 0, 0, 65535, 1 }) Number(value);
        foreach (var packet in packets)
        {
            foreach (var value in new[] { 1_700_000_001u, 250u, (uint)packet.Length, (uint)packet.Length }) Number(value);
            file.Write(packet);
        }

        return path;

        void Number(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            file.Write(bytes);
        }
    }

    // Ethernet, IPv4, TCP from port 40000 to 1883; two bytes of padding behind, as short frames have.
    private static byte[] Segment(uint sequence, byte flags, byte[] payload)
    {
        var packet = new byte[14 + 20 + 20 + payload.Length + 2];
        packet[12] = 0x08;
        packet[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(16), (ushort)(40 + payload.Length));
        packet[23] = 6;
        packet[29] = 1;
        packet[33] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(34), 40_000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), 1883);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(38), sequence);
        packet[46] = 0x50;
        packet[47] = flags;
        payload.CopyTo(packet, 54);
        return packet;
    }
}
