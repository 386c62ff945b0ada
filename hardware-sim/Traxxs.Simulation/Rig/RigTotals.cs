using Traxxs.Core;

namespace Traxxs.Simulation.Rig;

/// <summary>
/// What the firmware's runs so far have counted, for the time when none runs. The counters start anew with each run, but go on
/// where a run takes up what a deep sleep left.
/// </summary>
internal sealed class RigTotals
{
    private (int Dropped, int Corrupted, int Searches) _ended;
    private (int Dropped, int Corrupted, int Searches) _asleep;

    public int Dropped => _ended.Dropped + _asleep.Dropped;

    public int Corrupted => _ended.Corrupted + _asleep.Corrupted;

    public int Searches => _ended.Searches + _asleep.Searches;

    /// <summary>Steps at the end of the last run; a total of the firmware's own.</summary>
    public long StepsTotal { get; private set; }

    /// <summary>Reports that waited at the end of the last run.</summary>
    public int Waiting { get; private set; }

    /// <summary>A run is over; one that sleeps may go on.</summary>
    public void Add(Tracker tracker, bool sleeps)
    {
        _asleep = (tracker.Queue.Dropped, tracker.Queue.Corrupted, tracker.Scheduler.Searches);
        StepsTotal = tracker.StepsTotal;
        Waiting = tracker.Queue.Count;
        if (!sleeps) Begin(goesOn: false);
    }

    /// <summary>The next run begins; <paramref name="goesOn"/> where it counts on from the last.</summary>
    public void Begin(bool goesOn)
    {
        if (!goesOn) _ended = (Dropped, Corrupted, Searches);
        _asleep = default;
    }
}
