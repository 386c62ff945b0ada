using Traxxs.Protocol;
using Traxxs.Server.Api;
using Traxxs.Server.History;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;

namespace Traxxs.Server.Tests.History;

/// <summary>Fixes and reports out of a store, in their own order whatever the order of arrival.</summary>
[TestClass]
public sealed class HistoryReadingTests
{
    [TestMethod]
    public void Fixes_of_overlapping_reports_come_in_the_order_of_their_times()
    {
        var random = new Random(11);
        var frames = Enumerable.Range(0, 300).Select(i => Frame(i, closed: i * 60, fixes: [.. Enumerable.Range(0, 20).Select(_ => (i * 60) + random.Next(0, 4000)).Order()])).ToList();
        var archive = Archive(frames.OrderBy(_ => random.Next()));
        var read = new FixReader(archive).Read("d", S(1000), S(15_000)).Select(fix => fix.Time).ToList();
        CollectionAssert.AreEqual(frames.SelectMany(frame => frame.Fixes).Select(fix => S(fix)).Where(time => time >= S(1000) && time <= S(15_000)).Order().ToList(), read);
    }

    [TestMethod]
    public void A_range_of_reports_begins_with_the_one_before_it()
    {
        var archive = Archive(Enumerable.Range(0, 500).Select(i => Frame(i, closed: i * 600)));
        foreach (var from in (int[])[0, 1, 599, 600, 60_000, 299_400, 300_000])
        {
            var closed = new ReportTimeline(archive).Read("d", S(from), S(from + 1200)).Single().Select(report => report.DeviceTime!.Value.ToUnixTimeSeconds() - S(0)).ToList();
            var expected = Enumerable.Range(0, 500).Select(i => i * 600L).Where(time => time >= from - 600 && time <= from + 1200 + 3600);
            if (from > 299_400) expected = [];
            CollectionAssert.AreEqual(expected.ToList(), closed, $"from {from}");
        }
    }

    [TestMethod]
    public void A_device_nobody_heard_of_has_no_history()
    {
        Assert.IsEmpty(new ReportTimeline(Archive([])).Read("d", 0, 1000).ToList());
        Assert.IsEmpty(new FixReader(Archive([])).Read("d", 0, 1000).ToList());
    }

    private static (byte[] Bytes, Report Report, int[] Fixes) Frame(int sequence, int closed, int[]? fixes = null)
    {
        var report = new Report { HasIdentity = true, Epoch = 1, Sequence = (uint)sequence, HasDeviceTime = true, DeviceTimeS = (uint)S(closed) };
        foreach (var fix in fixes ?? []) (report.FixTimeS[report.FixCount], report.LatitudeE5[report.FixCount++]) = ((uint)S(fix), 5_200_000 + (fix % 1000));
        var buffer = new byte[ReportWriter.FrameSizeMax];
        var size = new ReportWriter().Write(report, buffer, 0);
        return (buffer[..size], report, fixes ?? []);
    }

    private static ReportArchive Archive(IEnumerable<(byte[] Bytes, Report Report, int[] Fixes)> frames)
    {
        var store = new MemoryReportStore();
        foreach (var frame in frames)
        {
            long? first = frame.Fixes.Length == 0 ? null : S(frame.Fixes.Min());
            store.TryAppend(
                new ReportRecord("d", 1, frame.Report.Sequence, 0, frame.Report.DeviceTimeS, first, first is null ? null : S(frame.Fixes.Max()), frame.Fixes.Length, frame.Bytes),
                static (_, _, _) => { }, null);
        }

        return new ReportArchive(store, AcceptedReport.From);
    }

    private static long S(int seconds) => Tracks.StartS + seconds;
}
