namespace Traxxs.Core.Ports
{
    /// <summary>
    /// Flash as the firmware sees it: a fixed number of segments that are appended to and erased whole, in any order.
    /// On the board each is a littlefs file, whose append is whole after a power cut or missing, but the firmware does
    /// not rely on it: every record it writes has its own check.
    /// </summary>
    public interface ISegmentStorage
    {
        /// <summary>Number of segments, at least 2.</summary>
        int SegmentCount { get; }

        /// <summary>Most bytes a segment holds.</summary>
        int SegmentSizeMax { get; }

        /// <summary>Bytes a segment holds now; 0 where erased; -1 where it cannot be read.</summary>
        int LengthOf(int segment);

        /// <summary>Reads exactly <paramref name="count"/> bytes of a segment. False: not there, or the storage refused.</summary>
        bool TryRead(int segment, int position, byte[] buffer, int offset, int count);

        /// <summary>Appends bytes and returns when they are on flash. False: full or refused; part of them may have been written.</summary>
        bool TryAppend(int segment, byte[] buffer, int offset, int count);

        /// <summary>Empties a segment. False: refused; the segment is as it was or empty.</summary>
        bool TryErase(int segment);
    }
}
