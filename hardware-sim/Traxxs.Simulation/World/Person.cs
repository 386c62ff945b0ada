namespace Traxxs.Simulation.World;

/// <summary>A wearer: what they do, and where their route leads them.</summary>
public sealed class Person(string name, Route route, Timeline timeline)
{
    /// <summary>Name, for reports.</summary>
    public string Name { get; } = name;

    /// <summary>Where they go.</summary>
    public Route Route { get; } = route;

    /// <summary>What they do.</summary>
    public Timeline Timeline { get; } = timeline;

    /// <summary>A recording by which the foot moves for a while, whatever the day says; null for none.</summary>
    public RecordedMotion? Recording { get; init; }

    /// <summary>When it begins, ms.</summary>
    public long RecordingFromMs { get; init; }

    /// <summary>The same person from a time of their day on, which becomes its beginning.</summary>
    public Person From(long timeMs) => new(Name, Route, Timeline.From(timeMs)) { Recording = Recording, RecordingFromMs = RecordingFromMs - timeMs };

    /// <summary>Where they are.</summary>
    public GeoPoint PositionAt(long timeMs) => Route.PositionAt(Timeline.WalkedMAt(timeMs));
}
