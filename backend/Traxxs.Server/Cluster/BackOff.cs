namespace Traxxs.Server.Cluster;

/// <summary>
/// How long to wait before the next try at something that is not there: from half a second, doubling, to some seconds, for
/// ever. Each wait is drawn from half to the whole, so that many who lost the same thing do not come back at once.
/// </summary>
/// <param name="longest">Longest wait; null for the usual.</param>
internal sealed class BackOff(TimeSpan? longest = null)
{
    /// <summary>First wait.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait: what came back is found soon, and a dozen processes that ask every few seconds cost nothing.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    private TimeSpan _next = First;

    /// <summary>Tries that failed since it last worked.</summary>
    public int Failures { get; private set; }

    /// <summary>The wait after another failure.</summary>
    public TimeSpan Failed()
    {
        Failures++;
        var wait = _next;
        _next = _next * 2 < (longest ?? Longest) ? _next * 2 : longest ?? Longest;
        return wait * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>It works: the next failure waits shortly again.</summary>
    public void Worked() => (_next, Failures) = (First, 0);
}
