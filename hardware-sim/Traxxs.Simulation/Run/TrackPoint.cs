using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Run;

/// <summary>One fix of a stored track.</summary>
/// <param name="TimeMs">Its own time, ms of the run.</param>
/// <param name="Point">Where.</param>
public readonly record struct TrackPoint(long TimeMs, GeoPoint Point);
