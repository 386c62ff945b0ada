using Traxxs.Testing;

namespace Traxxs.Protocol.Tests;

/// <summary>What the format promises in bytes.</summary>
[TestClass]
public class SizeTests
{
    private const double BareTarget = 2.5;
    private const double FullTarget = 3.3;

    private readonly ReportWriter _writer = new();
    private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];

    [TestMethod]
    public void An_empty_report_takes_three_bytes_at_most()
    {
        Assert.IsLessThanOrEqualTo(3, _writer.Write(new Report(), _frame, 0));
    }

    [TestMethod]
    public void A_single_fix_with_its_time_takes_fourteen_bytes_at_most_anywhere()
    {
        var random = new Random(21);
        for (var i = 0; i < 2000; i++)
        {
            var report = new Report { FixCount = 1 };
            report.FixTimeS[0] = TimeWindow2020To2040(random);
            report.LatitudeE5[0] = random.Next(-StartingPlace.LatitudeMaxE5, StartingPlace.LatitudeMaxE5 + 1);
            report.LongitudeE5[0] = random.Next(-StartingPlace.LongitudeMaxE5, StartingPlace.LongitudeMaxE5 + 1);
            Assert.IsLessThanOrEqualTo(14, _writer.Write(report, _frame, 0));
        }
    }

    [TestMethod]
    public void Walks_made_here_stay_below_the_target()
    {
        int bare = 0, full = 0, fixes = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var report = SampleReports.Walk(seed, 20);
            bare += _writer.Write(report, _frame, 0);
            full += _writer.Write(SampleReports.WithEverythingUsual(report), _frame, 0);
            fixes += report.FixCount;
        }

        Assert.IsLessThanOrEqualTo(BareTarget, bare / (double)fixes);
        Assert.IsLessThanOrEqualTo(FullTarget, full / (double)fixes);
    }

    [TestMethod]
    public void Recorded_walks_stay_below_the_target()
    {
        var folder = Recordings.Find("gps_geolife", out var message);
        if (folder is null) Assert.Inconclusive(message);

        int bare = 0, full = 0, fixes = 0;
        foreach (var report in RecordedWalks.Reports(folder))
        {
            bare += _writer.Write(report, _frame, 0);
            full += _writer.Write(SampleReports.WithEverythingUsual(report), _frame, 0);
            fixes += report.FixCount;
        }

        Assert.IsGreaterThan(6000, fixes);
        Assert.IsLessThanOrEqualTo(2.25, bare / (double)fixes, "position and time");
        Assert.IsLessThanOrEqualTo(FullTarget, full / (double)fixes, "with everything a tracker sends");
    }

    private static uint TimeWindow2020To2040(Random random) => (uint)random.Next(1_577_836_800, 2_147_483_647);
}
