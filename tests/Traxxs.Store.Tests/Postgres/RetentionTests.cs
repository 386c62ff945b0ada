using Npgsql;
using Traxxs.Store.Copy;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>What goes with its partition, what stays, and that everything still finds what stays.</summary>
[TestClass]
public sealed class RetentionTests
{
    private const string Device = "d";
    private const string Other = "other";
    private const int ReportsOfEach = 420;

    private static readonly TimeSpan Step = TimeSpan.FromHours(6);
    private static readonly DateTimeOffset Begin = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset March = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    [DataRow(0, DisplayName = "at the border of two partitions")]
    [DataRow(14, DisplayName = "in the middle of one")]
    [DataRow(30, DisplayName = "on the last day of one")]
    public async Task What_stays_is_found_by_check_erasure_and_copy_wherever_the_time_cuts(int days)
    {
        var options = PostgresFixture.NewDatabase() with { RecentMax = 0 };
        var cutMs = March.AddDays(days).ToUnixTimeMilliseconds();
        await using var store = await FilledAsync(options);
        Assert.HasCount(2, store.DropBefore(cutMs).Dropped, "January and February");
        Sound(options);
        var left = store.ReadAfter(0, int.MaxValue);
        Assert.AreEqual(March, DateTimeOffset.FromUnixTimeMilliseconds(left[0].Report.ServerTimeMs));
        Assert.HasCount(left.Count(stored => stored.Report.DeviceId == Device), store.ReadNewest(Device, int.MaxValue));

        // The organisation's own time, report by report, and then a wearer's whole history.
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Device && stored.Report.ServerTimeMs < cutMs), await EraseAsync(store, new ReportErasure(Device) { ReceivedBeforeMs = cutMs }));
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Other), await EraseAsync(store, new ReportErasure(Other)));
        Sound(options);
        var there = await DataCopy.RunAsync(DataSide.OfPostgres(options), DataSide.OfFolder(Path.Combine(_folder.Path, "copy")), false, TestContext.WriteLine, TestContext.CancellationToken);
        Assert.IsTrue(there.IsEqual);
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Device && stored.Report.ServerTimeMs >= cutMs), there.Reports);
        Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(Reports.Make(Device, 5, payload: [1]))).Outcome, "what went is known all the same");
    }

    [TestMethod]
    public async Task A_partition_that_is_read_stands_until_the_reader_is_done_and_holds_up_no_commit()
    {
        // Who waits as long as a statement may holds up every commit for these minutes.
        var options = PostgresFixture.NewDatabase() with { RecentMax = 0, Patience = TimeSpan.FromMinutes(3) };
        await using var store = await FilledAsync(options);
        await using var connection = new NpgsqlConnection(ReaderOf(options));
        await connection.OpenAsync(TestContext.CancellationToken);
        await using (var reading = await connection.BeginTransactionAsync(TestContext.CancellationToken))
        {
            // What pg_dump holds of every table from beginning to end, here of one that is due.
            await using var look = new NpgsqlCommand("SELECT name FROM report_partition ORDER BY from_position OFFSET 1 LIMIT 1", connection, reading);
            var february = (string)(await look.ExecuteScalarAsync(TestContext.CancellationToken))!;
            look.CommandText = $"LOCK TABLE {february} IN ACCESS SHARE MODE";
            await look.ExecuteNonQueryAsync(TestContext.CancellationToken);

            var dropping = Task.Run(() => store.DropBefore(March.ToUnixTimeMilliseconds()), TestContext.CancellationToken);
            for (var i = 0; i < 20 || !dropping.IsCompleted; i++)
                await store.AppendAsync(Reports.Make(Device, 1000 + i) with { ServerTimeMs = March.AddDays(40).ToUnixTimeMilliseconds() }).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.CancellationToken);
            var (dropped, held) = await dropping;
            Assert.HasCount(1, dropped, "January");
            Assert.AreEqual(february, held);
            Sound(options);
        }

        var rest = store.DropBefore(March.ToUnixTimeMilliseconds());
        Assert.HasCount(1, rest.Dropped, "February");
        Assert.IsNull(rest.Held);
        Sound(options);
        Assert.AreEqual(March.ToUnixTimeMilliseconds(), store.ReadAfter(0, 1).Single().Report.ServerTimeMs);
    }

    [TestMethod]
    public async Task Every_place_of_what_went_is_forgotten_however_many_there_are()
    {
        const int Chunks = 2 * 2000 + 1; // of one device more than are forgotten at once, twice
        var options = PostgresFixture.NewDatabase();
        await using var store = PostgresReportStore.Open(options);
        await Task.WhenAll(Enumerable.Range(0, Chunks).Select(i => store.AppendAsync(Reports.Make(Device, i * 64) with { ServerTimeMs = Begin.ToUnixTimeMilliseconds() }).AsTask()));
        Assert.HasCount(2, store.DropBefore(March.ToUnixTimeMilliseconds()).Dropped, "January, and February, made ahead");
        await using var connection = new NpgsqlConnection(ReaderOf(options));
        await connection.OpenAsync(TestContext.CancellationToken);
        await using var count = new NpgsqlCommand("SELECT format('%s of %s', count(*) FILTER (WHERE oldest IS NULL AND newest = 0), count(*)) FROM report_chunk", connection);
        Assert.AreEqual($"{Chunks} of {Chunks}", await count.ExecuteScalarAsync(TestContext.CancellationToken));
    }

    private static string ReaderOf(PostgresOptions options)
    {
        var address = new Uri(options.Connection);
        return $"Host={address.Host};Port={address.Port};Username={address.UserInfo};Database={address.AbsolutePath.TrimStart('/')};Password={File.ReadAllText(options.PasswordFile!)};Pooling=False";
    }

    // From January into April; every third comes late and speaks of half a year before, every seventh of half a year after.
    private static async Task<PostgresReportStore> FilledAsync(PostgresOptions options)
    {
        using (var service = ServiceDatabase.OpenPostgres(options)) service.Write(session => session.Rules.Cursor = 0);
        var store = PostgresReportStore.Open(options);
        for (var i = 0; i < ReportsOfEach; i++)
        {
            var at = Begin + (i * Step);
            var saysS = at.AddDays(i % 3 == 0 ? -180 : i % 7 == 0 ? 180 : 0).ToUnixTimeSeconds();
            foreach (var device in new[] { Device, Other })
                await store.AppendAsync(Reports.Make(device, i, (saysS, saysS + 60)) with { ServerTimeMs = at.ToUnixTimeMilliseconds(), DeviceTimeS = saysS });
        }

        return store;
    }

    private static void Sound(PostgresOptions options)
    {
        var problems = PostgresCheck.Run(options).Problems;
        Assert.IsEmpty(problems, problems.FirstOrDefault());
    }

    private static async Task<int> EraseAsync(PostgresReportStore store, ReportErasure what)
    {
        var erased = 0;
        for (string? next = null; ;)
        {
            var slice = await store.EraseAsync(what, next, limit: 100);
            (erased, next) = (erased + slice.Erased, slice.Next);
            if (next is null) return erased;
        }
    }
}
