using Traxxs.Cli.Codec;
using Traxxs.Cli.Tracks;

namespace Traxxs.Cli.Tests.Codec;

[TestClass]
public class CodecMeasurementTests
{
    [TestMethod]
    public void A_piece_ends_at_a_gap_and_at_a_change_of_mode_and_only_full_blocks_count()
    {
        // 10 s apart: 25 points of walk, a gap of 301 s, 7 of walk, 10 of bus, 8 of walk.
        var points = new List<TrackPoint>();
        uint timeS = 1000;
        void Add(int count, string mode)
        {
            for (var i = 0; i < count; i++, timeS += 10) points.Add(new TrackPoint(timeS, 4_783_000 + points.Count, 1_302_000, mode));
        }

        Add(25, "walk");
        timeS += 291;
        Add(7, "walk");
        Add(10, "bus");
        Add(8, "walk");
        var track = new Track("t", "t.csv", points);

        CollectionAssert.AreEqual(new[] { 25, 7, 8 }, TrackBlocks.Pieces(track, "walk").Select(p => p.Count).ToArray());
        CollectionAssert.AreEqual(new[] { 25, 7, 10, 8 }, TrackBlocks.Pieces(track, TrackBlocks.AnyMode).Select(p => p.Count).ToArray());
        // Thinned to 30 s the pieces have 9, 3 and 3 points.
        Assert.AreEqual(2 + 0 + 0, TrackBlocks.Full(track, 4, 30, "walk").Count());
        Assert.AreEqual(4 + 1 + 1, TrackBlocks.Full(track, 2, 30, "walk").Count());
        Assert.AreEqual(1090u, TrackBlocks.Full(track, 2, 30, "walk").ElementAt(1)[1].TimeS);
    }

    [TestMethod]
    public void The_known_formats_are_written_as_their_descriptions_say()
    {
        var block = new[] { new TrackPoint(100, 200_000, 100_000, null), new TrackPoint(130, 199_999, 100_002, null) };
        // type 2 with precision 5, extended dimensions, M; 2 points; 100000, 200000, 100; then +2, -1, +30, zig-zag
        Assert.AreEqual("a2080202c09a0c80b518c80104013c", Convert.ToHexStringLower(KnownFormats.Twkb(block)));
        Assert.AreEqual("0280b518c09a0cc80101043c", Convert.ToHexStringLower(KnownFormats.Varint(block)));
        Assert.AreEqual("400d0300a0860100640000003f0d0300a286010082000000", Convert.ToHexStringLower(KnownFormats.Fixed12(block)));
        Assert.AreEqual(
            """{"_type":"location","lat":2,"lon":1,"tst":100}{"_type":"location","lat":1.99999,"lon":1.00002,"tst":130}""",
            System.Text.Encoding.UTF8.GetString(KnownFormats.OwnTracksJson(block)));
        // 8 + 32 + 25 + 26 bits, three parameters of 4 bits, one number each of 2, 4 and 7 bits at its best parameter
        Assert.HasCount((91 + 12 + 2 + 4 + 7 + 7) / 8, KnownFormats.Rice(block));
    }

    [TestMethod]
    public void A_measured_track_counts_its_fixes_and_beats_the_known_formats()
    {
        var points = Enumerable.Range(0, 45).Select(i => new TrackPoint(1_790_000_000u + (uint)i * 30, 4_783_000 + i * 30, 1_302_000 + i * i % 7, null));
        var measurement = new CodecMeasurement(20, 30, "walk");
        measurement.Add(new Track("t", "t.gpx", [.. points]));
        Assert.AreEqual(2, measurement.Reports);
        Assert.AreEqual(40, measurement.Fixes);
        Assert.AreEqual(1, measurement.Tracks);
        Assert.IsLessThan(measurement.BytesPerFixFull, measurement.BytesPerFix);
        Assert.IsTrue(measurement.Formats.Values.All(bytes => bytes > measurement.BytesPerFix));
        Assert.AreEqual(12, measurement.Formats["fixed12"]);
    }

    [TestMethod]
    public void Hexadecimal_may_be_spaced_and_commented_and_anything_else_is_named()
    {
        CollectionAssert.AreEqual(new byte[] { 0x1c, 0x3f, 0x9d }, HexInput.Read(["1c 3F", "9d"]));
        CollectionAssert.AreEqual(new byte[] { 0x1c, 0x3f }, HexInput.Read(["# a walk\n1c:3f\n"]));
        Assert.ThrowsExactly<HexInputException>(() => HexInput.Read(["1c3"]));
        Assert.ThrowsExactly<HexInputException>(() => HexInput.Read([""]));
        Assert.Contains("absent.hex", Assert.ThrowsExactly<HexInputException>(() => HexInput.Read(["@absent.hex"])).Message);
    }
}
