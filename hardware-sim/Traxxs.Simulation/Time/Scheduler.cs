namespace Traxxs.Simulation.Time;

/// <summary>
/// Discrete events in simulated time. Events of one millisecond run in the order they were scheduled, so a run depends
/// on nothing but its seed.
/// </summary>
public sealed class Scheduler(VirtualClock clock)
{
    private readonly PriorityQueue<Event, (long TimeMs, long Order)> _queue = new();
    private long _order;

    /// <summary>The clock these events move.</summary>
    public VirtualClock Clock { get; } = clock;

    /// <summary>Events run so far.</summary>
    public long EventsRun { get; private set; }

    /// <summary>Schedules an action; one in the past runs now. The handle takes it back.</summary>
    public Event At(long timeMs, Action action)
    {
        var scheduled = new Event(Math.Max(timeMs, Clock.NowMs), action);
        _queue.Enqueue(scheduled, (scheduled.TimeMs, _order++));
        return scheduled;
    }

    /// <summary>Schedules an action a while from now.</summary>
    public Event After(long delayMs, Action action) => At(Clock.NowMs + delayMs, action);

    /// <summary>When the next event is due; <see cref="long.MaxValue"/> where there is none.</summary>
    public long NextDueMs
    {
        get
        {
            while (_queue.TryPeek(out var next, out _))
            {
                if (!next.Cancelled) return next.TimeMs;
                _queue.Dequeue();
            }

            return long.MaxValue;
        }
    }

    /// <summary>Runs the next event if it is due by then. False: nothing is.</summary>
    public bool TryRunNext(long untilMs)
    {
        if (NextDueMs > untilMs) return false;
        var next = _queue.Dequeue();
        Clock.AdvanceTo(next.TimeMs);
        EventsRun++;
        next.Action();
        return true;
    }

    /// <summary>Runs all events up to and including a time; the clock stands at that time afterwards.</summary>
    public void RunUntil(long timeMs)
    {
        while (TryRunNext(timeMs))
        {
        }

        Clock.AdvanceTo(timeMs);
    }

    /// <summary>A scheduled action.</summary>
    public sealed class Event(long timeMs, Action action)
    {
        /// <summary>When it is due.</summary>
        public long TimeMs { get; } = timeMs;

        internal Action Action { get; } = action;

        internal bool Cancelled { get; private set; }

        /// <summary>Takes the event back; does nothing where it has run.</summary>
        public void Cancel() => Cancelled = true;
    }
}
