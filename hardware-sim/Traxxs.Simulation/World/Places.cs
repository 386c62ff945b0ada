namespace Traxxs.Simulation.World;

/// <summary>All places of a world.</summary>
public sealed class Places(IReadOnlyList<Place> places)
{
    /// <summary>A world under open sky with a network everywhere.</summary>
    public static Places None { get; } = new([]);

    /// <summary>The places.</summary>
    public IReadOnlyList<Place> All { get; } = places;

    /// <summary>Whether a wearer is where there is no network.</summary>
    internal bool CutsOff(Person wearer, long timeMs)
    {
        if (All.Count == 0) return false;
        var position = wearer.PositionAt(timeMs);
        return Has(PlaceKind.DeadZone, position) || Has(PlaceKind.Garage, position);
    }

    /// <summary>Whether a place of a kind holds the point.</summary>
    public bool Has(PlaceKind kind, GeoPoint point)
    {
        foreach (var place in All)
        {
            if (place.Kind == kind && place.Contains(point)) return true;
        }

        return false;
    }
}
