using Traxxs.Store.Postgres;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

[TestClass]
public sealed class PostgresReportStoreTests : ReportStoreContract
{
    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    // 2026-01-15 12:00 UTC.
    private const long Noon = 1_768_478_400_000;

    // Nothing is kept in memory: every read of the contract comes from the server.
    protected override Task<IReportStore> OpenAsync() => Task.FromResult<IReportStore>(PostgresReportStore.Open(PostgresFixture.NewDatabase() with { RecentMax = 0 }));

    [TestMethod]
    [DataRow(21)]
    [DataRow(22)]
    public async Task Server_and_memory_agree_over_random_operations_and_restarts(int seed)
    {
        var options = PostgresFixture.NewDatabase() with { RecentMax = 250, Partition = PartitionSpan.Day };
        await StoreModel.RunAsync(seed, steps: 25, () => PostgresReportStore.Open(options));
    }

    [TestMethod]
    public async Task Reports_lie_in_the_partition_of_their_time_and_a_change_of_span_leaves_what_is_there()
    {
        var options = PostgresFixture.NewDatabase();
        await using (var store = PostgresReportStore.Open(options))
        {
            await store.AppendAsync(Reports.Make(Device, 1) with { ServerTimeMs = Noon });
        }

        await using var daily = PostgresReportStore.Open(options with { Partition = PartitionSpan.Day });
        foreach (var (index, days) in new[] { 1, 60, 61 }.Index()) await daily.AppendAsync(Reports.Make(Device, 2 + index) with { ServerTimeMs = Noon + (days * Day) });
        var rows = Sql(options, "SELECT regexp_replace(tableoid::regclass::text, '_[0-9]*$', ''), string_agg(sequence::text, ' ' ORDER BY sequence) FROM report GROUP BY 1 ORDER BY 1");
        Assert.AreEqual("report_202601|1 2\nreport_20260316|3\nreport_20260317|4", rows);
        Assert.HasCount(4, daily.ReadAfter(0, 10));
    }

    [TestMethod]
    public async Task Old_partitions_go_as_a_whole_and_their_reports_stay_known()
    {
        var options = PostgresFixture.NewDatabase() with { Partition = PartitionSpan.Day, RecentMax = 0 };
        await using var store = PostgresReportStore.Open(options);
        for (var i = 0; i < 200; i++) await store.AppendAsync(Reports.Make(Device, i, fixS: (1000 + i, 1000 + i)) with { ServerTimeMs = Noon + (i * Day / 50) });
        Assert.IsEmpty(store.DropBefore(Noon).Dropped, "the day of the first report is not over then");
        Assert.HasCount(2, store.DropBefore(Noon + (Day * 3 / 2)).Dropped, "two days are over, a third begins");
        var left = store.ReadAfter(0, 1000);
        Assert.AreEqual(Noon + (Day * 3 / 2), left[0].Report.ServerTimeMs, "it begins at midnight");
        Assert.HasCount(left.Count, store.ReadNewest(Device, 1000));
        Assert.HasCount(left.Count, store.ReadByFixTime(Device, 0, 5000, null, 1000));
        Assert.HasCount(left.Count, store.ReadBySequence(Device, 3, 0, 1000));
        Assert.AreEqual(new Numbering(3, left[0].Report.Sequence, 199), store.ReadNumberings(Device).Single());
        Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(Reports.Make(Device, 5, payload: [1]))).Outcome, "what was in it is known all the same");
        Assert.AreEqual(200, store.Count());
    }

    [TestMethod]
    public async Task A_clock_that_was_set_back_or_gone_mad_costs_no_report()
    {
        var options = PostgresFixture.NewDatabase() with { RecentMax = 0 };
        await using var store = PostgresReportStore.Open(options);
        long[] times = [Noon, Noon - (400 * Day), 0, -5, long.MaxValue, Noon];
        foreach (var (index, time) in times.Index()) await store.AppendAsync(Reports.Make(Device, index) with { ServerTimeMs = time });
        CollectionAssert.AreEqual(times, store.ReadAfter(0, 10).Select(stored => stored.Report.ServerTimeMs).ToArray());
        Assert.IsLessThan(1L << 53, store.LastPosition, "JavaScript counts it");
    }

    [TestMethod]
    public async Task A_newer_schema_is_refused_by_name_and_left_alone()
    {
        var options = PostgresFixture.NewDatabase();
        await using (PostgresReportStore.Open(options))
        {
        }

        Sql(options, "UPDATE traxxs_schema SET version = 99 WHERE part = 'reports'");
        StringAssert.Contains(Assert.ThrowsExactly<StoreSchemaException>(() => PostgresReportStore.Open(options)).Message, "schema 99");
    }

    [TestMethod]
    public async Task Every_key_of_the_report_tables_begins_with_the_device_or_holds_a_single_row()
    {
        var options = PostgresFixture.NewDatabase();
        await using var store = PostgresReportStore.Open(options);
        var keys = Sql(options,
            """
            SELECT i.indrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            WHERE i.indisunique AND c.relname LIKE 'report%' AND (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0]) <> 'device' ORDER BY 1
            """);
        Assert.AreEqual("report_head\nreport_partition", keys);
    }

    [TestMethod]
    public async Task A_text_the_server_cannot_hold_is_refused_at_the_border()
    {
        await using var store = PostgresReportStore.Open(PostgresFixture.NewDatabase());
        foreach (var id in new[] { "a\0b", "a\uD800", "\uDC00" }) Assert.ThrowsExactly<ArgumentException>(() => store.TryAppend(Reports.Make(id, 1), (_, _, _) => { }, null));
        await store.AppendRejectedAsync("a\0b", 1, "\uD800", new byte[] { 1 });
        Assert.AreEqual(("a\uFFFDb", "\uFFFD"), (store.ReadRejected(1)[0].DeviceId, store.ReadRejected(1)[0].Reason));
    }

    [TestMethod]
    public async Task A_server_that_is_not_there_is_said_without_the_password()
    {
        var options = PostgresFixture.NewDatabase();
        var error = Assert.ThrowsExactly<StoreUnavailableException>(() => PostgresReportStore.Open(options with { Connection = "postgres://traxxs@127.0.0.1:1/none" }));
        StringAssert.Contains(error.Message, "127.0.0.1:1/none");
        Assert.DoesNotContain(await File.ReadAllTextAsync(options.PasswordFile!), error.ToString());
    }

    private static string Sql(PostgresOptions options, string sql) => PostgresServer.Shared.Sql(sql, new Uri(options.Connection).AbsolutePath.TrimStart('/'));
}
