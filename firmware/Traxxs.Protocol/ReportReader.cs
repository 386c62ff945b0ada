namespace Traxxs.Protocol
{
    /// <summary>Reads one frame into a <see cref="Report"/>. Holds its working memory; allocates only when constructed.</summary>
    public sealed class ReportReader
    {
        /// <summary>
        /// Reads exactly the frame of <paramref name="count"/> bytes at <paramref name="offset"/>. On anything but
        /// <see cref="DecodeResult.Ok"/> the report is empty.
        /// </summary>
        public DecodeResult Read(byte[] buffer, int offset, int count, Report report)
        {
            return DecodeResult.TooShort;
        }
    }
}
