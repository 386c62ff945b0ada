using LiteDB;
using LiteDB.Engine;

namespace Traxxs.Store.LiteDb;

/// <summary>
/// The database and what the writer knows of it: what comes next, and which spans of fixes devices have. Written by one
/// thread; readers see what is committed, and follow the log only as far as it is synced.
/// </summary>
internal sealed class LiteDbLog : IDisposable
{
    private const int SchemaVersion = 1;
    private const int TotalsId = 1;

    private readonly FileStream _logFile;
    private readonly LiteDatabase _database;
    private readonly ILiteCollection<BsonDocument> _totals;
    private readonly int _rejectedMax;
    private readonly Dictionary<string, DeviceEntry> _devices = [];
    private readonly HashSet<DeviceEntry> _changed = [];
    private long _nextPosition;
    private long _nextCount;
    private long _nextRejected;
    private long _rejectedCount;
    private long _lastPosition;
    private long _count;

    /// <summary>Opens the files; throws what LiteDB throws.</summary>
    public LiteDbLog(LiteDbReportStoreOptions options)
    {
        _rejectedMax = options.RejectedMax;
        _logFile = new FileStream(options.LogPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            var settings = new EngineSettings { Filename = options.DatabasePath, LogStream = _logFile, Collation = Collation.Binary };
            _database = new LiteDatabase(new LiteEngine(settings));
            if (_database.UserVersion > SchemaVersion) throw new StoreSchemaException($"{options.DatabasePath} was written by a newer program");
            Reports = Collection("reports");
            Reports.EnsureIndex(Fields.Key, unique: true);
            Reports.EnsureIndex(Fields.Arrival);
            Reports.EnsureIndex(Fields.FirstFix);
            Erased = Collection("erased");
            Devices = Collection("devices");
            Rejected = Collection("rejected");
            _totals = Collection("totals");
            if (_database.UserVersion != SchemaVersion) _database.UserVersion = SchemaVersion;
            Load();
            Sync();
        }
        catch
        {
            _database?.Dispose();
            _logFile.Dispose();
            throw;
        }
    }

    public ILiteCollection<BsonDocument> Reports { get; }

    /// <summary>Numbers of erased reports: key, position.</summary>
    public ILiteCollection<BsonDocument> Erased { get; }

    public ILiteCollection<BsonDocument> Devices { get; }

    public ILiteCollection<BsonDocument> Rejected { get; }

    /// <summary>Position of the last report that is on disk.</summary>
    public long LastPosition => Interlocked.Read(ref _lastPosition);

    /// <summary>Reports on disk, erased ones included.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>What is known of a device, or null where it never reported. Safe beside the writer.</summary>
    public DeviceEntry? FindDevice(string deviceId)
    {
        lock (_devices) return _devices.GetValueOrDefault(deviceId);
    }

    /// <summary>Every device that reported.</summary>
    public IReadOnlyList<DeviceEntry> AllDevices()
    {
        lock (_devices) return [.. _devices.Values];
    }

    /// <summary>Runs a transaction, which writes something in any case, and syncs it. Throws what stood in the way; the log must then be opened anew.</summary>
    public void Commit(Action<LiteDbLog> write)
    {
        if (!_database.BeginTrans()) throw new StoreUnavailableException("a transaction is open already");
        try
        {
            write(this);
            foreach (var device in _changed) Devices.Upsert(device.ToDocument());
            _totals.Upsert(new BsonDocument { ["_id"] = TotalsId, ["position"] = _nextPosition, ["count"] = _nextCount });
            _changed.Clear();
            _database.Commit();
        }
        catch
        {
            _database.Rollback();
            throw;
        }

        Sync();
        Interlocked.Exchange(ref _lastPosition, _nextPosition);
        Interlocked.Exchange(ref _count, _nextCount);
    }

    /// <summary>Only within <see cref="Commit"/>.</summary>
    public AppendResult Append(ReportRecord report)
    {
        var key = Keys.Of(report.DeviceId, report.Epoch, report.Sequence);
        if (Reports.FindOne(Query.EQ(Fields.Key, key)) is { } earlier)
        {
            var position = earlier["_id"].AsInt64;
            if (report.Payload.Span.SequenceEqual(earlier[Fields.Payload].AsBinary)) return new AppendResult(AppendOutcome.Duplicate, position);
            AppendRejected(new RejectedFrame(0, report.DeviceId, report.ServerTimeMs, nameof(AppendOutcome.Conflict), RejectedFrames.Cut(report.Payload.Span).ToArray()));
            return new AppendResult(AppendOutcome.Conflict, position);
        }

        if (Erased.FindById(key) is { } erased) return new AppendResult(AppendOutcome.Duplicate, erased["position"].AsInt64);
        _nextPosition++;
        _nextCount++;
        Reports.Insert(Documents.Of(_nextPosition, key, report));
        Change(report.DeviceId, device => device.Add(report, _nextPosition));
        return new AppendResult(AppendOutcome.Stored, _nextPosition);
    }

    /// <summary>Only within <see cref="Commit"/>.</summary>
    public void AppendRejected(RejectedFrame frame)
    {
        Rejected.Insert(Documents.Of(frame with { Id = ++_nextRejected }));
        if (++_rejectedCount <= _rejectedMax) return;
        var oldest = Rejected.Query().OrderBy("_id").Limit(1).Single();
        Rejected.Delete(oldest["_id"]);
        _rejectedCount--;
    }

    /// <summary>Only within <see cref="Commit"/>. Takes refused frames out.</summary>
    public void RemoveRejected(BsonValue id)
    {
        if (Rejected.Delete(id)) _rejectedCount--;
    }

    /// <summary>Only within <see cref="Commit"/>. Changes what is known of a device.</summary>
    public void Change(string deviceId, Action<DeviceEntry> change)
    {
        lock (_devices)
        {
            if (!_devices.TryGetValue(deviceId, out var device)) _devices.Add(deviceId, device = new DeviceEntry(deviceId));
            change(device);
            _changed.Add(device);
        }
    }

    /// <summary>Copies the log into the file and empties it.</summary>
    public void EmptyLog()
    {
        _database.Checkpoint();
        Sync();
    }

    public void Dispose()
    {
        _database.Dispose();
        _logFile.Dispose();
    }

    // LiteDB hands a commit to the system and no further: a loss of power would take acknowledged reports along.
    private void Sync() => _logFile.Flush(flushToDisk: true);

    private ILiteCollection<BsonDocument> Collection(string name) => _database.GetCollection(name, BsonAutoId.Int64);

    private void Load()
    {
        if (_totals.FindById(TotalsId) is { } totals) (_nextPosition, _nextCount) = (totals["position"].AsInt64, totals["count"].AsInt64);
        (_lastPosition, _count) = (_nextPosition, _nextCount);
        foreach (var document in Devices.FindAll())
        {
            var device = DeviceEntry.From(document);
            _devices.Add(device.Id, device);
        }

        _rejectedCount = Rejected.Count();
        _nextRejected = Rejected.Query().OrderByDescending("_id").Limit(1).ToList().Select(document => document["_id"].AsInt64).FirstOrDefault();
    }
}
