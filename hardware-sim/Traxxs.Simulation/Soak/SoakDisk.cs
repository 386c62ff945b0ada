using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Scenarios;
using Traxxs.Store;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// What a server's process leaves behind when it dies: the report store and the service database. A death copies the files as
/// they stand at that moment and goes on with the copies, as a kill -9 would find them; of a commit that was under way only a part
/// may have come to the files.
/// </summary>
internal sealed class SoakDisk : IDisposable
{
    private const string ReportLog = "reports.db-wal";
    private const string ServiceLog = ServiceDatabase.FileName + "-wal";

    // Not what the system keeps while a database is open: a start makes these anew.
    private static readonly string[] Kept = ["reports.db", ReportLog, ServiceDatabase.FileName, ServiceLog];

    private readonly SoakFolder _folders = new();
    private readonly SoakStore _kind;
    private readonly IReportStore? _memory;
    private readonly DeterministicRandom _random;
    private string _folder;
    private long _reportMark;
    private long _serviceMark;

    /// <summary>Empty files. <paramref name="memory"/> is the store of the memory kind.</summary>
    public SoakDisk(SoakStore kind, ulong seed, IReportStore? memory)
    {
        _kind = kind;
        _memory = kind == SoakStore.Memory ? memory ?? new MemoryReportStore() : null;
        _random = DeterministicRandom.For(seed, "soak/disk");
        _folder = _folders.Next();
    }

    /// <summary>The reports. Only while open.</summary>
    public IReportStore Reports { get; private set; } = null!;

    /// <summary>Alerts, outbox, rule state. Only while open.</summary>
    public ServiceDatabase Service { get; private set; } = null!;

    /// <summary>A process starts on what is there.</summary>
    public void Open()
    {
        Reports = _memory ?? SqliteReportStore.Open(_folder);
        Service = ServiceDatabase.Open(Path.Combine(_folder, ServiceDatabase.FileName));
    }

    /// <summary>A commit of the reports begins.</summary>
    public void MarkReports() => _reportMark = LengthOf(ReportLog);

    /// <summary>A commit of the service database begins.</summary>
    public void MarkService() => _serviceMark = LengthOf(ServiceLog);

    /// <summary>The process is gone. <paramref name="moment"/> says which commit was under way, if any.</summary>
    public void Die(CrashMoment? moment)
    {
        var next = _folders.Next();
        foreach (var name in Kept.Where(name => File.Exists(Path.Combine(_folder, name)))) File.Copy(Path.Combine(_folder, name), Path.Combine(next, name));
        if (moment == CrashMoment.TornCommit) Tear(Path.Combine(next, ReportLog), _reportMark);
        if (moment == CrashMoment.TornJournal) Tear(Path.Combine(next, ServiceLog), _serviceMark);
        Close();
        Directory.Delete(_folder, recursive: true);
        _folder = next;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _folders.Dispose();
    }

    private void Close()
    {
        if (_kind == SoakStore.Sqlite) Reports?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Service?.Dispose();
    }

    // What the commit wrote before it was synced may be there up to any byte.
    private void Tear(string path, long mark)
    {
        if (!File.Exists(path)) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        if (file.Length > mark) file.SetLength(_random.Between(mark, file.Length - 1));
    }

    private long LengthOf(string name)
    {
        var file = new FileInfo(Path.Combine(_folder, name));
        return file.Exists ? file.Length : 0;
    }
}
