using System.Text.Json;
using StackExchange.Redis;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Cluster.Redis;

/// <summary>
/// Sign-ins that all API and live instances remember together; the database stays the truth. What ended is marked for longer
/// than anything is remembered, so that an instance that read just before and writes just after does not bring it back.
/// Where the one that ends a sign-in cannot reach Redis and others can, it works for them for a minute at most.
/// </summary>
public sealed class RedisSignInMemory(RedisLink link) : ISignInMemory
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Marked = TimeSpan.FromSeconds(150);

    /// <inheritdoc/>
    public RememberedSignIn? Find(string id) => link.Ask(redis =>
    {
        var text = (byte[]?)redis.StringGet(KeyOf(id));
        if (text is null || JsonSerializer.Deserialize<RememberedSignIn>(text) is not { } found) return null;
        return redis.KeyExists([MarkOf(id), MarkOf(found.Actor.Id), MarkOf(found.Actor.Org)]) == 0 ? found : null;
    }, null);

    /// <inheritdoc/>
    public void Remember(string id, RememberedSignIn signIn) =>
        link.Tell(redis => redis.StringSet(KeyOf(id), JsonSerializer.SerializeToUtf8Bytes(signIn), Remembered));

    /// <inheritdoc/>
    public void Forget(IEnumerable<string> ids)
    {
        foreach (var id in ids) ForgetAllOf(id);
    }

    /// <inheritdoc/>
    public void ForgetAllOf(string id) => link.Tell(redis => redis.StringSet(MarkOf(id), "", Marked));

    private RedisKey KeyOf(string id) => link.Key("sign-in", id);

    private RedisKey MarkOf(string id) => link.Key("ended", id);
}
