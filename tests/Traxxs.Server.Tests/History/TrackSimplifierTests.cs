using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.History;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.History;

[TestClass]
public sealed class TrackSimplifierTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(8)]
    [DataRow(14)]
    [DataRow(17)]
    [DataRow(22)]
    public void No_fix_left_out_is_farther_from_the_drawn_line_than_the_stated_error(int zoom)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var track = Tracks.Wander(seed, 9000).ToList();
            AssertErrorWithin(TrackSimplifier.ErrorMaxM(zoom), track, TrackSimplifier.At(zoom, TrackBlock.Of(track)).SelectMany(block => block.Fixes).ToList());
        }
    }

    [TestMethod]
    public void Recorded_walks_lose_most_fixes_and_none_by_more_than_the_stated_error()
    {
        foreach (var (name, track) in Tracks.Recorded(12))
        {
            var drawn = TrackSimplifier.At(15, TrackBlock.Of(track)).SelectMany(block => block.Fixes).ToList();
            Assert.IsLessThan(track.Count, drawn.Count * 2, name);
            AssertErrorWithin(TrackSimplifier.ErrorMaxM(15), track, drawn);
        }
    }

    [TestMethod]
    public void A_corner_stays_and_a_straight_goes()
    {
        List<TrackFix> track = [.. Enumerable.Range(0, 50).Select(i => Tracks.At(i * 10, i * 10)), .. Enumerable.Range(1, 50).Select(i => Tracks.At(500 + (i * 10), 490, i * 10))];
        var kept = TrackSimplifier.Simplify(track, 3);
        CollectionAssert.AreEqual(new[] { track[0], track[49], track[^1] }, kept.ToArray());
    }

    [TestMethod]
    public void A_stretch_nobody_knows_of_is_never_drawn_through()
    {
        List<TrackFix> track = [Tracks.At(0, 0), Tracks.At(60, 50), Tracks.At(61 + TrackBlock.GapS, 60), Tracks.At(100 + TrackBlock.GapS, 100)];
        var blocks = TrackBlock.Of(track).ToList();
        Assert.HasCount(2, blocks);
        Assert.IsFalse(blocks[1].Continues);
        Assert.IsTrue(TrackBlock.Of(Tracks.Wander(1, TrackBlock.FixesMax + 1)).Last().Continues);
    }

    [TestMethod]
    public void Across_the_antimeridian_the_shorter_way_counts()
    {
        List<TrackFix> track = [.. Enumerable.Range(0, 21).Select(i => new TrackFix("d", i, 0, Wrapped(179.99 + (i * 0.001)), null, 1, 1))];
        Assert.HasCount(2, TrackSimplifier.Simplify(track, 2));

        static double Wrapped(double longitude) => Math.Round(longitude > 180 ? longitude - 360 : longitude, 5);
    }

    private static void AssertErrorWithin(double errorM, List<TrackFix> track, List<TrackFix> drawn)
    {
        Assert.AreEqual(track[0], drawn[0]);
        Assert.AreEqual(track[^1], drawn[^1]);
        var line = 0;
        foreach (var fix in track)
        {
            while (line + 1 < drawn.Count - 1 && drawn[line + 1].Time <= fix.Time) line++;
            var (a, b) = (drawn[line], drawn[Math.Min(line + 1, drawn.Count - 1)]);
            if (b.Time - a.Time > TrackBlock.GapS) continue;
            // Through the plane at the line itself: the simplifier's own plane is elsewhere, so this is another reckoning.
            var squared = TrackSimplifier.SquaredDistance(PlaneAt(a, fix), (0, 0), PlaneAt(a, b));
            Assert.IsLessThanOrEqualTo((errorM * 1.01) + 0.01, Math.Sqrt(squared), $"{fix} from {a} to {b}");
        }

        static (double East, double North) PlaneAt(TrackFix origin, TrackFix fix) => GeofenceShape.Plane(origin.Place, fix.Latitude, fix.Longitude);
    }
}
