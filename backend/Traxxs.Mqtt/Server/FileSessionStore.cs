using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// The session store as one append-only file of checked records and an index in memory. One thread writes everything that was
/// appended while the last write ran, syncs once, and calls back whoever waited. When more than half of the file is
/// superseded, what is live is copied to a new file; commits wait for the copy.
/// </summary>
/// <remarks>
/// Record: length of the value (4, big-endian), CRC-32C of the rest (4), operation (1: 1 put, 2 remove), kind (1), A (8), B (8),
/// value. A record that does not check ends the file: it was being written when the power went.
/// </remarks>
public sealed class FileSessionStore : IMqttSessionStore
{
    private const int HeaderSize = 26;
    private const int ValueSizeMax = 512 * 1024 * 1024; // above any packet: a larger length is damage
    private const byte OperationPut = 1, OperationRemove = 2;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly long _compactionBytesMin;
    private readonly ILogger _logger;
    private readonly Dictionary<MqttStoreKey, (long Offset, int Size)> _index = [];
    private readonly PriorityQueue<(Action<object> Callback, object State), long> _waiters = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _writer;
    private PacketBuffer _pending = new();
    private SafeFileHandle _file = null!;
    private string _path = "";
    private int _generation;
    private long _fileLength;    // written
    private long _liveBytes;
    private long _appended = 1;  // position of the last append; positions start at 1 so that 0 means "nothing to wait for"
    private long _durable = 1;
    private bool _stopping;

    /// <summary>Opens or creates the store in a folder of its own. Throws <see cref="IOException"/> if another process holds it.</summary>
    /// <param name="folder">Created if absent.</param>
    /// <param name="compactionBytesMin">File size below which nothing is copied; 16 MiB is a second of a slow disk.</param>
    /// <param name="logger">The log.</param>
    public FileSessionStore(string folder, long compactionBytesMin = 16 * 1024 * 1024, ILogger? logger = null)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _compactionBytesMin = compactionBytesMin;
        _logger = logger ?? NullLogger.Instance;
        OpenFile();
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "MQTT session store" };
        _writer.Start();
    }

    /// <summary>Bytes at the end of the file that did not check and were cut off when it was opened.</summary>
    public long DiscardedBytes { get; private set; }

    /// <summary>Why nothing becomes durable any more, or null. Publishers are then not acknowledged.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public long DurablePosition => Volatile.Read(ref _durable);

    private void OpenFile()
    {
        foreach (var unfinished in Directory.GetFiles(_folder, "sessions-*.tmp")) File.Delete(unfinished);
        var files = Directory.GetFiles(_folder, "sessions-*.log").Order(StringComparer.Ordinal).ToArray();
        _path = files.Length > 0 ? files[^1] : PathOf(1);
        _generation = files.Length > 0 ? int.Parse(Path.GetFileNameWithoutExtension(_path)["sessions-".Length..]) : 1;
        _file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        foreach (var older in files.SkipLast(1)) File.Delete(older); // copied completely before the newer one got its name
    }

    private string PathOf(int generation) => Path.Combine(_folder, $"sessions-{generation:D8}.log");

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<MqttStoreKey, byte[]>> Load()
    {
        lock (_gate)
        {
            ReadIndex();
            var items = new List<KeyValuePair<MqttStoreKey, byte[]>>(_index.Count);
            foreach (var (key, (offset, size)) in _index)
            {
                var value = new byte[size - HeaderSize];
                ReadFully(_file, value, offset + HeaderSize);
                items.Add(new(key, value));
            }

            return items;
        }
    }

    private void ReadIndex()
    {
        var length = RandomAccess.GetLength(_file);
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

        _fileLength = at;
        DiscardedBytes = length - at;
        if (DiscardedBytes == 0) return;
        _logger.LogWarning("{Path}: {Bytes} bytes after the last whole record were cut off", _path, DiscardedBytes);
        RandomAccess.SetLength(_file, at);
    }

    private static void ReadFully(SafeFileHandle file, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            var count = RandomAccess.Read(file, target, offset);
            if (count == 0) throw new EndOfStreamException("the session file is shorter than its index says");
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

    /// <inheritdoc/>
    public long Put(MqttStoreKey key, ReadOnlySpan<byte> value) => Append(OperationPut, key, value);

    /// <inheritdoc/>
    public long Remove(MqttStoreKey key) => Append(OperationRemove, key, default);

    private long Append(byte operation, MqttStoreKey key, ReadOnlySpan<byte> value)
    {
        lock (_gate)
        {
            if (operation == OperationRemove && !_index.ContainsKey(key)) return _appended;
            var wasEmpty = _pending.Length == 0;
            Note(key, operation, _fileLength + _pending.Length, HeaderSize + value.Length);
            var record = _pending.Append(HeaderSize + value.Length);
            BinaryPrimitives.WriteInt32BigEndian(record, value.Length);
            record[8] = operation;
            record[9] = (byte)key.Kind;
            BinaryPrimitives.WriteInt64BigEndian(record[10..], key.A);
            BinaryPrimitives.WriteInt64BigEndian(record[18..], key.B);
            value.CopyTo(record[HeaderSize..]);
            BinaryPrimitives.WriteUInt32BigEndian(record[4..], Checksum(record[8..]));
            if (wasEmpty) _work.Release();
            return ++_appended;
        }
    }

    /// <inheritdoc/>
    public void WhenDurable(long position, Action<object> callback, object state)
    {
        lock (_gate)
        {
            if (position > _durable)
            {
                _waiters.Enqueue((callback, state), position);
                return;
            }
        }

        callback(state);
    }

    private void WriteLoop()
    {
        var spare = new PacketBuffer();
        var due = new List<(Action<object> Callback, object State)>();
        try
        {
            while (true)
            {
                _work.Wait();
                PacketBuffer batch;
                long position;
                lock (_gate)
                {
                    batch = _pending;
                    _pending = spare;
                    position = _appended;
                    if (batch.Length == 0 && _stopping) return;
                    // Appends from here on lie behind the batch.
                    _fileLength += batch.Length;
                }

                RandomAccess.Write(_file, batch.Written.Span, _fileLength - batch.Length);
                RandomAccess.FlushToDisk(_file);
                batch.TruncateTo(0);
                spare = batch;
                lock (_gate)
                {
                    Volatile.Write(ref _durable, position);
                    while (_waiters.TryPeek(out _, out var waitsFor) && waitsFor <= position) due.Add(_waiters.Dequeue());
                }

                foreach (var (callback, state) in due) callback(state);
                due.Clear();
                CompactIfWorthwhile();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception;
            _logger.LogCritical(exception, "the session store cannot be written; nothing that needs it is acknowledged any more");
        }
    }

    private void CompactIfWorthwhile()
    {
        List<(MqttStoreKey Key, long Offset, int Size)> live;
        long oldLength;
        lock (_gate)
        {
            if (_fileLength < _compactionBytesMin || _liveBytes > _fileLength / 2) return;
            oldLength = _fileLength;
            live = [.. _index.Where(item => item.Value.Offset < oldLength).Select(item => (item.Key, item.Value.Offset, item.Value.Size)).OrderBy(item => item.Offset)];
        }

        var temporary = Path.Combine(_folder, $"sessions-{_generation + 1:D8}.tmp");
        var moved = new Dictionary<MqttStoreKey, (long Old, long New)>(live.Count);
        var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        var length = 0L;
        var bytes = new byte[64 * 1024];
        foreach (var (key, offset, size) in live)
        {
            if (bytes.Length < size) bytes = new byte[size];
            ReadFully(_file, bytes.AsSpan(0, size), offset);
            RandomAccess.Write(file, bytes.AsSpan(0, size), length);
            moved.Add(key, (offset, length));
            length += size;
        }

        RandomAccess.FlushToDisk(file);
        var path = PathOf(_generation + 1);
        File.Move(temporary, path);
        lock (_gate)
        {
            foreach (var (key, (offset, size)) in _index.ToArray())
            {
                // What was appended meanwhile waits in memory and will follow the copy.
                _index[key] = (offset >= oldLength ? offset - oldLength + length : moved[key].New, size);
            }

            _file.Dispose();
            File.Delete(_path);
            (_file, _path, _fileLength) = (file, path, length);
            _generation++;
        }
    }

    /// <summary>Writes what is pending and closes.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopping) return ValueTask.CompletedTask;
            _stopping = true;
        }

        _work.Release();
        _work.Release();
        _writer.Join();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
