using Traxxs.Server.Alerts.Geofences;

namespace Traxxs.Server.History;

/// <summary>What counts as a stop and a trip.</summary>
public sealed record TripOptions
{
    /// <summary>A stop stays within this of its middle, m. 10..1000. Twice the error of a fix between buildings.</summary>
    public int StopRadiusM { get; init; } = 50;

    /// <summary>A stop lasts at least this, s. 60..86400. Long enough not to be a crossing's red light.</summary>
    public int StopMinS { get; init; } = 300;

    /// <summary>Fixes farther apart than this, and in other places, are two trips: what lies between is not known, s. 60..86400.</summary>
    public int GapS { get; init; } = 3600;

    /// <summary>A trip gets at least this far from where it began, m. 0..10000; less is a stop's noise.</summary>
    public int TripMinM { get; init; } = 100;
}

/// <summary>A stay in one place.</summary>
/// <param name="StartAt">Time of its first fix, s since 1970 UTC.</param>
/// <param name="EndAt">Time of its last fix, s since 1970 UTC.</param>
/// <param name="Place">Mean of its fixes.</param>
/// <param name="Fixes">Fixes it is known by.</param>
/// <param name="UnobservedS">Of its time, what lies in gaps longer than <see cref="TripOptions.GapS"/>, s.</param>
public sealed record Stop(long StartAt, long EndAt, GeoPoint Place, int Fixes, long UnobservedS);

/// <summary>A way between two stops, or between a stop and an unknown stretch.</summary>
/// <param name="Start">Its first fix.</param>
/// <param name="End">Its last fix.</param>
/// <param name="DistanceM">Along its fixes, m.</param>
/// <param name="FarthestM">Greatest distance from its start, m.</param>
/// <param name="Fixes">Its fixes.</param>
public sealed record Trip(TrackFix Start, TrackFix End, double DistanceM, double FarthestM, int Fixes);

/// <summary>Trips and stops of a time range, each in the order of time.</summary>
public sealed record Journeys(IReadOnlyList<Trip> Trips, IReadOnlyList<Stop> Stops);
