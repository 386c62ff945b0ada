using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>The server is killed and comes again.</summary>
[TestClass]
public sealed class ServerLossTests
{
    private static PostgresServer? _server;

    [ClassInitialize]
    public static void Start(TestContext context) => _server = PostgresServer.Missing is null ? PostgresServer.Begin() : null;

    [ClassCleanup]
    public static void Stop() => _server?.Dispose();

    [TestInitialize]
    public void Require()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
    }

    [TestMethod]
    public async Task Killed_under_load_it_has_what_was_acknowledged_once_and_the_store_goes_on_by_itself()
    {
        var server = _server!;
        await using var store = PostgresReportStore.Open(PostgresFixture.Of(server) with { Heartbeat = TimeSpan.FromMilliseconds(100) });
        var acknowledged = new List<(long Sequence, long Position)>();
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => SendAsync(store, acknowledged, stop.Token));

        for (var kill = 0; kill < 2; kill++)
        {
            var before = Count(acknowledged);
            await Eventually.True(() => Count(acknowledged) > before + 100);
            server.Kill();
            await Eventually.True(() => !store.Health.Available);
            Assert.IsNotNull(store.Health.Reason);
            server.Start();
            await Eventually.True(() => store.Health.Available);
        }

        await stop.CancelAsync();
        await sending;
        var stored = store.ReadAfter(0, int.MaxValue);
        Assert.HasCount(acknowledged.Count, stored, "what was not acknowledged was sent until it was");
        foreach (var (sequence, position) in acknowledged) Assert.AreEqual(position, store.ReadBySequence("d", 3, sequence, 1).Single().Position);
        Assert.AreEqual(stored.Count, store.Count());
    }

    [TestMethod]
    public async Task While_it_is_away_health_tells_without_traffic_and_reads_say_so()
    {
        var server = _server!;
        await using var store = PostgresReportStore.Open(PostgresFixture.Of(server) with { Heartbeat = TimeSpan.FromMilliseconds(50), RecentMax = 0, GroupMax = 2 });
        var result = await store.AppendAsync(Reports.Make("d", 1));
        Assert.AreEqual(result.Position, store.LastPosition);
        server.Kill();
        await Eventually.True(() => !store.Health.Available);
        Assert.ThrowsExactly<StoreUnavailableException>(() => store.ReadAfter(0, 1));
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () => await store.AppendAsync(Reports.Make("d", 2)));
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(async () => await store.EraseAsync(new ReportErasure("d"), null, 10));
        // More than one group at once, an erasure among them: each waiter is told.
        var waiting = Enumerable.Range(3, 7).Select(i => i == 6 ? store.EraseAsync(new ReportErasure("d"), null, 10).AsTask() : (Task)store.AppendAsync(Reports.Make("d", i)).AsTask()).ToList();
        foreach (var task in waiting) await Assert.ThrowsExactlyAsync<StoreUnavailableException>(() => task);
        Assert.AreEqual((result.Position, 1L), (store.LastPosition, store.Count()), "as it was known last");
        server.Start();
        await Eventually.True(() => store.Health.Available);
        Assert.HasCount(1, store.ReadAfter(0, 10));
    }

    [TestMethod]
    public void The_service_database_goes_on_with_a_new_connection_and_has_what_it_had()
    {
        var server = _server!;
        using var database = ServiceDatabase.OpenPostgres(PostgresFixture.Of(server));
        database.Write(session => session.Rules.Cursor = 5);
        server.Kill();
        Assert.ThrowsExactly<StoreUnavailableException>(() => database.Write(session => session.Rules.Cursor = 6));
        Assert.ThrowsExactly<StoreUnavailableException>(() => database.Read(session => session.Rules.Cursor));
        Assert.ThrowsExactly<StoreUnavailableException>(() => database.ForeignVersion());
        Assert.IsNotNull(database.LastError);
        server.Start();
        database.Probe();
        Assert.IsNull(database.LastError);
        Assert.AreEqual(5, database.Read(session => session.Rules.Cursor));

        // Restarted between two writes, nobody need hear of it.
        server.Kill();
        server.Start();
        database.Write(session => session.Rules.Cursor = 7);
        Assert.AreEqual(7, database.Read(session => session.Rules.Cursor));
    }

    // Sends one report after the other, each until it is acknowledged: as a device does.
    private static async Task SendAsync(PostgresReportStore store, List<(long, long)> acknowledged, CancellationToken stop)
    {
        for (long sequence = 0; !stop.IsCancellationRequested;)
        {
            try
            {
                var result = await store.AppendAsync(Reports.Make("d", sequence));
                lock (acknowledged) acknowledged.Add((sequence++, result.Position));
            }
            catch (StoreUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    private static int Count(List<(long, long)> acknowledged)
    {
        lock (acknowledged) return acknowledged.Count;
    }
}
