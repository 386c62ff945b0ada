using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Server.Live;
using Traxxs.Server.Tests.Live;
using Traxxs.Testing.Engines;

namespace Traxxs.Server.Tests.Cluster.Redis;

/// <summary>The log of live events on a real Redis.</summary>
[TestClass]
public sealed class RedisLiveLogTests : LiveLogContract
{
    private readonly List<RedisLink> _links = [];
    private RedisEngine _redis = null!;

    [TestInitialize]
    public void Start() => _redis = RedisEngine.TryStart(out var message) ?? throw new AssertInconclusiveException(message);

    [TestCleanup]
    public async Task StopAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
        _redis?.Dispose();
    }

    [TestMethod]
    public async Task Every_key_ends_by_itself_and_none_names_anybody()
    {
        var (log, _) = await PairAsync();
        var start = await log.ExchangeAsync(null, [], default);
        await log.ExchangeAsync(new LivePlace(start.Run, 0), [new SaidEvent("report 1", "main", "{}"u8.ToArray()) { Forgets = true }], default);
        var keys = _links[0].Ask(redis => (string[])redis.Execute("SCAN", "0", "COUNT", "1000")[1]!, []);
        Assert.HasCount(3, keys);
        foreach (var key in keys)
        {
            Assert.IsNotNull(_links[0].Ask(redis => redis.KeyTimeToLive(key), null), key);
            Assert.Contains("{live}", key, "a cluster keeps them together");
        }
    }

    [TestMethod]
    [DataRow(false, DisplayName = "with nothing")]
    [DataRow(true, DisplayName = "with what was on disk, which may lack the last second")]
    public async Task Away_it_says_so_and_back_it_has_another_numbering(bool appends)
    {
        if (appends)
        {
            _redis.Dispose();
            _redis = RedisEngine.TryStart(out _, appends: true)!;
        }

        var (log, _) = await PairAsync();
        var start = await log.ExchangeAsync(null, [], default);
        Assert.IsTrue(start.IsNew);
        await log.ExchangeAsync(new LivePlace(start.Run, 0), [new SaidEvent("report 1", "main", "{}"u8.ToArray())], default);
        await Task.Delay(appends ? 2000 : 0); // on disk by then
        _redis.Kill();
        await Assert.ThrowsExactlyAsync<LiveLogException>(() => log.ExchangeAsync(new LivePlace(start.Run, 1), [], default));
        await Assert.ThrowsExactlyAsync<LiveLogException>(() => log.BeginAnewAsync(start.Run, LivePlace.NewRun(), default));
        _redis.Start();
        var waited = Environment.TickCount64;
        while (_links[0].Trouble is not null)
        {
            Assert.IsLessThan(60_000, Environment.TickCount64 - waited, "it did not come back");
            await Task.Delay(20);
        }

        Assert.AreEqual(appends ? 3 : 0, _links[0].Ask(redis => ((string[])redis.Execute("SCAN", "0", "COUNT", "1000")[1]!).Length, -1), "what it kept");
        var back = await log.ExchangeAsync(new LivePlace(start.Run, 1), [], default);
        Assert.AreNotEqual(start.Run, back.Run);
        Assert.AreEqual(0, back.Last);
    }

    private protected override async Task<(ILiveLog A, ILiveLog B)> PairAsync() => (await OneAsync(), await OneAsync());

    // Patient: a busy machine is no Redis that went.
    private async Task<ILiveLog> OneAsync()
    {
        var link = await RedisLink.OpenAsync(
            new RedisOptions { Endpoints = [$"127.0.0.1:{_redis.Port}"], Password = _redis.Password, AnswerWithin = TimeSpan.FromSeconds(20) }, NullLogger.Instance);
        _links.Add(link);
        return new RedisLiveLog(link);
    }
}
