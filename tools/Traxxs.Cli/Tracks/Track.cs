namespace Traxxs.Cli.Tracks;

/// <summary>One recorded position: seconds since 1970-01-01 UTC and 1e-5 degrees, as the wire carries them.</summary>
/// <param name="Mode">What the recording says the wearer was doing; empty where it says nothing, null where it never does.</param>
internal readonly record struct TrackPoint(uint TimeS, int LatitudeE5, int LongitudeE5, string? Mode);

/// <summary>Recorded positions in the order of the file. A GPX file has one track for each of its segments.</summary>
internal sealed record Track(string Name, string File, IReadOnlyList<TrackPoint> Points);

/// <summary>A track file that cannot be read: the message names the file, the line and what to do.</summary>
internal sealed class TrackFileException(string message) : Exception(message);
