using System.Buffers.Binary;

namespace Traxxs.Cli.Record;

/// <summary>Puts TCP segments of a file in order, way by way: a repeat is left out, a segment that came too early waits for the one before.</summary>
internal sealed class TcpWays
{
    private const int Tcp = 6;
    private const int Syn = 2, Ack = 16;
    private const int WaitingMax = 64;      // Segments of a way that wait for one that was lost; then the way is given up.

    private readonly Dictionary<string, Way> _ways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _connections = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Takes one IP packet; null where it brings nothing to hand on.</summary>
    public TcpPiece? Take(DateTimeOffset at, ReadOnlyMemory<byte> packet)
    {
        var ip = packet.Span;
        if (ip.Length < 20) return null;
        var version = ip[0] >> 4;
        var header = version == 4 ? (ip[0] & 15) * 4 : 40;
        var whole = version == 4 ? BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) : ip.Length < 40 ? 0 : 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        if (version is not (4 or 6) || ip.Length < header || ip[version == 4 ? 9 : 6] != Tcp) return null;
        var tcp = ip[header..Math.Min(ip.Length, Math.Max(header, whole))];
        if (tcp.Length < 20 || tcp.Length < (tcp[12] >> 4) * 4) return null;
        var addresses = version == 4 ? ip.Slice(12, 8) : ip.Slice(8, 32);
        var half = addresses.Length / 2;
        var (from, to) = (End(addresses[..half], tcp), End(addresses[half..], tcp[2..]));
        var flags = tcp[13];
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        var way = _ways.TryGetValue(from + ">" + to, out var known) ? known : _ways[from + ">" + to] = new Way();
        var (begins, answers) = ((flags & Syn) != 0, (flags & Ack) != 0);
        if (begins) way.Begin(sequence + 1);
        // The same two ports may be used again: a connection is new where its first packet says so.
        if (!_connections.ContainsKey(Pair(from, to)) || (begins && !answers)) _connections[Pair(from, to)] = ++_count;

        var bytes = way.Take(sequence, tcp[((tcp[12] >> 4) * 4)..].ToArray());
        return bytes.Length == 0 ? null : new TcpPiece(at, _connections[Pair(from, to)], BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]), bytes);
    }

    private static string Pair(string a, string b) => string.CompareOrdinal(a, b) < 0 ? a + b : b + a;

    private static string End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) => Convert.ToHexString(address) + ":" + Convert.ToHexString(port[..2]);

    private sealed class Way
    {
        private readonly SortedDictionary<int, byte[]> _early = [];
        private uint? _next;

        public void Begin(uint sequence)
        {
            _next = sequence;
            _early.Clear();
        }

        public byte[] Take(uint sequence, byte[] bytes)
        {
            if (bytes.Length == 0) return bytes;
            _next ??= sequence;
            var ahead = (int)(sequence - _next.Value);
            if (ahead > 0 && _early.Count < WaitingMax) _early[ahead] = bytes;
            if (ahead > 0) return [];
            if (-ahead >= bytes.Length) return [];
            var ready = new List<byte>(bytes[-ahead..]);
            Join(ready);
            _next += (uint)ready.Count;
            return [.. ready];
        }

        // Those that waited, as far as they follow; what still waits is counted from the new place.
        private void Join(List<byte> ready)
        {
            foreach (var (ahead, bytes) in _early.ToList())
            {
                if (ahead > ready.Count) continue;
                _early.Remove(ahead);
                if (ahead + bytes.Length > ready.Count) ready.AddRange(bytes[(ready.Count - ahead)..]);
            }

            var waiting = _early.ToList();
            _early.Clear();
            foreach (var (ahead, bytes) in waiting) _early[ahead - ready.Count] = bytes;
        }
    }
}
