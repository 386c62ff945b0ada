using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Storage;

/// <summary>
/// A map from keys to bytes as an append-only file of checked records with its index in memory. When more than half of the
/// file is superseded, what is live is copied to a new file. Who appends, writes and copies says when, and guards it.
/// </summary>
/// <remarks>
/// Record: length of the value (4, big-endian), CRC-32C of the rest (4), operation (1: 1 put, 2 remove), kind (1), A (8), B (8),
/// value. A record that does not check ends the file: it was being written when the power went. The file with the highest
/// number is the one that counts: it gets its name when it is complete, and its elder goes when that name is durable.
/// </remarks>
internal sealed class RecordLog : IDisposable
{
    public const byte OperationPut = 1, OperationRemove = 2;

    private const int HeaderSize = 26;
    private const int ValueSizeMax = 512 * 1024 * 1024; // above any packet: a larger length is damage
    private const string Suffix = ".log", Unfinished = ".tmp";

    private readonly IStoreFolder _folder;
    private readonly string _prefix;
    private readonly long _compactionBytesMin;
    private readonly Dictionary<MqttStoreKey, (long Offset, int Size)> _index = [];
    private readonly IDisposable _lock;
    private IStoreFile _file;
    private int _generation;
    private long _liveBytes;

    /// <summary>Opens or creates the log <paramref name="name"/> in a folder. Throws <see cref="IOException"/> if another process holds it.</summary>
    public RecordLog(IStoreFolder folder, string name, long compactionBytesMin, ILogger logger)
    {
        _folder = folder;
        _prefix = name + "-";
        _compactionBytesMin = compactionBytesMin;
        _lock = folder.Lock(name);
        try
        {
            _file = OpenNewest();
            ReadIndex(logger);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    private IStoreFile OpenNewest()
    {
        var names = _folder.Names();
        foreach (var unfinished in names.Where(file => TryNumber(file, Unfinished, out _))) _folder.Delete(unfinished);
        var files = names.Where(file => TryNumber(file, Suffix, out _)).Order(StringComparer.Ordinal).ToArray();
        _generation = files.Length > 0 && TryNumber(files[^1], Suffix, out var number) ? number : 1;
        var newest = _folder.Open(NameOf(_generation, Suffix));
        foreach (var older in files.SkipLast(1)) _folder.Delete(older);
        _folder.Sync(); // what is synced into a file whose name is lost is lost
        return newest;
    }

    /// <summary>Bytes at the end of the file that did not check and were cut off when it was opened.</summary>
    public long DiscardedBytes { get; private set; }

    /// <summary>Bytes written or claimed by <see cref="Claim"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Items in it.</summary>
    public int Count => _index.Count;

    public bool Contains(MqttStoreKey key) => _index.ContainsKey(key);

    /// <summary>Every item, in no order.</summary>
    public List<KeyValuePair<MqttStoreKey, byte[]>> Load()
    {
        var items = new List<KeyValuePair<MqttStoreKey, byte[]>>(_index.Count);
        foreach (var (key, (offset, size)) in _index)
        {
            var value = new byte[size - HeaderSize];
            ReadFully(_file, value, offset + HeaderSize);
            items.Add(new(key, value));
        }

        return items;
    }

    /// <summary>Encodes a record into what will be written at <see cref="Length"/>, and notes it in the index.</summary>
    public void Append(PacketBuffer pending, byte operation, MqttStoreKey key, ReadOnlySpan<byte> value)
    {
        Note(key, operation, Length + pending.Length, HeaderSize + value.Length);
        var record = pending.Append(HeaderSize + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(record, value.Length);
        record[8] = operation;
        record[9] = (byte)key.Kind;
        BinaryPrimitives.WriteInt64BigEndian(record[10..], key.A);
        BinaryPrimitives.WriteInt64BigEndian(record[18..], key.B);
        value.CopyTo(record[HeaderSize..]);
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], Checksum(record[8..]));
    }

    /// <summary>Makes room for a batch at the end; answers where it is to be written. Appends from here on lie behind it.</summary>
    public long Claim(int count)
    {
        Length += count;
        return Length - count;
    }

    /// <summary>Writes a claimed batch; durable when it returns.</summary>
    public void Write(ReadOnlySpan<byte> batch, long offset)
    {
        _file.Write(batch, offset);
        _file.Sync();
    }

    /// <summary>
    /// What is to be copied if that is worthwhile now, or null. To be asked when everything appended is written or claimed: a copy
    /// has neither what was appended behind it nor, then, what that replaced.
    /// </summary>
    public LogCopy? PlanCopy()
    {
        if (Length < _compactionBytesMin || _liveBytes > Length / 2) return null;
        return new LogCopy(Length, [.. _index.Select(item => (item.Key, item.Value.Offset, item.Value.Size)).OrderBy(item => item.Offset)]);
    }

    /// <summary>Copies what is live to a file with the next number; nobody need wait but who writes.</summary>
    public void Copy(LogCopy copy)
    {
        var temporary = NameOf(_generation + 1, Unfinished);
        copy.File = _folder.Open(temporary, empty: true);
        var bytes = new byte[64 * 1024];
        foreach (var (key, offset, size) in copy.Live)
        {
            if (bytes.Length < size) bytes = new byte[size];
            ReadFully(_file, bytes.AsSpan(0, size), offset);
            copy.File.Write(bytes.AsSpan(0, size), copy.NewLength);
            copy.Moved.Add(key, copy.NewLength);
            copy.NewLength += size;
        }

        copy.File.Sync();
        _folder.Rename(temporary, NameOf(_generation + 1, Suffix));
        _folder.Sync(); // before the elder goes, and before anything is written that counts on the new one
    }

    /// <summary>Goes on in the copy. What was appended meanwhile waits in memory and will follow it.</summary>
    public void Adopt(LogCopy copy)
    {
        foreach (var (key, (offset, size)) in _index.ToArray())
        {
            _index[key] = (offset >= copy.OldLength ? offset - copy.OldLength + copy.NewLength : copy.Moved[key], size);
        }

        _file.Dispose();
        _folder.Delete(NameOf(_generation, Suffix));
        (_file, Length) = (copy.File!, copy.NewLength);
        _generation++;
    }

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private string NameOf(int generation, string suffix) => $"{_prefix}{generation:D8}{suffix}";

    private bool TryNumber(string file, string suffix, out int number)
    {
        number = 0;
        return file.StartsWith(_prefix, StringComparison.Ordinal) && file.EndsWith(suffix, StringComparison.Ordinal)
            && file.Length == _prefix.Length + 8 + suffix.Length && int.TryParse(file.AsSpan(_prefix.Length, 8), out number);
    }

    private void ReadIndex(ILogger logger)
    {
        var length = _file.Length;
        var bytes = new byte[64 * 1024];
        var at = 0L;
        while (at + HeaderSize <= length)
        {
            ReadFully(_file, bytes.AsSpan(0, HeaderSize), at);
            var valueSize = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (valueSize is < 0 or > ValueSizeMax || at + HeaderSize + valueSize > length) break;
            if (bytes.Length < HeaderSize + valueSize) Array.Resize(ref bytes, HeaderSize + valueSize);
            ReadFully(_file, bytes.AsSpan(HeaderSize, valueSize), at + HeaderSize);
            var record = bytes.AsSpan(0, HeaderSize + valueSize);
            if (Checksum(record[8..]) != BinaryPrimitives.ReadUInt32BigEndian(record[4..])) break;
            var key = new MqttStoreKey((MqttStoreKind)record[9], BinaryPrimitives.ReadInt64BigEndian(record[10..]), BinaryPrimitives.ReadInt64BigEndian(record[18..]));
            Note(key, record[8], at, record.Length);
            at += record.Length;
        }

        Length = at;
        DiscardedBytes = length - at;
        if (DiscardedBytes == 0) return;
        logger.LogWarning("{Log}: {Bytes} bytes after the last whole record were cut off", NameOf(_generation, Suffix), DiscardedBytes);
        _file.Length = at;
    }

    private static void ReadFully(IStoreFile file, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            var count = file.Read(target, offset);
            if (count == 0) throw new EndOfStreamException("the log is shorter than its index says");
            target = target[count..];
            offset += count;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private void Note(MqttStoreKey key, byte operation, long offset, int size)
    {
        if (_index.Remove(key, out var old)) _liveBytes -= old.Size;
        if (operation != OperationPut) return;
        _index[key] = (offset, size);
        _liveBytes += size;
    }
}

/// <summary>A copy of a <see cref="RecordLog"/> on its way: what was live when it was planned, and where each record went.</summary>
internal sealed class LogCopy(long oldLength, List<(MqttStoreKey Key, long Offset, int Size)> live)
{
    public long OldLength { get; } = oldLength;
    public List<(MqttStoreKey Key, long Offset, int Size)> Live { get; } = live;
    public Dictionary<MqttStoreKey, long> Moved { get; } = new(live.Count);
    public IStoreFile? File { get; set; }
    public long NewLength { get; set; }
}
