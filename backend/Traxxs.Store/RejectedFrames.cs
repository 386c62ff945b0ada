namespace Traxxs.Store;

/// <summary>How much of refused frames is kept: enough to see what went wrong, never enough to fill a disk.</summary>
public static class RejectedFrames
{
    /// <summary>Refused frames kept; the oldest make room.</summary>
    public const int CountMax = 10_000;

    /// <summary>Bytes kept of each: twice the longest valid frame.</summary>
    public const int SizeMax = 2048;

    /// <summary>The part of a frame that is kept.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> payload) => payload.Length <= SizeMax ? payload : payload[..SizeMax];
}
