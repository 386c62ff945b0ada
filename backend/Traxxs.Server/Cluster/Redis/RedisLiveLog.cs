using System.Globalization;
using StackExchange.Redis;
using Traxxs.Server.Live;

namespace Traxxs.Server.Cluster.Redis;

/// <summary>
/// The last live events in Redis, for all instances. Three keys, which a cluster keeps together: the head (numbering, last
/// number), the events as a stream, and the keys of what was said. Each step is one script, so that nobody sees half of one.
/// </summary>
public sealed class RedisLiveLog : ILiveLog
{
    /// <summary>Keys of said events that are remembered: as many as a process may be behind at its channel, and more.</summary>
    public const int SaidMax = 16_384;

    /// <summary>Events read in one step behind a place.</summary>
    public const int PageMax = 512;

    // Where people walk is not kept for longer than a watcher may be away; that something was numbered is, so that quiet is no loss.
    private static readonly TimeSpan EventsKept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan HeadKept = TimeSpan.FromDays(1);

    private readonly RedisLink _link;
    private readonly RedisKey[] _keys;
    private readonly string _bell;
    private volatile bool _hears;

    /// <summary>A log over a link, which it does not own.</summary>
    public RedisLiveLog(RedisLink link)
    {
        _link = link;
        _keys = [link.Key("live", "{live}:head"), link.Key("live", "{live}:events"), link.Key("live", "{live}:said")];
        _bell = link.Key("live", "{live}:bell").ToString();
    }

    /// <inheritdoc/>
    public event Action? Rung;

    /// <inheritdoc/>
    public async Task<LivePage> ExchangeAsync(LivePlace? place, IReadOnlyList<SaidEvent> events, CancellationToken cancellationToken)
    {
        var own = LivePlace.NewRun();
        List<RedisValue> values =
        [
            own, place?.Run ?? "", place?.Number ?? -1, place is null ? LiveFeed.KeptMax : PageMax, LiveFeed.KeptMax, SaidMax,
            (long)EventsKept.TotalMilliseconds, (long)HeadKept.TotalMilliseconds, _bell,
        ];
        foreach (var said in events) values.AddRange([said.Key, said.Org ?? "", said.Body, said.Forgets ? 1 : 0, said.Position ?? 0]);
        return await AskAsync(async redis =>
        {
            await HearAsync();
            return Read((RedisResult[])(await redis.ScriptEvaluateAsync(RedisLiveScripts.Exchange, _keys, [.. values]))!, own);
        });
    }

    /// <inheritdoc/>
    public async Task<bool> BeginAnewAsync(string run, string next, CancellationToken cancellationToken) =>
        (int)await AskAsync(redis => redis.ScriptEvaluateAsync(RedisLiveScripts.BeginAnew, _keys, [run, next, (long)HeadKept.TotalMilliseconds, _bell])) == 1;

    private async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> question)
    {
        try
        {
            return await _link.AskAsync(question);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new LiveLogException(e.Message, e);
        }
    }

    private async Task HearAsync()
    {
        if (_hears) return;
        await _link.HearAsync(_bell, () => Rung?.Invoke());
        _hears = true; // what subscribed once subscribes again after each loss
    }

    private static LivePage Read(RedisResult[] answer, string own)
    {
        var run = (string)answer[0]!;
        var position = (long)answer[2];
        return new LivePage(run, (long)answer[1], [.. ((RedisResult[])answer[3]!).Select(ReadEvent)])
        {
            Position = position > 0 ? position : null, IsNew = run == own,
        };
    }

    // [id, [name, value, …]]: names are ours and always the same.
    private static LoggedEvent ReadEvent(RedisResult entry)
    {
        var (id, fields) = ((string)entry[0]!, entry[1]);
        var number = long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
        var org = (string)fields[3]!;
        return new LoggedEvent(number, new SaidEvent((string)fields[1]!, org.Length == 0 ? null : org, (byte[])fields[5]!) { Forgets = (string)fields[7]! == "1" });
    }
}
