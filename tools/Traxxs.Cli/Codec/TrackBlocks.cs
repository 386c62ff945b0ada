using Traxxs.Cli.Tracks;

namespace Traxxs.Cli.Codec;

/// <summary>Cuts a track into what a device would put into one report each.</summary>
internal static class TrackBlocks
{
    /// <summary>A longer silence in a recording starts a new piece: the logger was off or indoors.</summary>
    public const int GapMaxS = 300;

    /// <summary>Stands for every mode.</summary>
    public const string AnyMode = "any";

    /// <summary>
    /// Blocks of exactly <paramref name="blockSize"/> points of one piece, thinned; what is left of a piece is dropped.
    /// </summary>
    public static IEnumerable<TrackPoint[]> Full(Track track, int blockSize, int minIntervalS, string mode) =>
        Pieces(track, mode).SelectMany(piece => Thin(piece, minIntervalS).Chunk(blockSize)).Where(block => block.Length == blockSize);

    /// <summary>
    /// The stretches of a track without a gap over <see cref="GapMaxS"/> and without a change of mode, in the wanted mode.
    /// A recording that never states a mode is taken whole.
    /// </summary>
    public static IEnumerable<List<TrackPoint>> Pieces(Track track, string mode)
    {
        var piece = new List<TrackPoint>();
        foreach (var point in track.Points)
        {
            if (piece.Count > 0 && (point.Mode != piece[^1].Mode || (long)point.TimeS - piece[^1].TimeS > GapMaxS))
            {
                if (IsWanted(piece[0].Mode, mode)) yield return piece;
                piece = [];
            }

            piece.Add(point);
        }

        if (piece.Count > 0 && IsWanted(piece[0].Mode, mode)) yield return piece;
    }

    /// <summary>Keeps a point that comes <paramref name="minIntervalS"/> or more after the last one kept; 0 keeps all.</summary>
    public static IEnumerable<TrackPoint> Thin(IEnumerable<TrackPoint> points, int minIntervalS)
    {
        long? keptS = null;
        foreach (var point in points)
        {
            if (minIntervalS > 0 && point.TimeS - keptS < minIntervalS) continue;
            keptS = point.TimeS;
            yield return point;
        }
    }

    private static bool IsWanted(string? mode, string wanted) => mode is null || wanted == AnyMode || mode == wanted;
}
