using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Ingest;

[TestClass]
public sealed class AcceptedReportTests
{
    private static readonly DateTimeOffset ServerTime = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [TestMethod]
    public void Everything_a_report_says_arrives_with_its_unit()
    {
        var report = Accept(Frames.Make(5, fixes: 2, report =>
        {
            (report.HasBattery, report.BatteryMv, report.BatteryPercent, report.Charging) = (true, 3700, 64, true);
            (report.HasSteps, report.StepsTotal) = (true, 4321);
            (report.HasContract, report.NextContactS) = (true, 900);
            (report.HasBacklog, report.BacklogReports, report.BacklogAgeS) = (true, 12, 3600);
            (report.HasActivity, report.Activity) = (true, ActivityCode.Walking);
            report.HasAccuracy = true;
            (report.AccuracyClass[0], report.AccuracyClass[1]) = (0, 3);
        }));
        Assert.AreEqual((77L, "insole-1", 3, 5L), (report.Position, report.DeviceId, report.Epoch, report.Sequence));
        Assert.AreEqual(ServerTime, report.ServerTime);
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(Frames.StartS + 3000), report.DeviceTime);
        Assert.AreEqual(new BatteryReading(3700, 64, true), report.Battery);
        Assert.AreEqual(4321, report.StepsTotal);
        Assert.AreEqual(TimeSpan.FromMinutes(15), report.NextContact);
        Assert.AreEqual((12, TimeSpan.FromHours(1)), report.Backlog);
        Assert.AreEqual(ActivityCode.Walking, report.Activity);
        Assert.AreEqual(new ReportFix(DateTimeOffset.FromUnixTimeSeconds(Frames.StartS + 2700), 50.12345, -8.12345, 1), report.Fixes[0]);
        Assert.AreEqual(new ReportFix(DateTimeOffset.FromUnixTimeSeconds(Frames.StartS + 2760), 50.12355, -8.12338, 4), report.Fixes[1]);
        Assert.IsFalse(report.EventTimesAreDerived);
    }

    [TestMethod]
    public void What_a_report_does_not_say_is_absent()
    {
        var report = Accept(Frames.Make(1, fixes: 0, report => report.HasDeviceTime = false));
        Assert.IsNull(report.DeviceTime);
        Assert.IsNull(report.Battery);
        Assert.IsNull(report.StepsTotal);
        Assert.IsNull(report.NextContact);
        Assert.IsNull(report.Backlog);
        Assert.IsNull(report.Activity);
        Assert.IsEmpty(report.Fixes);
        Assert.IsEmpty(report.Events);
    }

    [TestMethod]
    public void Fixes_and_events_come_in_the_order_of_their_times_and_events_of_one_second_in_the_order_noticed()
    {
        var report = Accept(Frames.Make(1, fixes: 3, report =>
        {
            (report.FixTimeS[0], report.FixTimeS[1], report.FixTimeS[2]) = (Frames.StartS + 50, Frames.StartS + 10, Frames.StartS + 30);
            Add(report, EventCode.Stopped, Frames.StartS + 40);
            Add(report, EventCode.Sos, Frames.StartS + 20, 1);
            Add(report, EventCode.Sos, Frames.StartS + 20, 2);
        }));
        CollectionAssert.AreEqual(new long[] { 10, 30, 50 }, report.Fixes.Select(fix => fix.FixTime.ToUnixTimeSeconds() - Frames.StartS).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2, 0 }, report.Events.Select(one => one.Value).ToArray());
    }

    [TestMethod]
    public void Events_of_a_device_without_the_time_are_reckoned_back_from_the_server_s_clock_and_marked()
    {
        var report = Accept(Frames.Make(1, fixes: 0, report =>
        {
            (report.TimeIsUptime, report.DeviceTimeS) = (true, 100);
            Add(report, EventCode.Sos, 70);
        }));
        Assert.AreEqual(100u, report.UptimeS);
        Assert.IsTrue(report.EventTimesAreDerived);
        Assert.IsNull(report.DeviceTime);
        Assert.AreEqual(ServerTime - TimeSpan.FromSeconds(30), report.Events.Single().Time);
    }

    [TestMethod]
    public void An_event_later_than_its_own_report_has_no_time()
    {
        var report = Accept(Frames.Make(1, fixes: 0, report =>
        {
            (report.TimeIsUptime, report.DeviceTimeS) = (true, 100);
            Add(report, EventCode.Sos, 101);
        }));
        Assert.IsNull(report.Events.Single().Time);
    }

    [TestMethod]
    public void A_stored_frame_that_does_not_decode_is_null() =>
        Assert.IsNull(AcceptedReport.From(new StoredReport(1, new ReportRecord("d", 0, 0, 0, null, null, null, 0, new byte[] { 1, 2 }))));

    [TestMethod]
    public void What_ingest_decoded_is_used_again_and_says_the_same_as_decoding_what_was_stored()
    {
        var frame = Frames.Make(1, fixes: 3, report => Add(report, EventCode.Sos, Frames.StartS));
        Assert.AreEqual(DecodeResult.Ok, ReportFrame.Decode(frame, out var decoded));
        var record = ReportFrame.ToRecord("insole-1", ServerTime.ToUnixTimeMilliseconds(), decoded, frame);
        var near = AcceptedReport.From(new StoredReport(77, record))!;
        var far = AcceptedReport.From(new StoredReport(77, record with { Decoded = null }))!;
        Assert.IsTrue(near.Fixes.Equals(((AcceptedReport)record.Decoded!).Fixes), "the same array");
        Assert.IsFalse(near.Fixes.Equals(far.Fixes), "decoded from the payload");
        CollectionAssert.AreEqual(far.Fixes, near.Fixes);
        CollectionAssert.AreEqual(far.Events, near.Events);
        Assert.AreEqual(
            (77L, far.DeviceId, far.Epoch, far.Sequence, far.ServerTime, far.DeviceTime, far.Battery, far.StepsTotal),
            (near.Position, near.DeviceId, near.Epoch, near.Sequence, near.ServerTime, near.DeviceTime, near.Battery, near.StepsTotal));
    }

    private static void Add(Report report, EventCode code, uint timeS, int value = 0)
    {
        report.EventCodes[report.EventCount] = code;
        report.EventTimeS[report.EventCount] = timeS;
        report.EventValue[report.EventCount++] = value;
    }

    private static AcceptedReport Accept(byte[] frame)
    {
        Assert.AreEqual(DecodeResult.Ok, ReportFrame.Decode(frame, out var report));
        var record = ReportFrame.ToRecord("insole-1", ServerTime.ToUnixTimeMilliseconds(), report, frame);
        return AcceptedReport.From(new StoredReport(77, record with { Decoded = null }))!;
    }
}
