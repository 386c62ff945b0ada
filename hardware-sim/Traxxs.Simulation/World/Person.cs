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

    /// <summary>Where they are.</summary>
    public GeoPoint PositionAt(long timeMs) => Route.PositionAt(Timeline.WalkedMAt(timeMs));
}
