using System.Buffers.Binary;

namespace Traxxs.Cli.Record;

/// <summary>A piece of one way of a TCP connection, in order.</summary>
/// <param name="At">When it was on the wire.</param>
/// <param name="Connection">Number of the connection in the file.</param>
/// <param name="ToPort">Port it went to.</param>
/// <param name="Bytes">Its bytes.</param>
internal readonly record struct TcpPiece(DateTimeOffset At, int Connection, int ToPort, byte[] Bytes);

/// <summary>
/// Reads classic pcap files (either byte order, µs or ns) with TCP over IPv4 or IPv6 on Ethernet, raw IP or loopback. Segments that come
/// twice are taken once; after a gap a way is not followed any more, since what comes behind it could be anything.
/// </summary>
internal static class PcapFile
{
    private const int FileHeader = 24, PacketHeader = 16, PacketMax = 1 << 20;
    private const int Ethernet = 1, LoopbackNull = 0, RawIp = 101;

    /// <summary>Whether a file's name is one.</summary>
    public static bool IsPcap(string path) => path.EndsWith(".pcap", StringComparison.OrdinalIgnoreCase);

    /// <summary>The pieces of all connections, in the order of the file.</summary>
    /// <exception cref="CaptureException">It is no such file.</exception>
    public static IEnumerable<TcpPiece> Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var magic = file.Length < FileHeader ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(file);
        var swapped = magic is 0xD4C3B2A1 or 0x4D3CB2A1;
        var nano = magic is 0xA1B23C4D or 0x4D3CB2A1;
        if (!swapped && magic is not (0xA1B2C3D4 or 0xA1B23C4D)) throw new CaptureException($"{path} is no pcap file (pcapng is not read: 'editcap -F pcap' makes one of it)");
        var link = (int)Number(20);
        if (link is not (Ethernet or LoopbackNull or RawIp)) throw new CaptureException($"{path}: link type {link} is not read, only Ethernet, loopback and raw IP");
        var ways = new TcpWays();
        for (var at = FileHeader; at + PacketHeader <= file.Length;)
        {
            var size = (int)Number(at + 8);
            if (size is < 0 or > PacketMax || at + PacketHeader + size > file.Length) yield break; // broken off
            var time = DateTimeOffset.FromUnixTimeSeconds(Number(at)).AddMicroseconds(nano ? Number(at + 4) / 1000.0 : Number(at + 4));
            if (ways.Take(time, Ip(file.AsMemory(at + PacketHeader, size), link)) is { } piece) yield return piece;
            at += PacketHeader + size;
        }

        uint Number(int at) => swapped ? BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
    }

    private static ReadOnlyMemory<byte> Ip(ReadOnlyMemory<byte> packet, int link)
    {
        if (link == RawIp) return packet;
        if (link == LoopbackNull) return packet.Length < 4 ? default : packet[4..];
        var at = 12;
        while (at + 2 <= packet.Length)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(packet.Span[at..]);
            if (type is 0x0800 or 0x86DD) return packet[(at + 2)..];
            if (type != 0x8100) break;
            at += 4; // a VLAN tag
        }

        return default;
    }
}
