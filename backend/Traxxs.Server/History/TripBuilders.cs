using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.History;

/// <summary>A trip while it lasts.</summary>
internal sealed class TripBuilder(TrackFix first)
{
    private readonly TrackFix _start = first;
    private double _distanceM;

    public TrackFix Last { get; private set; } = first;

    public int Fixes { get; private set; }

    public double FarthestM { get; private set; }

    public void Add(TrackFix fix)
    {
        _distanceM += Last.MetresTo(fix);
        FarthestM = Math.Max(FarthestM, _start.MetresTo(fix));
        Last = fix;
        Fixes++;
    }

    public Trip Build() => new(_start, Last, Math.Round(_distanceM, 1), Math.Round(FarthestM, 1), Fixes);
}

/// <summary>A stop while it lasts: the mean of its fixes, as a plane around the first.</summary>
internal sealed class StopBuilder(TrackFix start)
{
    private readonly TrackFix _first = start;
    private double _latitude, _longitude; // sums of differences to the first fix, degrees
    private int _fixes = 1;
    private long _unobservedS;

    public TrackFix Last { get; private set; } = start;

    private GeoPoint Middle => new(_first.Latitude + (_latitude / _fixes), _first.Longitude + (_longitude / _fixes));

    public bool Holds(TrackFix fix, int radiusM) => fix.MetresTo(Middle) <= Math.Max(radiusM, Math.Min(fix.AccuracyM ?? 0, 4 * radiusM));

    public void Add(TrackFix fix, int gapS)
    {
        if (fix.Time - Last.Time > gapS) _unobservedS += fix.Time - Last.Time;
        _latitude += fix.Latitude - _first.Latitude;
        _longitude += fix.Longitude - _first.Longitude;
        _fixes++;
        Last = fix;
    }

    public Stop Build() => new(_first.Time, Last.Time, new GeoPoint(Math.Round(Middle.Latitude, 5), Math.Round(Middle.Longitude, 5)), _fixes, _unobservedS);

    public static double MetresBetween(Stop a, Stop b)
    {
        var (east, north) = GeofenceShape.Plane(a.Place, b.Place.Latitude, b.Place.Longitude);
        return Math.Sqrt((east * east) + (north * north));
    }

    public static Stop Join(Stop a, Stop b, int gapS)
    {
        var share = b.Fixes / (double)(a.Fixes + b.Fixes);
        var place = new GeoPoint(
            Math.Round(a.Place.Latitude + ((b.Place.Latitude - a.Place.Latitude) * share), 5),
            Math.Round(a.Place.Longitude + ((b.Place.Longitude - a.Place.Longitude) * share), 5));
        var between = b.StartAt - a.EndAt > gapS ? b.StartAt - a.EndAt : 0;
        return new Stop(a.StartAt, b.EndAt, place, a.Fixes + b.Fixes, a.UnobservedS + b.UnobservedS + between);
    }
}
