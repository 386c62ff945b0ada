using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Storage;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// The session store in a folder, a <see cref="RecordLog"/> with group commit: one thread writes everything that was appended
/// while the last write ran, syncs once, and calls back whoever waited. Commits wait while the log is copied.
/// </summary>
public sealed class FileSessionStore : IMqttSessionStore
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly RecordLog _log;
    private readonly PriorityQueue<(Action<object> Callback, object State), long> _waiters = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _writer;
    private PacketBuffer _pending = new();
    private long _appended = 1;  // position of the last append; positions start at 1 so that 0 means "nothing to wait for"
    private long _durable = 1;
    private bool _stopping;

    /// <summary>Opens or creates the store in a folder of its own. Throws <see cref="IOException"/> if another process holds it.</summary>
    /// <param name="folder">Created if absent.</param>
    /// <param name="compactionBytesMin">File size below which nothing is copied; 16 MiB is a second of a slow disk.</param>
    /// <param name="logger">The log.</param>
    public FileSessionStore(string folder, long compactionBytesMin = 16 * 1024 * 1024, ILogger? logger = null)
        : this(new DiskFolder(folder), compactionBytesMin, logger)
    {
    }

    internal FileSessionStore(IStoreFolder folder, long compactionBytesMin, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _log = new RecordLog(folder, "sessions", compactionBytesMin, _logger);
        _writer = WorkerThread.Start(WriteLoop, "MQTT session store");
    }

    /// <summary>Bytes at the end of the file that did not check and were cut off when it was opened.</summary>
    public long DiscardedBytes => _log.DiscardedBytes;

    /// <inheritdoc/>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public long DurablePosition => Volatile.Read(ref _durable);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<MqttStoreKey, byte[]>> Load()
    {
        lock (_gate) return _log.Load();
    }

    /// <inheritdoc/>
    public long Put(MqttStoreKey key, ReadOnlySpan<byte> value) => Append(RecordLog.OperationPut, key, value);

    /// <inheritdoc/>
    public long Remove(MqttStoreKey key) => Append(RecordLog.OperationRemove, key, default);

    private long Append(byte operation, MqttStoreKey key, ReadOnlySpan<byte> value)
    {
        lock (_gate)
        {
            if (operation == RecordLog.OperationRemove && !_log.Contains(key)) return _appended;
            if (_pending.Length == 0) _work.Release();
            _log.Append(_pending, operation, key, value);
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
                LogCopy? copy;
                long position, offset;
                lock (_gate)
                {
                    (batch, _pending) = (_pending, spare);
                    position = _appended;
                    if (batch.Length == 0 && _stopping) return;
                    offset = _log.Claim(batch.Length);
                    copy = _log.PlanCopy(); // now: what is appended from here on is not on disk, and what it replaces must still be copied
                }

                _log.Write(batch.Written.Span, offset);
                batch.TruncateTo(0);
                spare = batch;
                lock (_gate)
                {
                    Volatile.Write(ref _durable, position);
                    while (_waiters.TryPeek(out _, out var waitsFor) && waitsFor <= position) due.Add(_waiters.Dequeue());
                }

                foreach (var (callback, state) in due) callback(state);
                due.Clear();
                if (copy is not null) Compact(copy);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failure = exception;
            _logger.LogCritical(exception, "the session store cannot be written; nothing that needs it is acknowledged any more");
        }
    }

    private void Compact(LogCopy copy)
    {
        _log.Copy(copy);
        lock (_gate) _log.Adopt(copy);
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
        _log.Dispose();
        return ValueTask.CompletedTask;
    }
}
