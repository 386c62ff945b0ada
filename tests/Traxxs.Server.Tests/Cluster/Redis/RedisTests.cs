using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Server.Identity;
using Traxxs.Testing.Engines;

namespace Traxxs.Server.Tests.Cluster.Redis;

/// <summary>What several instances share by a real Redis, and what becomes of it when Redis goes.</summary>
[TestClass]
public sealed class RedisTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Somewhere = IPAddress.Parse("203.0.113.7");

    private RedisEngine _redis = null!;

    [TestInitialize]
    public void Start() => _redis = RedisEngine.TryStart(out var message) ?? throw new AssertInconclusiveException(message);

    [TestCleanup]
    public void Stop() => _redis?.Dispose();

    [TestMethod]
    public async Task Guessing_at_two_instances_is_not_twice_as_fast_and_Redis_names_nobody()
    {
        await using var one = await LinkAsync();
        await using var other = await LinkAsync();
        RedisThrottle here = new(one), there = new(other);
        for (var i = 0; i < SignInThrottle.FreeFailures; i++) (i % 2 == 0 ? here : there).Failed("Anna@example.org", Somewhere, Now);
        Assert.AreEqual(TimeSpan.FromSeconds(1), here.WaitOf("anna@example.org", null, Now));
        Assert.AreEqual(TimeSpan.FromSeconds(1), there.WaitOf("anna@example.org ", null, Now));
        Assert.AreEqual(TimeSpan.FromSeconds(1), there.WaitOf(Somewhere, Now));
        Assert.AreEqual(TimeSpan.Zero, there.WaitOf("anna@example.org", Somewhere, Now + TimeSpan.FromSeconds(1)));
        here.Worked("anna@example.org");
        Assert.AreEqual(TimeSpan.Zero, there.WaitOf("anna@example.org", null, Now), "the account is free everywhere");
        Assert.AreEqual(TimeSpan.FromSeconds(1), there.WaitOf("anna@example.org", Somewhere, Now), "the address is not");
        var keys = one.Ask(redis => (string[])redis.Execute("SCAN", "0", "COUNT", "1000")[1]!, []);
        Assert.IsTrue(keys.Length > 0 && keys.All(key => !key.Contains("anna", StringComparison.OrdinalIgnoreCase) && !key.Contains("203.0", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task What_ended_is_looked_up_by_everybody_also_where_somebody_wrote_just_after()
    {
        await using var one = await LinkAsync();
        await using var other = await LinkAsync();
        RedisSignInMemory here = new(one), there = new(other);
        var signIn = new RememberedSignIn([1, 2], [3, 4], Now, Now + SignIns.Longest, new Actor(ActorKind.User, "u1", "Anna", Role.Admin, "main", "w7"));
        here.Remember("s1", signIn);
        var found = there.Find("s1")!;
        Assert.AreEqual(signIn.Actor, found.Actor);
        CollectionAssert.AreEqual(signIn.SecretHash, found.SecretHash);
        there.Forget(["s1"]);
        Assert.IsNull(here.Find("s1"));
        here.Remember("s1", signIn); // it read before it ended, and writes after
        Assert.IsNull(there.Find("s1"));

        here.Remember("s2", signIn);
        there.ForgetAllOf("u1");
        Assert.IsNull(here.Find("s2"), "whatever the user has");
        here.Remember("s3", signIn with { Actor = signIn.Actor with { Id = "u2" } });
        Assert.IsNotNull(here.Find("s3"));
        there.ForgetAllOf("main");
        Assert.IsNull(here.Find("s3"), "whatever the organisation has");
    }

    [TestMethod]
    public async Task Without_Redis_everything_goes_on_and_says_so_and_with_it_again_it_is_shared_again()
    {
        await using var link = await LinkAsync();
        await using var other = await LinkAsync();
        RedisThrottle throttle = new(link);
        _redis.Kill();
        await UntilAsync(() => link.Trouble is not null);

        for (var i = 0; i < SignInThrottle.FreeFailures; i++) throttle.Failed("anna", Somewhere, Now);
        Assert.AreEqual(TimeSpan.FromSeconds(1), throttle.WaitOf("anna", Somewhere, Now), "by what this instance saw itself");
        Assert.IsNull(new RedisSignInMemory(link).Find("s1"));

        _redis.Start();
        await UntilAsync(() => link.Trouble is null && other.Trouble is null);
        throttle.Failed("anna", Somewhere, Now);
        for (var i = 1; i < SignInThrottle.FreeFailures; i++) throttle.Failed("anna", Somewhere, Now);
        Assert.AreEqual(TimeSpan.FromSeconds(1), new RedisThrottle(other).WaitOf("anna", null, Now));
    }

    // Patient: a busy machine is no Redis that went.
    private async Task<RedisLink> LinkAsync() => await RedisLink.OpenAsync(
        new RedisOptions { Endpoints = [$"127.0.0.1:{_redis.Port}"], Password = _redis.Password, AnswerWithin = TimeSpan.FromSeconds(20) }, NullLogger.Instance);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsTrue(waited.Elapsed < TimeSpan.FromSeconds(60), "it did not come about");
            await Task.Delay(20);
        }
    }
}
