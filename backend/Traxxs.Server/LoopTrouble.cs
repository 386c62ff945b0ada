using Microsoft.Extensions.Logging;
using Traxxs.Store;

namespace Traxxs.Server;

/// <summary>
/// What keeps a background loop from its work, for health while it lasts and for the log once: whatever it is, the loop goes on and tries
/// again, since one that ended for good would do so in silence.
/// </summary>
/// <param name="log">Where it is told.</param>
/// <param name="what">What waits meanwhile, as a sentence begins: <c>notifications over mail wait</c>.</param>
internal sealed class LoopTrouble(ILogger log, string what)
{
    private volatile string? _reason;

    /// <summary>Why the work waits, for a person; null where it goes on.</summary>
    public string? Reason => _reason;

    /// <summary>It failed. Told again only where the reason is another.</summary>
    public void Failed(Exception e)
    {
        if (_reason == e.Message) return;
        _reason = e.Message;
        // A store that is away says itself what is wrong; anything else is ours, and where it was thrown says more than its words.
        if (e is StoreUnavailableException) log.LogError("{What}: {Reason}", what, e.Message);
        else log.LogError(e, "{What}: {Reason}", what, e.Message);
    }

    /// <summary>It works.</summary>
    public void Worked() => _reason = null;
}
