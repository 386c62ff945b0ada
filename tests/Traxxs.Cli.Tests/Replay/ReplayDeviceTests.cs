using Traxxs.Cli.Replay;
using Traxxs.Cli.Tracks;
using Traxxs.Protocol;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Tests.Replay;

[TestClass]
public sealed class ReplayDeviceTests
{
    [TestMethod]
    [DataRow("/some/folder/u010_2008.csv.gz", "replay-u010_2008")]
    [DataRow("Morning walk (2).GPX", "replay-Morning-walk--2-")]
    [DataRow("Spaziergang über.csv", "replay-Spaziergang--ber")]
    public void The_device_id_comes_from_the_file_s_name_and_is_valid_in_topics(string file, string expected)
    {
        Assert.AreEqual(expected, ReplayDevice.IdOf(file));
        Assert.IsTrue(DeviceId.IsValid(ReplayDevice.IdOf(file)));
    }

    [TestMethod]
    public void Tracks_of_one_name_become_devices_apart_also_where_the_name_is_long()
    {
        var name = new string('x', 100) + ".gpx";
        var devices = ReplayDevice.Make([Track("a.csv", 1), Track("b/a.csv", 1), Track(name, 1), Track(name, 1)], 20, 0);
        CollectionAssert.AreEqual(new[] { "replay-a", "replay-a-2" }, devices.Take(2).Select(device => device.Id).ToArray());
        Assert.AreEqual(4, devices.Select(device => device.Id).Distinct().Count());
        Assert.IsTrue(devices.All(device => DeviceId.IsValid(device.Id)));
    }

    [TestMethod]
    public void Every_point_is_in_a_report_in_order_and_the_last_report_is_short()
    {
        var track = Track("a.csv", 45);
        var device = ReplayDevice.Make([track], 20, 0).Single();
        Assert.HasCount(3, device.Reports);
        var (report, reader, points) = (new Report(), new ReportReader(), new List<TrackPoint>());
        for (var i = 0; i < device.Reports.Count; i++)
        {
            var frame = device.Reports[i].Frame;
            Assert.AreEqual(DecodeResult.Ok, reader.Read(frame, 0, frame.Length, report));
            Assert.AreEqual((device.Epoch, (uint)i), (report.Epoch, report.Sequence));
            for (var j = 0; j < report.FixCount; j++) points.Add(new TrackPoint(report.FixTimeS[j], report.LatitudeE5[j], report.LongitudeE5[j], null));
        }

        CollectionAssert.AreEqual(track.Points.ToList(), points);
    }

    [TestMethod]
    public void The_same_replay_has_the_same_numbers_and_other_blocks_another_numbering()
    {
        var (first, again, other) = (Make(20, 0), Make(20, 0), Make(10, 0));
        Assert.AreEqual(first.Epoch, again.Epoch);
        CollectionAssert.AreEqual(first.Reports[1].Frame, again.Reports[1].Frame);
        Assert.AreNotEqual(first.Epoch, other.Epoch);
        Assert.AreNotEqual(first.Epoch, Make(20, 30).Epoch);

        static ReplayDevice Make(int block, int minIntervalS) => ReplayDevice.Make([Track("a.csv", 45)], block, minIntervalS).Single();
    }

    [TestMethod]
    public void Fixes_that_follow_too_soon_are_left_out()
    {
        var device = ReplayDevice.Make([Track("a.csv", 10)], 20, 25).Single();
        CollectionAssert.AreEqual(new uint[] { 1000, 1030, 1060, 1090 }, device.Points.Select(point => point.TimeS).ToArray());
    }

    [TestMethod]
    public void The_comparison_finds_what_is_missing_doubled_changed_or_of_another_second()
    {
        var device = ReplayDevice.Make([Track("a.csv", 20)], 10, 0).Single();
        var good = device.Points.Select((point, i) => new ApiPosition(point.TimeS, point.LatitudeE5, point.LongitudeE5, device.Epoch, i / 10)).ToList();
        Assert.AreEqual(new ReplayCheckResult(2, 20, 0), ReplayCheck.Compare(device, good));
        Assert.AreEqual(1, ReplayCheck.Compare(device, good.Skip(1)).Mismatches);
        Assert.AreEqual(1, ReplayCheck.Compare(device, good.Append(good[3])).Mismatches);
        Assert.AreEqual(2, ReplayCheck.Compare(device, good.Skip(1).Append(good[0] with { LongitudeE5 = good[0].LongitudeE5 + 1 })).Mismatches);
        Assert.AreEqual(2, ReplayCheck.Compare(device, good.Skip(1).Append(good[0] with { TimeS = good[0].TimeS + 1 })).Mismatches);
        Assert.AreEqual(0, ReplayCheck.Compare(device, good.Append(good[0] with { Epoch = device.Epoch + 1 })).Mismatches);
    }

    private static Track Track(string file, int points) =>
        new(file, file, Enumerable.Range(0, points).Select(i => new TrackPoint(1000 + (uint)i * 10, 5_000_000 + i * 7, 1_000_000 - i * 3, null)).ToList());
}
