namespace Traxxs.Simulation.World;

/// <summary>
/// A place on the map in degrees WGS84. All arithmetic here is IEEE addition, multiplication, division and square root,
/// which give the same bits on every machine; the library's sine and cosine do not promise that.
/// </summary>
/// <param name="Latitude">Degrees, -90..90.</param>
/// <param name="Longitude">Degrees, -180..180.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude)
{
    /// <summary>Metres in one degree of latitude on a sphere of 6371008.8 m (IUGG mean radius).</summary>
    public const double MetresPerDegree = 111195.0797343687;

    private const double RadiansPerDegree = 0.017453292519943295;

    /// <summary>1e-7 degrees, as receivers count.</summary>
    public int LatitudeE7 => ToE7(Latitude);

    /// <summary>1e-7 degrees, as receivers count.</summary>
    public int LongitudeE7 => ToE7(Longitude);

    /// <summary>Metres to another point near by (tens of kilometres), on the plane that touches at the mean latitude.</summary>
    public double DistanceTo(GeoPoint other)
    {
        var (east, north) = MetresTo(other);
        return Math.Sqrt(east * east + north * north);
    }

    /// <summary>Metres east and north to another point near by.</summary>
    public (double East, double North) MetresTo(GeoPoint other)
    {
        var cos = Cos((Latitude + other.Latitude) / 2);
        return ((other.Longitude - Longitude) * MetresPerDegree * cos, (other.Latitude - Latitude) * MetresPerDegree);
    }

    /// <summary>The point some metres east and north.</summary>
    public GeoPoint Move(double east, double north)
        => new(Latitude + north / MetresPerDegree, Longitude + east / (MetresPerDegree * Cos(Latitude)));

    /// <summary>The point a share of the way to another.</summary>
    public GeoPoint Towards(GeoPoint other, double share)
        => new(Latitude + (other.Latitude - Latitude) * share, Longitude + (other.Longitude - Longitude) * share);

    /// <summary>Metres to the nearest point of the straight line from one point to another near by.</summary>
    public double DistanceToLine(GeoPoint from, GeoPoint to)
    {
        var (x, y) = from.MetresTo(to);
        var (px, py) = from.MetresTo(this);
        var length = x * x + y * y;
        var share = length == 0 ? 0 : Math.Clamp((px * x + py * y) / length, 0, 1);
        var (dx, dy) = (px - share * x, py - share * y);
        return Math.Sqrt(dx * dx + dy * dy);
    }

    /// <summary>Heading of a way east and north, degrees clockwise from north, 0..360. Off by at most 0.001 degrees.</summary>
    public static double HeadingDeg(double east, double north)
    {
        var (x, y) = (Math.Abs(east), Math.Abs(north));
        if (x + y == 0) return 0;
        var z = Math.Min(x, y) / Math.Max(x, y);
        var square = z * z; // arctangent: Abramowitz and Stegun 4.4.49
        var angle = z * (0.9998660 + square * (-0.3302995 + square * (0.1801410 + square * (-0.0851330 + square * 0.0208351)))) / RadiansPerDegree;
        if (x > y) angle = 90 - angle;
        if (north < 0) angle = 180 - angle;
        return east < 0 ? 360 - angle : angle;
    }

    // Taylor series of the cosine to x^14: below 1e-9 off up to 90 degrees.
    internal static double Cos(double degrees)
    {
        var x = degrees * RadiansPerDegree;
        var square = x * x;
        double term = 1, sum = 1;
        for (var n = 1; n <= 7; n++)
        {
            term *= -square / ((2 * n - 1) * (2 * n));
            sum += term;
        }

        return Math.Max(sum, 1e-6);
    }

    private static int ToE7(double degrees) => (int)Math.Floor(degrees * 1e7 + 0.5);
}
