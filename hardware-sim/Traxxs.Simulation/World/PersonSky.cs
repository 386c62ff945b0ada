namespace Traxxs.Simulation.World;

/// <summary>The sky over a wearer: where they are, and what stands between them and the satellites there.</summary>
public sealed class PersonSky(Person person, Places places) : ISky
{
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
        };
    }

    private SkyView ViewAt(GeoPoint position)
        => places.Has(PlaceKind.Indoors, position) ? SkyView.Indoors
        : places.Has(PlaceKind.Canyon, position) || places.Has(PlaceKind.Trees, position) ? SkyView.Canyon
        : SkyView.Open;
}
