using System.Globalization;
using StackExchange.Redis;
using Traxxs.Server.Live;

namespace Traxxs.Server.Cluster.Redis;

/// <summary>The last live events as a stream of Redis: its ids are its clock's milliseconds and a number, the same for everybody.</summary>
public sealed class RedisLiveLog(RedisLink link) : ILiveLog
{
    // What was added within this time before an event may reach an instance after it.
    private const long OvertakenMs = 5000;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly RedisKey _key = link.Key("live", "events");

    /// <inheritdoc/>
    public string? Add(string? org, byte[] body) => link.Ask(redis =>
    {
        var id = redis.StreamAdd(_key, [new("org", org ?? ""), new("body", body)], maxLength: LiveFeed.KeptMax, useApproximateMaxLength: true);
        redis.KeyExpire(_key, Kept, flags: CommandFlags.FireAndForget);
        return (string?)id;
    }, null);

    /// <inheritdoc/>
    public IReadOnlyList<LoggedEvent>? After(string id, int limit)
    {
        if (!TryTime(id, out var ms)) return null;
        return link.Ask(redis =>
        {
            // The id itself must still be there: else something behind it may be gone as well.
            if (redis.StreamRange(_key, id, id, 1).Length == 0) return null;
            var entries = redis.StreamRange(_key, Math.Max(0, ms - OvertakenMs), "+", limit + 1);
            return entries.Length > limit ? null : entries.Where(entry => entry.Id != id).Select(Read).ToList();
        }, null);
    }

    /// <inheritdoc/>
    public void Clear() => link.Tell(redis => redis.KeyDelete(_key));

    private static LoggedEvent Read(StreamEntry entry)
    {
        var org = (string?)entry["org"];
        return new LoggedEvent(entry.Id.ToString(), string.IsNullOrEmpty(org) ? null : org, (byte[])entry["body"]!);
    }

    private static bool TryTime(string id, out long ms)
    {
        ms = 0;
        var parts = id.Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ms)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
