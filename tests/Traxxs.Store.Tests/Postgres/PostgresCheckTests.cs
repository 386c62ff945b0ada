using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Tests.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

[TestClass]
public sealed class PostgresCheckTests
{
    private static string? _template;

    [TestMethod]
    public async Task A_sound_database_has_no_problems_also_while_it_is_open_and_after_erasing()
    {
        var options = PostgresFixture.NewDatabase();
        await using var store = await FilledAsync(options);
        using var service = ServiceDatabase.OpenPostgres(options);
        ServiceScript.Run(service);
        service.Write(session => (session.Rules.Cursor, session.DeviceStates.Cursor) = (store.LastPosition, store.LastPosition));
        await store.EraseAsync(new ReportErasure("d") { FromS = 100 }, null, 1000);
        var (reports, problems) = PostgresCheck.Run(options);
        Assert.IsEmpty(problems, string.Join("; ", problems));
        Assert.AreEqual(store.ReadAfter(0, 1000).Count, reports);
        Assert.IsLessThan(store.Count(), reports, "some were erased");
    }

    [TestMethod]
    [DataRow("DELETE FROM report_chunk WHERE number = 1", "is not in the index")]
    [DataRow("UPDATE report_chunk SET first_fix_s = 70, found_first_s = 70 WHERE number = 1", "lies outside")]
    [DataRow("UPDATE report_chunk SET found_newest = 5 WHERE number = 1", "is not found by")]
    [DataRow("UPDATE report_chunk SET positions = '\\x00' WHERE number = 1", "too short")]
    [DataRow("INSERT INTO report SELECT * FROM report WHERE sequence = 100", "has two reports")]
    [DataRow("UPDATE report_head SET reports = reports + 1", "known by their numbers")]
    [DataRow("UPDATE report_head SET last_position = 5", "is the last")]
    [DataRow("DELETE FROM report_head", "0 heads")]
    [DataRow("DELETE FROM report_numbering", "is not in the list of numberings")]
    [DataRow("DELETE FROM report_partition", "not both in the list")]
    [DataRow("INSERT INTO report_partition SELECT 'x' || name, from_position, to_position FROM report_partition", "are for the same positions")]
    [DataRow("UPDATE rule_cursor SET position = 9000000000000000", "not of one time")]
    [DataRow("SET session_replication_role = replica; DELETE FROM organisations", "rows of configurations name a row of organisations")]
    [DataRow("UPDATE traxxs_schema SET version = 99 WHERE part = 'reports'", "schema 99")]
    [DataRow("UPDATE traxxs_schema SET version = 4 WHERE part = 'service'", "upgrades them")]
    [DataRow("DROP TABLE traxxs_schema", "none has run on this database")]
    public async Task Each_damage_is_named(string damage, string words)
    {
        var options = await CopyAsync();
        PostgresServer.Shared.Sql(damage, NameOf(options));
        StringAssert.Contains(string.Join("; ", PostgresCheck.Run(options).Problems), words);
    }

    [TestMethod]
    public async Task What_a_report_says_is_looked_at_and_all_are()
    {
        var options = await CopyAsync();
        var problems = PostgresCheck.Run(options, report => report.Sequence % 2 == 0 ? "is even" : null).Problems;
        Assert.HasCount(100, problems);
        StringAssert.Contains(problems[0], "(device d, epoch 3, sequence 0): is even");
        Assert.IsEmpty(PostgresCheck.Run(options, report => report.Payload.Length > 0 ? null : "is empty").Problems);
    }

    [TestMethod]
    public void A_server_that_is_not_there_is_no_damage()
    {
        var options = PostgresFixture.NewDatabase();
        Assert.ThrowsExactly<StoreUnavailableException>(() => PostgresCheck.Run(options with { Connection = "postgres://traxxs@127.0.0.1:1/x" }));
        Assert.ThrowsExactly<StoreUnavailableException>(() => PostgresCheck.Run(options with { Connection = options.Connection + "_not_there" }));
    }

    // The same filled database for each damage: a copy is made in a moment.
    private static async Task<PostgresOptions> CopyAsync()
    {
        if (_template is null)
        {
            var options = PostgresFixture.NewDatabase();
            await using (await FilledAsync(options))
            {
                using var service = ServiceDatabase.OpenPostgres(options);
                service.Write(session => session.Configurations.Choose(new ChosenSettings("main", null, "{}", DateTimeOffset.UnixEpoch, "ada")));
            }

            _template = NameOf(options);
        }

        return new PostgresOptions { Connection = PostgresServer.Shared.NewDatabase(_template), PasswordFile = PostgresServer.Shared.PasswordFile };
    }

    private static async Task<PostgresReportStore> FilledAsync(PostgresOptions options)
    {
        var store = PostgresReportStore.Open(options);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.AppendAsync(Reports.Make("d", i, fixS: (i, i)) with { DeviceTimeS = i }).AsTask()));
        return store;
    }

    private static string NameOf(PostgresOptions options) => new Uri(options.Connection).AbsolutePath.TrimStart('/');
}
