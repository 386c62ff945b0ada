using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Identity;

/// <summary>What no organisation keeps any longer goes by partition where the store has them.</summary>
[TestClass]
public sealed class PartitionRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public async Task What_a_backup_reads_is_let_go_row_by_row_and_said_once_and_the_rest_goes_on()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        using var folder = new TemporaryFolder();
        using var database = ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        var options = new PostgresOptions { Connection = PostgresServer.Shared.NewDatabase(), PasswordFile = PostgresServer.Shared.PasswordFile, Partition = PartitionSpan.Day, RecentMax = 0 };
        await using var store = PostgresReportStore.Open(options);
        database.Write(session =>
        {
            foreach (var organisation in session.Organisations.List()) session.Organisations.Put(organisation with { Settings = new OrganisationSettings { RetentionDays = 30 } });
            session.Devices.Put(new DeviceIdentity("insole-1", "main", null, [1], [1], Now, null));
        });
        foreach (var day in new[] { 50, 10 })
            await store.AppendAsync(new ReportRecord("insole-1", 1, 100 - day, Now.AddDays(-day).ToUnixTimeMilliseconds(), null, null, null, 0, new byte[] { 1 }));
        var (clock, log) = (new ManualClock(), new Warnings());
        await using var retention = new RetentionWorker(database, store, new WearerEraser(database, store, clock, NullLogger.Instance), clock, log);

        await using (var backup = await ConnectAsync(options))
        await using (var transaction = await backup.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM report", backup, transaction);
            Assert.AreEqual(2L, await command.ExecuteScalarAsync());
            await retention.SweepAsync(Now, CancellationToken.None);
            await retention.SweepAsync(Now, CancellationToken.None);
            Assert.AreEqual(10, (Now - DateTimeOffset.FromUnixTimeMilliseconds(store.ReadAfter(0, 10).Single().Report.ServerTimeMs)).Days, "no row is kept too long");
            StringAssert.Contains(log.Said.Single(), "retention leaves report_2026");
        }

        await retention.SweepAsync(Now, CancellationToken.None);
        Assert.IsNull(store.DropBefore(Now.AddDays(-30).ToUnixTimeMilliseconds()).Held);
        Assert.HasCount(1, log.Said);
    }

    [TestMethod]
    public async Task Partitions_go_when_even_the_organisation_that_keeps_longest_need_not_keep_them()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        using var folder = new TemporaryFolder();
        using var database = ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        await using var store = PostgresReportStore.Open(new PostgresOptions
        {
            Connection = PostgresServer.Shared.NewDatabase(), PasswordFile = PostgresServer.Shared.PasswordFile, Partition = PartitionSpan.Day, RecentMax = 0,
        });
        database.Write(session => session.Devices.Put(new DeviceIdentity("insole-1", "main", null, [1], [1], Now, null)));
        for (var day = 100; day >= 0; day -= 10)
            await store.AppendAsync(new ReportRecord(day % 20 == 0 ? "insole-1" : "nobody's", 1, 100 - day, Now.AddDays(-day).ToUnixTimeMilliseconds(), null, null, null, 0, new byte[] { 1 }));
        var clock = new ManualClock();
        var eraser = new WearerEraser(database, store, clock, NullLogger.Instance);
        await using var retention = new RetentionWorker(database, store, eraser, clock, NullLogger.Instance);

        await SweepAsync(main: 30, other: null);
        Assert.AreEqual("90 70 50 30 20 10 0", Left(), "one keeps for ever: what is the other's goes report by report");
        await SweepAsync(main: 30, other: 75);
        Assert.AreEqual("70 50 30 20 10 0", Left(), "the days before go whole, also what is nobody's");

        async Task SweepAsync(int main, int? other)
        {
            database.Write(session =>
            {
                session.Organisations.Put(new Organisation("main", "Main", Now, null, new OrganisationSettings { RetentionDays = main }));
                session.Organisations.Put(new Organisation("other", "Other", Now, null, new OrganisationSettings { RetentionDays = other }));
            });
            await retention.SweepAsync(Now, CancellationToken.None);
        }

        string Left() => string.Join(' ', store.ReadAfter(0, 100).Select(stored => 100 - stored.Report.Sequence));
    }

    private static async Task<NpgsqlConnection> ConnectAsync(PostgresOptions options)
    {
        var address = new Uri(options.Connection);
        var connection = new NpgsqlConnection($"Host={address.Host};Port={address.Port};Username={address.UserInfo};Database={address.AbsolutePath.TrimStart('/')};Password={await File.ReadAllTextAsync(options.PasswordFile!)};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private sealed class Warnings : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Said.Add(formatter(state, exception));
        }
    }
}
