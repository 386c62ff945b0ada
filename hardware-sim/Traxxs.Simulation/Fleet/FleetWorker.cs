using Traxxs.Simulation.Links;

namespace Traxxs.Simulation.Fleet;

/// <summary>
/// Runs its share of a fleet on one thread: always the insole whose next event is the earliest, when real time has come to it.
/// Insoles that wait cost nothing but their place in the queue.
/// </summary>
internal sealed class FleetWorker
{
    // Longest sleep in one piece: how soon a cancellation or the end is noticed.
    private static readonly TimeSpan NapMax = TimeSpan.FromMilliseconds(50);

    // Insoles that start late or hold nothing are looked at again so soon while a fleet drains, ms of fleet time.
    private const long LookAgainMs = 500;

    private readonly PriorityQueue<FleetInsole, long> _queue = new();
    private readonly FleetClock _clock;
    private readonly long _endMs;
    private readonly TimeSpan _drainMax;

    public FleetWorker(IEnumerable<FleetInsole> insoles, FleetClock clock, long endMs, TimeSpan drainMax)
    {
        foreach (var insole in insoles) _queue.Enqueue(insole, insole.NextDueMs);
        _clock = clock;
        _endMs = endMs;
        _drainMax = drainMax;
    }

    public FleetLag Lag { get; } = new();

    /// <summary>Lives until the end, then until all is delivered or the time for that is over.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (_clock.NowMs < _endMs && _queue.TryPeek(out _, out var dueMs) && dueMs < _endMs)
        {
            if (dueMs > _clock.NowMs)
            {
                if (!_clock.WaitUntil(dueMs, NapMax, cancellation)) return;
                continue;
            }

            RunFirst(_clock.NowMs);
        }

        while (_clock.NowMs < _endMs)
        {
            if (!_clock.WaitUntil(_endMs, NapMax, cancellation)) return;
        }

        Drain(cancellation);
    }

    private void Drain(CancellationToken cancellation)
    {
        var began = _clock.Elapsed;
        var insoles = _queue.UnorderedItems.Select(item => item.Element).ToList();
        _queue.Clear();
        foreach (var insole in insoles)
        {
            if (!insole.TryFinish(_endMs)) _queue.Enqueue(insole, insole.NextDueMs);
        }

        while (_queue.Count > 0 && _clock.Elapsed - began < _drainMax)
        {
            _queue.TryPeek(out _, out var dueMs);
            if (dueMs > _clock.NowMs)
            {
                if (!_clock.WaitUntil(dueMs, NapMax, cancellation)) return;
                continue;
            }

            RunFirst(_clock.NowMs, finish: true);
        }
    }

    private void RunFirst(long nowMs, bool finish = false)
    {
        var insole = _queue.Dequeue();
        var dueMs = insole.NextDueMs;
        var steps = insole.RunTo(nowMs);
        Lag.Add(_clock.RealMs(Math.Max(0, nowMs - dueMs)), steps);
        if (finish && insole.TryFinish(_endMs)) return;
        var nextMs = insole.NextDueMs;
        if (finish) nextMs = Math.Min(nextMs, nowMs + LookAgainMs);
        if (insole.Waits) nextMs = Math.Max(nextMs, nowMs + _clock.FleetMs(RadioLink.AskAgainMs));
        _queue.Enqueue(insole, nextMs);
    }
}
