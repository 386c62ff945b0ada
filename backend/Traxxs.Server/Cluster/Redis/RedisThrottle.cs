using System.Net;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Cluster.Redis;

/// <summary>
/// The throttle that all instances share, so that guessing at two of them is not twice as fast. Keys are hashes: who reads
/// Redis learns nobody's address. While Redis is away each instance slows by what it saw itself.
/// </summary>
public sealed class RedisThrottle(RedisLink link) : ISignInThrottle
{
    // Failures in a row and when the last one was, ms since 1970; forgotten as a whole.
    private const string CountOne =
        """
        local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
        redis.call('HSET', KEYS[1], 'last', ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return failures
        """;

    private readonly SignInThrottle _own = new();

    /// <inheritdoc/>
    public TimeSpan WaitOf(string account, IPAddress? address, DateTimeOffset now) =>
        Max(_own.WaitOf(account, address, now), Max(SharedWait(SignInThrottle.AccountKey(account), now), SharedWait(SignInThrottle.AddressKey(address), now)));

    /// <inheritdoc/>
    public TimeSpan WaitOf(IPAddress? address, DateTimeOffset now) =>
        Max(_own.WaitOf(address, now), SharedWait(SignInThrottle.AddressKey(address), now));

    /// <inheritdoc/>
    public void Failed(IPAddress? address, DateTimeOffset now)
    {
        _own.Failed(address, now);
        Count(SignInThrottle.AddressKey(address), now);
    }

    /// <inheritdoc/>
    public void Failed(string account, IPAddress? address, DateTimeOffset now)
    {
        _own.Failed(account, address, now);
        Count(SignInThrottle.AccountKey(account), now);
        Count(SignInThrottle.AddressKey(address), now);
    }

    /// <inheritdoc/>
    public void Worked(string account)
    {
        _own.Worked(account);
        link.Tell(redis => redis.KeyDelete(KeyOf(SignInThrottle.AccountKey(account))));
    }

    private TimeSpan SharedWait(string name, DateTimeOffset now) => link.Ask(redis =>
    {
        var known = redis.HashGet(KeyOf(name), ["failures", "last"]);
        if (!known[0].TryParse(out int failures) || !known[1].TryParse(out long lastMs)) return TimeSpan.Zero;
        var until = DateTimeOffset.FromUnixTimeMilliseconds(lastMs) + SignInThrottle.WaitAfter(failures);
        return until > now ? until - now : TimeSpan.Zero;
    }, TimeSpan.Zero);

    private void Count(string name, DateTimeOffset now) => link.Tell(redis => redis.ScriptEvaluate(
        CountOne, [KeyOf(name)], [now.ToUnixTimeMilliseconds(), (long)SignInThrottle.Forgotten.TotalMilliseconds]));

    private RedisKey KeyOf(string name) => link.Key("throttle", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
