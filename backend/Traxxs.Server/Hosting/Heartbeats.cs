using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Store;

namespace Traxxs.Server.Hosting;

/// <summary>What the heart beats for, each by itself: whatever fails in one has its turn again at the next beat, and costs the others nothing.</summary>
internal sealed class Heartbeats(ILogger log)
{
    private readonly ConcurrentDictionary<string, LoopTrouble> _troubles = new(StringComparer.Ordinal);

    /// <summary>What fails at each beat, for a person; null where nothing does. A store that is away is told elsewhere.</summary>
    public string? Trouble => _troubles.OrderBy(one => one.Key, StringComparer.Ordinal).FirstOrDefault(one => one.Value.Reason is not null) is { Value: { } trouble } first
        ? $"{first.Key}: {trouble.Reason}"
        : null;

    /// <summary>Does one thing; whatever it throws is told and ends here.</summary>
    public void Do(string what, Action act)
    {
        var trouble = _troubles.GetOrAdd(what, name => new LoopTrouble(log, $"the heartbeat of {name} fails"));
        try
        {
            act();
            trouble.Worked();
        }
        catch (StoreUnavailableException e)
        {
            log.LogDebug("the heartbeat of {What} passed over something: {Reason}", what, e.Message);
        }
        catch (Exception e)
        {
            trouble.Failed(e);
        }
    }
}
