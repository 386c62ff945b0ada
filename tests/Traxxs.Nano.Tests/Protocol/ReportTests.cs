using nanoFramework.TestFramework;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class ReportTests
    {
        [TestMethod]
        public void Twenty_fixes_come_back_as_they_were()
        {
            Report written = new Report();
            Samples.FillWalk(written, 20);
            AssertComesBack(written, false, "walk");
        }

        [TestMethod]
        public void The_ends_of_every_range_come_back_as_they_were()
        {
            Report written = new Report();
            Samples.FillExtremes(written);
            AssertComesBack(written, false, "extremes");
            AssertComesBack(written, true, "extremes, sealed");
        }

        [TestMethod]
        public void The_longest_report_comes_back_as_it_was()
        {
            Report written = new Report();
            Samples.FillWalk(written, Report.FixesMax);
            AssertComesBack(written, true, "64 fixes");
        }

        [TestMethod]
        public void A_sealed_frame_cut_anywhere_is_refused()
        {
            Report report = new Report();
            Samples.FillWalk(report, 3);
            byte[] frame = new byte[ReportWriter.FrameSizeMax];
            ReportWriter writer = new ReportWriter();
            int size = writer.WriteSealed(report, frame, 0);
            ReportReader reader = new ReportReader();
            for (int count = 0; count < size; count++)
            {
                if (reader.Read(frame, 0, count, report) == DecodeResult.Ok) Assert.AreEqual(-1, count, "this cut was read as whole");
            }
        }

        [TestMethod]
        public void A_sealed_frame_with_any_bit_turned_is_refused()
        {
            Report report = new Report();
            Samples.FillWalk(report, 2);
            byte[] frame = new byte[ReportWriter.FrameSizeMax];
            ReportWriter writer = new ReportWriter();
            int size = writer.WriteSealed(report, frame, 0);
            ReportReader reader = new ReportReader();
            for (int bit = 0; bit < size * 8; bit++)
            {
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
                if (reader.Read(frame, 0, size, report) == DecodeResult.Ok) Assert.AreEqual(-1, bit, "this bit was not missed");
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            Assert.AreEqual((int)DecodeResult.Ok, (int)reader.Read(frame, 0, size, report), "the frame itself");
        }

        [TestMethod]
        public void Broken_frames_are_refused_by_name()
        {
            Report report = new Report();
            Samples.FillWalk(report, 3);
            byte[] frame = new byte[ReportWriter.FrameSizeMax + 8];
            int size = new ReportWriter().Write(report, frame, 0);
            ReportReader reader = new ReportReader();
            Assert.AreEqual((int)DecodeResult.TooShort, (int)reader.Read(frame, 0, 0, report), "nothing");
            Assert.AreEqual((int)DecodeResult.TooShort, (int)reader.Read(frame, frame.Length, 1, report), "behind the buffer");
            Assert.AreEqual((int)DecodeResult.TooLong, (int)reader.Read(frame, 0, ReportWriter.FrameSizeMax + 1, report), "more than the longest");
            frame[0] ^= 0x70;
            Assert.AreEqual((int)DecodeResult.UnknownVersion, (int)reader.Read(frame, 0, size, report), "another version");
            Assert.AreEqual(0, report.FixCount, "a refused report is empty");
        }

        [TestMethod]
        public void Any_bytes_are_read_or_refused_without_an_exception()
        {
            Report report = new Report();
            ReportReader reader = new ReportReader();
            byte[] noise = new byte[96];
            uint random = 99;
            for (int round = 0; round < 40; round++)
            {
                for (int i = 0; i < noise.Length; i++)
                {
                    random = random * 1664525 + 1013904223;
                    noise[i] = (byte)(random >> 24);
                }

                noise[0] = (byte)((ReportLayout.Version << 4) | (noise[0] & 15));
                DecodeResult result = reader.Read(noise, 0, 8 + round * 2, report);
                Assert.IsTrue(result == DecodeResult.Ok || report.FixCount == 0, "what is refused leaves nothing behind");
            }
        }

        // Writes, reads into another report, compares field by field, writes that and compares byte by byte.
        private static void AssertComesBack(Report written, bool isSealed, string name)
        {
            byte[] frame = new byte[ReportWriter.FrameSizeMax];
            byte[] again = new byte[ReportWriter.FrameSizeMax];
            ReportWriter writer = new ReportWriter();
            int size = isSealed ? writer.WriteSealed(written, frame, 0) : writer.Write(written, frame, 0);
            Assert.IsTrue(size > 0, name + " was not written");
            Report read = new Report();
            Assert.AreEqual((int)DecodeResult.Ok, (int)new ReportReader().Read(frame, 0, size, read), name);
            Assert.AreEqual(written.Epoch, read.Epoch, name + ": epoch");
            Assert.AreEqual(written.Sequence, read.Sequence, name + ": sequence");
            Assert.AreEqual(written.DeviceTimeS, read.DeviceTimeS, name + ": device time");
            Assert.AreEqual(written.StepsTotal, read.StepsTotal, name + ": steps");
            Assert.AreEqual(written.BatteryMv, read.BatteryMv, name + ": battery");
            Assert.AreEqual(written.FixCount, read.FixCount, name + ": fixes");
            for (int i = 0; i < read.FixCount; i++)
            {
                Assert.AreEqual(written.FixTimeS[i], read.FixTimeS[i], name + ": time");
                Assert.AreEqual(written.LatitudeE5[i], read.LatitudeE5[i], name + ": latitude");
                Assert.AreEqual(written.LongitudeE5[i], read.LongitudeE5[i], name + ": longitude");
                Assert.AreEqual(written.AccuracyClass[i], read.AccuracyClass[i], name + ": accuracy");
            }

            for (int i = 0; i < read.EventCount; i++)
            {
                Assert.AreEqual((int)written.EventCodes[i], (int)read.EventCodes[i], name + ": event");
                Assert.AreEqual(written.EventTimeS[i], read.EventTimeS[i], name + ": event time");
                Assert.AreEqual(written.EventValue[i], read.EventValue[i], name + ": event value");
            }

            int sizeAgain = isSealed ? writer.WriteSealed(read, again, 0) : writer.Write(read, again, 0);
            Assert.AreEqual(Hex.Format(frame, size), Hex.Format(again, sizeAgain), name + ": written again");
        }
    }
}
