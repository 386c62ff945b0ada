using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

/// <summary>What a process that died left behind: the database and its write-ahead log as they lay at that moment.</summary>
[TestClass]
public sealed class CrashTests
{
    [TestMethod]
    [DataRow(1, 4000)]
    [DataRow(2, 40)] // a copy of the log is under way at most of them
    [DataRow(3, 40)]
    public async Task Everything_acknowledged_is_there_after_a_crash_at_any_commit(int seed, int checkpointPages)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var acknowledged = new List<(ReportRecord Report, AppendResult Result)>();
        var crashes = new List<(string Folder, int Acknowledged)>();
        await using (var store = SqliteReportStore.Open(new SqliteReportStoreOptions { Folder = Path.Combine(folder.Path, "live"), CheckpointPages = checkpointPages }))
        {
            foreach (var report in Fleet(random, 4000))
            {
                // Every so often the disk is copied from within the writer: no later commit is under way then.
                var crash = random.Next(250) == 0 ? Path.Combine(folder.Path, $"crash{crashes.Count}") : null;
                if (crash is not null) crashes.Add((crash, acknowledged.Count + 1));
                var append = new TaskCompletionSource();
                store.TryAppend(report, (_, result, error) =>
                {
                    Assert.IsNull(error);
                    acknowledged.Add((report, result));
                    if (crash is not null) CopyDisk(Path.Combine(folder.Path, "live"), crash);
                    append.SetResult();
                }, null);
                await append.Task;
            }
        }

        Assert.IsNotEmpty(crashes);
        foreach (var (crashed, count) in crashes) await RequireStored(crashed, acknowledged.Take(count).ToList(), seed);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(24)]
    [DataRow(4096)]
    public async Task A_commit_torn_in_the_write_ahead_log_is_as_if_it_never_began(int tornBytes)
    {
        using var folder = new TemporaryFolder();
        string live = Path.Combine(folder.Path, "live"), crashed = Path.Combine(folder.Path, "crashed");
        await using (var store = SqliteReportStore.Open(live))
        {
            for (var i = 0; i < 50; i++) await store.AppendAsync(Reports.Make("d", i));
            CopyDisk(live, crashed);
            var before = new FileInfo(Path.Combine(live, "reports.db-wal")).Length;
            await store.AppendAsync(Reports.Make("d", 50));
            var wal = await File.ReadAllBytesAsync(Path.Combine(live, "reports.db-wal"));
            Assert.IsGreaterThan(before + tornBytes, wal.Length, "the torn part must be shorter than the commit");
            await File.WriteAllBytesAsync(Path.Combine(crashed, "reports.db-wal"), wal[..(int)(before + tornBytes)]);
        }

        await using var again = SqliteReportStore.Open(crashed);
        Assert.AreEqual(50, again.Count());
        Assert.AreEqual(AppendOutcome.Stored, (await again.AppendAsync(Reports.Make("d", 50))).Outcome);
        Assert.HasCount(51, again.ReadAfter(0, 100));
    }

    private static IEnumerable<ReportRecord> Fleet(Random random, int count)
    {
        var next = new int[20];
        for (var i = 0; i < count; i++)
        {
            var device = random.Next(next.Length);
            var sequence = next[device]++;
            yield return Reports.Make($"d{device}", sequence, random.Next(4) == 0 ? null : (sequence * 30, sequence * 30 + 20));
        }
    }

    private static async Task RequireStored(string folder, List<(ReportRecord Report, AppendResult Result)> acknowledged, int seed)
    {
        Assert.IsEmpty(StoreCheck.Run(folder), $"seed {seed}, {folder}");
        await using var store = SqliteReportStore.Open(folder);
        var stored = store.ReadAfter(0, int.MaxValue);
        Assert.HasCount(acknowledged.Count, stored, $"seed {seed}, {folder}");
        Assert.AreEqual(acknowledged.Count, store.Count());
        for (var i = 0; i < stored.Count; i++)
        {
            Assert.AreEqual(acknowledged[i].Result.Position, stored[i].Position);
            Reports.AssertSame(acknowledged[i].Report, stored[i].Report);
        }

        foreach (var (report, _) in acknowledged.TakeLast(200))
            Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(report)).Outcome, $"seed {seed}");
        var device = acknowledged[^1].Report.DeviceId;
        Assert.HasCount(acknowledged.Count(one => one.Report.DeviceId == device && one.Report.FirstFixTimeS is not null),
            store.ReadByFixTime(device, 0, long.MaxValue, null, int.MaxValue));
    }

    private static void CopyDisk(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var name in new[] { "reports.db", "reports.db-wal" }) File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
    }
}
