using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

[TestClass]
public sealed class SegmentTests
{
    [TestMethod]
    public void A_segment_takes_reports_until_four_of_its_kind_fill_a_page()
    {
        var segment = new SegmentBuilder();
        while (segment.Fits(20)) segment.Add(1, Reports.Make("d", segment.Count, fixS: (1_700_000_000, 1_700_000_000)), 77);
        Assert.IsGreaterThan(20, segment.Count);
        Assert.IsLessThanOrEqualTo(SegmentBuilder.SizeMax, segment.Bytes.Length);
        var reader = new SegmentReader(segment.Bytes);
        Assert.AreEqual(77, reader.ReportsBefore);
        Assert.IsTrue(reader.TryReadAt(segment.Count - 1, out var last));
        Assert.AreEqual(segment.Count - 1, last.Sequence);
        Assert.IsFalse(new SegmentReader(segment.Bytes).TryReadAt(segment.Count, out _));
    }

    [TestMethod]
    public void A_segment_cut_anywhere_is_named_corrupt_and_never_read_beyond()
    {
        var segment = new SegmentBuilder();
        for (var i = 0; i < 5; i++) segment.Add(300, Reports.Make("d", i * 1000, fixS: (5, 6)), 0);
        var whole = segment.Bytes.ToArray();
        var named = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            try
            {
                var reader = new SegmentReader(whole.AsSpan(0, length));
                while (reader.TryRead(out _))
                {
                }
            }
            catch (StoreCorruptException)
            {
                named++;
            }
        }

        // Only a cut between two entries, of which there are five behind the head, looks whole.
        Assert.AreEqual(whole.Length - 5, named);
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(-1L)]
    [DataRow(long.MaxValue)]
    [DataRow(long.MinValue)]
    public void Numbers_survive_their_variable_length_form(long value)
    {
        var buffer = new byte[Varint.SizeMax];
        var used = Varint.WriteSigned(buffer, value);
        ReadOnlySpan<byte> source = buffer.AsSpan(0, used);
        Assert.AreEqual(value, Varint.ReadSigned(ref source));
        Assert.AreEqual(0, source.Length);
    }
}
