namespace Traxxs.Simulation.World;

/// <summary>The sky over a wearer: where they are, and what stands between them and the satellites there.</summary>
public sealed class PersonSky(Person person, Places places) : ISky
{
    /// <summary>Distance from a wall beyond which it no longer matters, m: a wall of 15 m hides what is below 30 degrees from there.</summary>
    public const double WallReachM = 25;

    /// <inheritdoc/>
    public void At(long timeMs, out SkyState state)
    {
        var position = person.PositionAt(timeMs);
        var before = person.PositionAt(Math.Max(0, timeMs - 1000));
        var (east, north) = before.MetresTo(position);
        state = new SkyState
        {
            LatitudeDeg = position.Latitude,
            LongitudeDeg = position.Longitude,
            SpeedMS = Math.Sqrt(east * east + north * north),
            HeadingDeg = GeoPoint.HeadingDeg(east, north),
            View = ViewAt(position),
            Reflections = ReflectionsAt(position),
        };
    }

    private SkyView ViewAt(GeoPoint position)
        => places.Has(PlaceKind.Garage, position) ? SkyView.None
        : places.Has(PlaceKind.Indoors, position) ? SkyView.Indoors
        : places.Has(PlaceKind.Canyon, position) ? SkyView.Canyon
        : places.Has(PlaceKind.Trees, position) ? SkyView.Trees
        : SkyView.Open;

    private double ReflectionsAt(GeoPoint position)
    {
        var nearest = WallReachM;
        foreach (var place in places.All)
        {
            if (place.Kind is PlaceKind.Indoors or PlaceKind.Garage) nearest = Math.Min(nearest, place.DistanceToEdge(position));
        }

        return 1 - nearest / WallReachM;
    }
}
