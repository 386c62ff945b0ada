using Traxxs.Server.Hosting;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Who watches a server of several processes, through the loss of each of them and of Redis, under traffic.</summary>
[TestClass]
public sealed class ClusterLiveTests
{
    private const ServerRoles Front = ServerRoles.Api | ServerRoles.Live;
    private const ServerRoles Back = ServerRoles.Listener | ServerRoles.Rules | ServerRoles.Notifications;
    private const int Hops = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Watchers_that_change_instances_are_told_every_event_once_in_order_and_never_read_the_state_anew()
    {
        await using var bench = await StartAsync();
        await using var steady = bench.Watch("front-1", "front-2");
        await using var restless = bench.Watch("front-1", "front-2");
        await using var opposite = bench.Watch("front-2", "front-1");
        ClusterWatcher[] all = [steady, restless, opposite];
        await ClusterBench.UntilAsync(() => all.All(watcher => watcher.Visits == 1), "all watch");
        bench.Send(8, callEvery: 20, Pause);
        for (var hop = 0; hop < Hops; hop++)
        {
            await HeardMoreAsync(all);
            restless.Change();
            opposite.Change();
        }

        // Each front goes and comes back in turn: who was there goes on at the other, also at one that has just begun.
        foreach (var front in (string[])["front-1", "front-2"])
        {
            await bench.StopAsync(front);
            await HeardMoreAsync(all);
            await bench.StartAsync(front, Front);
            restless.Change();
            await HeardMoreAsync(all);
            await ClusterBench.UntilAsync(() => bench.IsWholeAsync(front), $"{front} knows that it misses nothing");
        }

        await bench.StopSendingAsync();
        var (reports, calls) = await bench.KeptAsync();
        var accepted = bench.Devices.SelectMany(device => device.Accepted.Select(number => (device.Id, (long)number))).ToHashSet();
        foreach (var watcher in all)
        {
            await ClusterBench.UntilAsync(() => accepted.IsSubsetOf(ReportsOf(watcher)), "every report was told");
            await ClusterBench.UntilAsync(() => watcher.All.Count(told => told.Type == "notification") >= calls, "every call for help was told");
            Assert.AreEqual(0, watcher.Resets, "nobody read the state anew");
            watcher.AssertNothingLostOrDoubled();
            var told = ReportsOf(watcher).ToList();
            Assert.HasCount(told.Distinct().Count(), told, "no report is told twice");
        }

        TestContext.WriteLine($"{reports} reports, {calls} calls, {restless.All.Count} events, {restless.Visits} and {opposite.Visits} visits: each event once, in order, no state read anew");
    }

    [TestMethod]
    public async Task Without_Redis_watchers_are_told_all_the_same_and_with_it_again_they_may_change_again()
    {
        await using var bench = await StartAsync();
        await using var one = bench.Watch("front-1", "front-2");
        await using var other = bench.Watch("front-2", "front-1");
        ClusterWatcher[] all = [one, other];
        await ClusterBench.UntilAsync(() => all.All(watcher => watcher.Visits == 1), "both watch");
        bench.Send(6, callEvery: 20, Pause);
        for (var turn = 1; turn <= 2; turn++)
        {
            await HeardMoreAsync(all);
            bench.Redis.Kill();
            await ClusterBench.UntilAsync(async () => !await bench.IsWholeAsync("front-1") && !await bench.IsWholeAsync("front-2"), "both notice");
            await HeardMoreAsync(all);
            one.Change(); // to a front that numbers for itself: it reads the state anew
            await HeardMoreAsync(all);
            bench.Redis.Start();
            await ClusterBench.UntilAsync(async () => await bench.IsWholeAsync("front-1") && await bench.IsWholeAsync("front-2"), "both share again");
            await HeardMoreAsync(all);
            var resets = all.Select(watcher => watcher.Resets).ToArray();
            foreach (var watcher in all) watcher.Change();
            await HeardMoreAsync(all);
            CollectionAssert.AreEqual(resets, all.Select(watcher => watcher.Resets).ToArray(), "who changes now goes on");
        }

        await bench.StopSendingAsync();
        var (reports, calls) = await bench.KeptAsync();
        var accepted = bench.Devices.SelectMany(device => device.Accepted.Select(number => (device.Id, (long)number))).ToHashSet();
        foreach (var watcher in all)
        {
            watcher.AssertNothingLostOrDoubled();
            await ClusterBench.UntilAsync(() => bench.Devices.TrueForAll(device => ReportsOf(watcher).Contains((device.Id, device.Accepted.Max()))), "the last word of each device was told");
            TestContext.WriteLine($"{ReportsOf(watcher).Intersect(accepted).Count()} of {accepted.Count} reports told, {watcher.Resets} times read anew");
        }

        TestContext.WriteLine($"{reports} reports, {calls} calls for help, none lost, none doubled");
    }

    private static async Task<ClusterBench> StartAsync()
    {
        var bench = await ClusterBench.OpenAsync();
        await bench.StartAsync("back", Back);
        await bench.StartAsync("front-1", Front);
        await bench.StartAsync("front-2", Front);
        foreach (var name in (string[])["back", "front-1", "front-2"]) await ClusterBench.UntilAsync(() => bench.IsReadyAsync(name), $"{name} is ready");
        foreach (var name in (string[])["front-1", "front-2"]) await ClusterBench.UntilAsync(() => bench.IsWholeAsync(name), $"{name} shares its numbering");
        return bench;
    }

    private static IEnumerable<(string, long)> ReportsOf(ClusterWatcher watcher) => watcher.All.Where(told => told.Report is not null).Select(told => told.Report!.Value);

    private static async Task HeardMoreAsync(IEnumerable<ClusterWatcher> watchers)
    {
        foreach (var watcher in watchers)
        {
            var before = watcher.All.Count;
            await ClusterBench.UntilAsync(() => watcher.All.Count > before + 50, "a watcher hears more");
        }
    }
}
