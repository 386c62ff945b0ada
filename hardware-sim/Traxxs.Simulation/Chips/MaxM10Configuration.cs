using System.Buffers.Binary;

namespace Traxxs.Simulation.Chips;

/// <summary>The receiver's configuration database in its layers (u-blox M10 interface description 4): defaults, backup memory, running.</summary>
internal sealed class MaxM10Configuration
{
    public const uint Uart1Baud = 0x40520001, Uart1OutUbx = 0x10740001, Uart1OutNmea = 0x10740002;
    public const uint NavPvtUart1 = 0x20910007, RateMeas = 0x30210001, RateNav = 0x30210002, DynamicModel = 0x20110021;

    private readonly Dictionary<uint, ulong> _defaults;
    private readonly Dictionary<uint, ulong> _backup = [];
    private readonly Dictionary<uint, ulong> _running = [];

    public MaxM10Configuration(int baud)
    {
        _defaults = new Dictionary<uint, ulong>
        {
            [Uart1Baud] = (ulong)baud, [Uart1OutUbx] = 1, [Uart1OutNmea] = 1, [NavPvtUart1] = 0, [RateMeas] = 1000, [RateNav] = 1, [DynamicModel] = 0,
        };
        Restart();
    }

    /// <summary>Value in force.</summary>
    public ulong this[uint key] => _running[key];

    /// <summary>Main supply on: what runs is made anew from defaults and backup memory.</summary>
    public void Restart()
    {
        _running.Clear();
        foreach (var (key, value) in _defaults) _running[key] = _backup.GetValueOrDefault(key, value);
    }

    /// <summary>Backup supply lost.</summary>
    public void ForgetBackup() => _backup.Clear();

    /// <summary>CFG-VALSET: all or nothing. False: the answer is ACK-NAK.</summary>
    public bool TrySet(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 9 || payload[0] > 1 || (payload[1] & ~0x07) != 0 || payload[1] == 0) return false;
        var items = new List<(uint Key, ulong Value)>();
        var rest = payload[4..];
        while (rest.Length > 0)
        {
            if (rest.Length < 4) return false;
            var key = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            var size = SizeOf(key);
            if (!_defaults.ContainsKey(key) || rest.Length < 4 + size) return false;
            ulong value = 0;
            for (var i = 0; i < size; i++) value |= (ulong)rest[4 + i] << (8 * i);
            if (key == RateMeas && value < 25) return false;
            items.Add((key, value));
            rest = rest[(4 + size)..];
        }

        foreach (var (key, value) in items)
        {
            if ((payload[1] & 0x01) != 0) _running[key] = value;
            if ((payload[1] & 0x02) != 0) _backup[key] = value;
        }

        return true;
    }

    /// <summary>CFG-VALGET: the payload of the answer, or null where the answer is ACK-NAK.</summary>
    public byte[]? Get(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8 || (payload.Length & 3) != 0 || payload[0] != 0) return null;
        var layer = payload[1] switch { 0 => _running, 1 => _backup, 7 => _defaults, _ => null };
        if (layer is null) return null;
        var answer = new List<byte> { 1, payload[1], 0, 0 };
        Span<byte> word = stackalloc byte[8];
        for (var i = 4; i < payload.Length; i += 4)
        {
            var key = BinaryPrimitives.ReadUInt32LittleEndian(payload[i..]);
            if (!layer.TryGetValue(key, out var value)) return null;
            BinaryPrimitives.WriteUInt32LittleEndian(word, key);
            answer.AddRange(word[..4]);
            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            answer.AddRange(word[..SizeOf(key)]);
        }

        return [.. answer];
    }

    // Bits 30..28 of a key are the size of its value (interface description 4.2).
    private static int SizeOf(uint key) => ((key >> 28) & 7) switch { 1 or 2 => 1, 3 => 2, 4 => 4, 5 => 8, _ => 0 };
}
