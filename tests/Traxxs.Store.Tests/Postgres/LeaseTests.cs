using Traxxs.Store.Postgres;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

[TestClass]
public sealed class LeaseTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public async Task One_has_it_and_the_next_when_it_is_given_back()
    {
        var options = PostgresFixture.NewDatabase();
        await using var here = PostgresLeases.Open(options, TimeProvider.System);
        await using var there = PostgresLeases.Open(options, TimeProvider.System);
        var lease = await here.TryAcquireAsync("rules");
        Assert.IsTrue(lease!.IsHeld);
        Assert.IsNull(await there.TryAcquireAsync("rules"));
        Assert.IsNull(await here.TryAcquireAsync("rules"), "not even in the same process");
        await using (var other = await there.TryAcquireAsync("outbox")) Assert.IsNotNull(other);
        var reasons = new List<string>();
        var waiting = there.AcquireAsync("rules", reasons.Add, TestContext.CancellationToken);
        await Eventually.True(() => reasons.Count > 0);
        StringAssert.Contains(reasons[0], "rules");
        await lease.DisposeAsync();
        Assert.IsFalse(lease.IsHeld);
        await using var next = await waiting;
        Assert.IsTrue(next.IsHeld);
    }

    [TestMethod]
    public async Task Who_holds_it_hears_that_its_connection_went_and_another_has_it_then()
    {
        var options = PostgresFixture.NewDatabase();
        await using var here = PostgresLeases.Open(options, TimeProvider.System);
        await using var there = PostgresLeases.Open(options, TimeProvider.System);
        await using var lease = (await here.TryAcquireAsync("rules"))!;
        var lost = new TaskCompletionSource();
        lease.Lost.Register(lost.SetResult);
        var database = new Uri(options.Connection).AbsolutePath.TrimStart('/');
        PostgresServer.Shared.Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name = 'traxxs lease'");
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.CancellationToken);
        Assert.IsFalse(lease.IsHeld);
        await using var next = await there.AcquireAsync("rules", null, TestContext.CancellationToken);
        Assert.IsTrue(next.IsHeld);
    }

    [TestMethod]
    public async Task While_the_server_is_away_the_wait_goes_on_and_says_why()
    {
        var options = PostgresFixture.NewDatabase();
        await using var leases = PostgresLeases.Open(options with { Connection = "postgres://traxxs@127.0.0.1:1/none" }, TimeProvider.System);
        await Assert.ThrowsExactlyAsync<StoreUnavailableException>(() => leases.TryAcquireAsync("rules"));
        using var stop = new CancellationTokenSource();
        var reasons = new List<string>();
        var waiting = leases.AcquireAsync("rules", reasons.Add, stop.Token);
        await Eventually.True(() => reasons.Count > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
    }
}
