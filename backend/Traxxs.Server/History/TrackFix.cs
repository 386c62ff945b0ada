using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.History;

/// <summary>One fix of a track, with the report it came in.</summary>
/// <param name="DeviceId">The device that took it.</param>
/// <param name="Time">Fix time, s since 1970 UTC.</param>
/// <param name="Latitude">Degrees, a multiple of 1e-5.</param>
/// <param name="Longitude">Degrees, a multiple of 1e-5.</param>
/// <param name="AccuracyM">Upper bound of the horizontal accuracy, m; null where not reported.</param>
/// <param name="Epoch">Numbering of the report.</param>
/// <param name="Sequence">Number of the report.</param>
public readonly record struct TrackFix(string DeviceId, long Time, double Latitude, double Longitude, int? AccuracyM, int Epoch, long Sequence)
{
    /// <summary>Its place.</summary>
    public GeoPoint Place => new(Latitude, Longitude);

    /// <summary>Metres to another fix, on a plane through this one: good to a percent over what a person travels between two fixes.</summary>
    public double MetresTo(TrackFix other) => MetresTo(other.Place);

    /// <summary>Metres to a place.</summary>
    public double MetresTo(GeoPoint place)
    {
        var (east, north) = GeofenceShape.Plane(Place, place.Latitude, place.Longitude);
        return Math.Sqrt((east * east) + (north * north));
    }
}
