using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Work that one process at a time does.</summary>
[TestClass]
public sealed class LeasedTests
{
    private readonly Leases _leases = new();
    private int _begun, _running;

    [TestMethod]
    public async Task The_second_stands_by_until_the_first_ends_and_never_both_work()
    {
        await using var first = Make();
        await first.StartAsync(default);
        await using var second = Make();
        await second.StartAsync(default);
        Assert.IsNotNull(first.Current);
        Assert.IsNull(first.Idle);
        Assert.IsNull(second.Current);
        Assert.AreEqual(Leased<Work>.Standby, second.Idle);
        await first.DisposeAsync();
        await UntilAsync(() => second.Current is not null);
        Assert.AreEqual((2, 1), (_begun, _running));
    }

    [TestMethod]
    public async Task A_lost_lease_ends_the_work_and_the_next_begins_it_anew()
    {
        await using var one = Make();
        await one.StartAsync(default);
        var before = one.Current;
        _leases.Lose();
        await UntilAsync(() => one.Current is not null && !ReferenceEquals(one.Current, before));
        Assert.AreEqual((2, 1), (_begun, _running));
    }

    [TestMethod]
    public async Task Work_that_says_it_is_over_ends_and_begins_anew_and_never_twice_at_once()
    {
        await using var one = new Leased<Work>("work", _leases, () => new Work(this), TimeProvider.System, NullLogger.Instance, work => work.Over.Token);
        await one.StartAsync(default);
        for (var times = 1; times <= 3; times++)
        {
            var before = one.Current!;
            await before.Over.CancelAsync();
            await UntilAsync(() => one.Current is not null && !ReferenceEquals(one.Current, before));
            Assert.AreEqual((times + 1, 1, (long)times), (_begun, _running, one.BegunAnew));
        }
    }

    [TestMethod]
    public async Task While_nobody_can_say_who_has_the_lease_it_waits_and_says_why()
    {
        await using var one = Make();
        await one.StartAsync(default);
        _leases.Trouble = "the database is away";
        _leases.Lose();
        await UntilAsync(() => one.Idle == "the database is away");
        Assert.AreEqual(0, _running);
        _leases.Trouble = null;
        await UntilAsync(() => one.Current is not null);
    }

    private Leased<Work> Make() => new("work", _leases, () => new Work(this), TimeProvider.System, NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> wanted)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(120_000L, Environment.TickCount64 - started, "never");
            await Task.Delay(5);
        }
    }

    private sealed class Work : IAsyncDisposable
    {
        private readonly LeasedTests _test;

        public CancellationTokenSource Over { get; } = new();

        public Work(LeasedTests test)
        {
            _test = test;
            Interlocked.Increment(ref test._begun);
            Assert.AreEqual(1, Interlocked.Increment(ref test._running), "two work at once");
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref _test._running);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Leases : IRoleLeases
    {
        private Held? _held;

        public string? Trouble { get; set; }

        public ValueTask<IRoleLease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
        {
            if (Trouble is { } why) throw new StoreUnavailableException(why);
            return ValueTask.FromResult<IRoleLease?>(Interlocked.CompareExchange(ref _held, new Held(this), null) is null ? _held : null);
        }

        public void Lose() => _held?.Lose();

        private sealed class Held(Leases leases) : IRoleLease
        {
            private readonly CancellationTokenSource _lost = new();

            public CancellationToken Lost => _lost.Token;

            public void Lose() => _lost.Cancel();

            public ValueTask DisposeAsync()
            {
                Interlocked.CompareExchange(ref leases._held, null, this);
                return ValueTask.CompletedTask;
            }
        }
    }
}
