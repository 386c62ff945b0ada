namespace Traxxs.Protocol.Tests;

[TestClass]
public class RoundTripTests
{
    private const int Reports = 1200;
    private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Any_report_comes_back_as_it_went(int seed)
    {
        var random = new Random(seed);
        var writer = new ReportWriter();
        var reader = new ReportReader();
        var readBack = new Report();
        for (var i = 0; i < Reports; i++)
        {
            var report = SampleReports.Random(random);
            var length = random.Next(4) == 0 ? writer.WriteSealed(report, _frame, 0) : writer.Write(report, _frame, 0);
            Assert.IsGreaterThan(0, length, $"seed {seed}, report {i}: not written");
            Assert.AreEqual(DecodeResult.Ok, reader.Read(_frame, 0, length, readBack), $"seed {seed}, report {i}");
            ReportText.AssertEqual(report, readBack, $"seed {seed}, report {i}");
        }
    }

    [TestMethod]
    public void Any_report_fits_the_longest_frame_and_the_longest_comes_near_it()
    {
        var random = new Random(4);
        var writer = new ReportWriter();
        var longest = 0;
        for (var i = 0; i < Reports; i++)
        {
            var report = Wildest(random);
            var length = writer.Write(report, _frame, 0);
            Assert.IsGreaterThan(0, length, $"report {i} does not fit {ReportWriter.FrameSizeMax} bytes");
            longest = Math.Max(longest, length);
        }

        Assert.IsGreaterThan(ReportWriter.FrameSizeMax * 2 / 3, longest, "the bound is far from what reports need");
    }

    [TestMethod]
    public void The_bytes_do_not_depend_on_where_in_a_buffer_they_stand_or_what_was_written_before()
    {
        var random = new Random(5);
        var used = new ReportWriter();
        var reader = new ReportReader();
        var readBack = new Report();
        var elsewhere = new byte[ReportWriter.FrameSizeMax + 100];
        for (var i = 0; i < 300; i++)
        {
            var report = SampleReports.Random(random);
            var length = new ReportWriter().Write(report, _frame, 0);
            var offset = random.Next(100);
            random.NextBytes(elsewhere);
            Assert.AreEqual(length, used.Write(report, elsewhere, offset));
            CollectionAssert.AreEqual(_frame[..length], elsewhere[offset..(offset + length)]);
            Assert.AreEqual(DecodeResult.Ok, reader.Read(elsewhere, offset, length, readBack), "a report needs no other report");
            ReportText.AssertEqual(report, readBack, $"report {i}");
        }
    }

    [TestMethod]
    public void Nothing_is_written_beyond_a_buffer_that_is_too_small()
    {
        var writer = new ReportWriter();
        foreach (var isSealed in new[] { false, true })
        {
            int Write(Report report, byte[] buffer, int offset = 0) => isSealed ? writer.WriteSealed(report, buffer, offset) : writer.Write(report, buffer, offset);
            var report = SampleReports.WithEverythingUsual(SampleReports.Walk(6, 20));
            var length = Write(report, _frame);
            for (var room = 0; room < length; room++) Assert.AreEqual(0, Write(report, new byte[room]), $"{room} bytes of {length}");
            Assert.AreEqual(length, Write(report, new byte[length]));
            Assert.AreEqual(0, Write(report, new byte[length], 1));
        }

        Assert.AreEqual(0, writer.Write(new Report(), null, 0));
        Assert.AreEqual(0, writer.Write(new Report(), _frame, -1));
        Assert.AreEqual(0, writer.Write(new Report(), _frame, _frame.Length + 1));
    }

    [TestMethod]
    public void A_value_outside_its_range_is_not_written()
    {
        Refused(r => r.FixCount = -1);
        Refused(r => r.FixCount = Report.FixesMax + 1);
        Refused(r => r.EventCount = Report.EventsMax + 1);
        Refused(r => r.LatitudeE5[1] = StartingPlace.LatitudeMaxE5 + 1);
        Refused(r => r.LatitudeE5[0] = int.MinValue);
        Refused(r => r.LongitudeE5[1] = -StartingPlace.LongitudeMaxE5 - 1);
        Refused(r => r.AccuracyClass[2] = 16);
        Refused(r => r.BatteryMv = 8192);
        Refused(r => r.BatteryMv = -1);
        Refused(r => r.BatteryPercent = 101);
        Refused(r => r.NextContactS = 0);
        Refused(r => r.NextContactS = ReportLayout.NextContactMaxS + 1);
        Refused(r => (r.HasBacklog, r.BacklogReports) = (true, 65536));
        Refused(r => (r.EventCount, r.EventCodes[0]) = (1, EventCode.None));
        Refused(r => r.TraceCount = Report.TraceMax + 1);
        Refused(r => r.TraceCount = -1);
    }

    [TestMethod]
    public void The_battery_voltage_is_rounded_down_to_its_step_and_the_writers_report_keeps_its_own()
    {
        var report = SampleReports.WithEverythingUsual(SampleReports.Walk(7, 3));
        report.BatteryMv = 3979;
        var readBack = new Report();
        new ReportReader().Read(_frame, 0, new ReportWriter().Write(report, _frame, 0), readBack);
        Assert.AreEqual(3960, readBack.BatteryMv);
        Assert.AreEqual(3979, report.BatteryMv);
    }

    [TestMethod]
    public void Writing_and_reading_allocate_nothing()
    {
        var writer = new ReportWriter();
        var reader = new ReportReader();
        var readBack = new Report();
        var reports = Enumerable.Range(0, 20).Select(seed => SampleReports.Random(new Random(seed))).ToArray();
        long allocated = 0;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var report in reports)
            {
                var length = writer.Write(report, _frame, 0);
                reader.Read(_frame, 0, length, readBack);
                _frame[length / 2] ^= 0x55;
                reader.Read(_frame, 0, length, readBack);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before; // the first rounds warm up
        }

        Assert.AreEqual(0, allocated);
    }

    private void Refused(Action<Report> spoil)
    {
        var report = SampleReports.WithEverythingUsual(SampleReports.Walk(8, 3));
        var writer = new ReportWriter();
        Assert.AreNotEqual(0, writer.Write(report, _frame, 0));
        spoil(report);
        Assert.AreEqual(0, writer.Write(report, _frame, 0));
    }

    // Everything present, every number long, every fix a jump to where nobody lives.
    private static Report Wildest(Random random)
    {
        var report = SampleReports.WithEverythingUsual(new Report());
        report.TimeIsUptime = random.Next(2) == 0;
        report.HasBacklog = true;
        (report.Sequence, report.StepsTotal, report.BacklogAgeS) = (uint.MaxValue, uint.MaxValue, uint.MaxValue);
        (report.DeviceTimeS, report.BacklogReports) = ((uint)random.NextInt64(1L << 32), 65535);
        (report.BatteryMv, report.Activity) = (100, (ActivityCode)255);
        report.FixCount = Report.FixesMax;
        for (var i = 0; i < Report.FixesMax; i++)
        {
            report.FixTimeS[i] = (uint)random.NextInt64(1L << 32);
            report.LatitudeE5[i] = random.Next(-StartingPlace.LatitudeMaxE5, -6_000_000);
            report.LongitudeE5[i] = random.Next(-StartingPlace.LongitudeMaxE5, StartingPlace.LongitudeMaxE5);
            report.AccuracyClass[i] = (byte)(random.Next(2) == 0 ? i % 2 * 15 : random.Next(16));
        }

        report.EventCount = Report.EventsMax;
        for (var i = 0; i < Report.EventsMax; i++)
        {
            (report.EventCodes[i], report.EventTimeS[i], report.EventValue[i]) = (EventCode.Sos, (uint)random.NextInt64(1L << 32), int.MinValue);
        }

        (report.HasConfiguration, report.ConfigurationVersion) = (true, uint.MaxValue);
        (report.ConfigurationProblem, report.ConfigurationRefusedVersion) = (1, uint.MaxValue);
        (report.HasFirmware, report.FirmwareStarts, report.HasHealth) = (true, uint.MaxValue, true);
        (report.HealthDroppedReports, report.HealthCorrupted, report.HealthFlashErases) = (uint.MaxValue, uint.MaxValue, uint.MaxValue);
        (report.HealthSearches, report.HealthSearchesInVain) = (uint.MaxValue, uint.MaxValue);
        (report.HealthContacts, report.HealthUptimeS) = (uint.MaxValue, uint.MaxValue);
        report.TraceCount = Report.TraceMax;
        for (var i = 0; i < Report.TraceMax; i++) (report.TraceAgeS[i], report.TraceValues[i]) = (uint.MaxValue, int.MinValue);
        return report;
    }
}
