namespace Traxxs.Server.History;

/// <summary>A stretch of a track that fits in memory.</summary>
/// <param name="Fixes">One fix or more, in the order of their times.</param>
/// <param name="Continues">Whether it goes on where the block before ended; otherwise a line begins anew.</param>
internal readonly record struct TrackBlock(IReadOnlyList<TrackFix> Fixes, bool Continues)
{
    /// <summary>Fixes in a block: some 300 KB, and few enough that simplifying one costs milliseconds.</summary>
    public const int FixesMax = 4096;

    /// <summary>
    /// Between fixes farther apart in time than this the track is not known, and no line is drawn, s. An insole that
    /// stands still takes no fix: half an hour is more than a pause between two walks through the same hall needs.
    /// </summary>
    public const int GapS = 1800;

    /// <summary>Cuts a track into blocks.</summary>
    public static IEnumerable<TrackBlock> Of(IEnumerable<TrackFix> fixes)
    {
        var block = new List<TrackFix>();
        var continues = false;
        foreach (var fix in fixes)
        {
            var apart = block.Count > 0 && fix.Time - block[^1].Time > GapS;
            if (apart || block.Count == FixesMax)
            {
                yield return new TrackBlock(block, continues);
                block = new List<TrackFix>();
                continues = !apart;
            }

            block.Add(fix);
        }

        if (block.Count > 0) yield return new TrackBlock(block, continues);
    }
}
