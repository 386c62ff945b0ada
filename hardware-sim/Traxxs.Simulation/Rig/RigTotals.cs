using Traxxs.Core;

namespace Traxxs.Simulation.Rig;

/// <summary>What the firmware's runs so far have counted, for the time when none runs: the counters start anew with each.</summary>
internal sealed class RigTotals
{
    public int Dropped { get; private set; }

    public int Corrupted { get; private set; }

    public int Searches { get; private set; }

    /// <summary>Steps at the end of the last run; a total of the firmware's own.</summary>
    public long StepsTotal { get; private set; }

    /// <summary>Reports that waited at the end of the last run.</summary>
    public int Waiting { get; private set; }

    /// <summary>A run is over.</summary>
    public void Add(Tracker tracker)
    {
        Dropped += tracker.DroppedReports;
        Corrupted += tracker.CorruptedReports;
        Searches += tracker.Searches;
        StepsTotal = tracker.StepsTotal;
        Waiting = tracker.QueueCount;
    }
}
