namespace Traxxs.Protocol
{
    /// <summary>Writes a <see cref="Report"/> as one frame. Holds its working memory; allocates only when constructed.</summary>
    public sealed class ReportWriter
    {
        /// <summary>Longest frame a writer produces and a reader accepts, in bytes.</summary>
        public const int FrameSizeMax = 1024;

        /// <summary>
        /// Writes the report from <paramref name="offset"/> on and returns the bytes used, or 0 where the buffer is too
        /// small or a value of the report is outside its stated range.
        /// </summary>
        public int Write(Report report, byte[] buffer, int offset)
        {
            return 0;
        }
    }
}
