using Traxxs.Server.Hosting;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>A process that is stopped says so.</summary>
[TestClass]
public sealed class LeavingTests
{
    [TestMethod]
    public async Task The_last_listener_that_is_stopped_counts_as_gone_without_being_waited_for()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        bench.Machine = new SlowTime();
        await bench.StartAsync("rules", ServerRoles.Rules);
        await bench.StartAsync("listener", ServerRoles.Listener);
        await ClusterBench.UntilAsync(() => bench["rules"].WhyDeaf is null, "devices are heard");
        await bench.StopAsync("listener");
        await ClusterBench.UntilAsync(() => bench["rules"].WhyDeaf is not null, "nobody hears them");
    }

    /// <summary>A machine on which the ten seconds after which a silent process counts as gone are most of an hour.</summary>
    private sealed class SlowTime : TimeProvider
    {
        public override long GetTimestamp() => System.GetTimestamp() / 300;
    }
}
