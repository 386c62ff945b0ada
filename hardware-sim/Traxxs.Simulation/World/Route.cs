namespace Traxxs.Simulation.World;

/// <summary>What a walker does at the last way-point.</summary>
public enum RouteEnd
{
    /// <summary>Stays there, stepping on the spot.</summary>
    Stop,

    /// <summary>Turns and walks back.</summary>
    TurnBack,

    /// <summary>Goes on to the first way-point.</summary>
    Loop,
}

/// <summary>Way-points joined by straight lines; a position is asked for by the distance walked.</summary>
public sealed class Route
{
    private readonly GeoPoint[] _points;
    private readonly double[] _distanceM;
    private readonly RouteEnd _end;

    /// <summary>Joins at least one way-point.</summary>
    public Route(IReadOnlyList<GeoPoint> points, RouteEnd end = RouteEnd.Stop)
    {
        if (points.Count == 0) throw new ArgumentException("a route needs at least one way-point", nameof(points));
        _points = end == RouteEnd.Loop && points.Count > 1 ? [.. points, points[0]] : [.. points];
        _distanceM = new double[_points.Length];
        for (var i = 1; i < _points.Length; i++) _distanceM[i] = _distanceM[i - 1] + _points[i - 1].DistanceTo(_points[i]);
        _end = end;
    }

    /// <summary>Metres from the first way-point to the last (round to the first again for a loop).</summary>
    public double LengthM => _distanceM[^1];

    /// <summary>The way-points, the first repeated at the end of a loop.</summary>
    public IReadOnlyList<GeoPoint> Points => _points;

    /// <summary>Where one is after walking so many metres.</summary>
    public GeoPoint PositionAt(double walkedM)
    {
        var along = AlongM(walkedM);
        var index = Array.BinarySearch(_distanceM, along);
        if (index >= 0) return _points[index];
        index = ~index;
        if (index == 0) return _points[0];
        if (index == _points.Length) return _points[^1];
        var share = (along - _distanceM[index - 1]) / (_distanceM[index] - _distanceM[index - 1]);
        return _points[index - 1].Towards(_points[index], share);
    }

    private double AlongM(double walkedM)
    {
        if (LengthM <= 0) return 0;
        switch (_end)
        {
            case RouteEnd.Loop:
                return walkedM - Math.Floor(walkedM / LengthM) * LengthM;
            case RouteEnd.TurnBack:
                var folded = walkedM - Math.Floor(walkedM / (2 * LengthM)) * 2 * LengthM;
                return folded <= LengthM ? folded : 2 * LengthM - folded;
            default:
                return Math.Min(walkedM, LengthM);
        }
    }
}
