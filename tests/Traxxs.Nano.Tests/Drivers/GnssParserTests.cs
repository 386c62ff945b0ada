using nanoFramework.TestFramework;
using Traxxs.Drivers;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class GnssParserTests
    {
        private const int Noon = 43200;

        [TestMethod]
        public void NAV_PVT_becomes_a_fix()
        {
            GnssParser parser = new GnssParser();
            Assert.AreEqual(1, Feed(parser, Recording.NavPvt(Noon, -338688000, 1512093000)), "fixes");
            Assert.IsTrue(parser.Fix.Valid, "valid");
            Assert.AreEqual(1789992000u, parser.Fix.TimeS, "time");
            Assert.AreEqual(-338688000, parser.Fix.LatitudeE7, "latitude");
            Assert.AreEqual(1512093000, parser.Fix.LongitudeE7, "longitude");
            Assert.AreEqual(2500u, parser.Fix.AccuracyMm, "accuracy");
        }

        [TestMethod]
        public void GGA_and_RMC_of_one_epoch_become_one_fix()
        {
            GnssParser parser = new GnssParser();
            int fixes = Feed(parser, Recording.Bytes(Recording.Nmea));
            if (parser.Finish()) fixes++;
            Assert.AreEqual(1, fixes, "fixes");
            Assert.IsTrue(parser.Fix.Valid, "valid");
            Assert.AreEqual(1790000000u, parser.Fix.TimeS, "time");
            Assert.AreEqual(481173000, parser.Fix.LatitudeE7, "latitude");
            Assert.AreEqual(115166667, parser.Fix.LongitudeE7, "longitude");
            Assert.AreEqual(4500u, parser.Fix.AccuracyMm, "accuracy, from the dilution of GGA");
        }

        [TestMethod]
        public void Broken_messages_are_counted_and_the_next_is_read()
        {
            GnssParser parser = new GnssParser();
            byte[] bad = Recording.NavPvt(Noon, 482000000, 113000000);
            bad[40] ^= 1;
            Assert.AreEqual(0, Feed(parser, bad), "a wrong checksum");
            Assert.AreEqual(0, Feed(parser, Recording.Bytes(Recording.BadNmea)), "a wrong NMEA checksum");
            Assert.AreEqual(2, parser.RejectedFor(GnssReject.BadChecksum), "counted");
            Assert.AreEqual(0, Feed(parser, Recording.Bytes("$GN\xB5\x62\x01")), "torn");
            Assert.AreEqual(1, Feed(parser, Recording.NavPvt(Noon + 1, 482000000, 113000000)), "the next");
        }

        [TestMethod]
        public void The_receiver_is_configured_however_its_bytes_are_grouped()
        {
            for (int chunk = 1; chunk < 40; chunk += 13)
            {
                ByteLine line = new ByteLine();
                line.ChunkMax = chunk;
                UbxReceiver receiver = new UbxReceiver(line);
                Traxxs.Core.TrackerInputs inputs = new Traxxs.Core.TrackerInputs();
                receiver.PowerUp(0);
                line.Receive(Recording.Bytes(Recording.Nmea));
                receiver.Poll(inputs, 1000);
                Assert.AreEqual(1, line.Writes, "one configuration");
                Assert.AreEqual(0x8A, (int)line.Sent[3], "CFG-VALSET");
                line.Receive(Hex.Parse(Recording.Acknowledged));
                receiver.Poll(inputs, 1500);
                Assert.AreEqual((int)UbxReceiverState.Running, (int)receiver.State, "running");
                inputs.Clear();
                line.Receive(Recording.NavPvt(Noon, 482000000, 113000000));
                receiver.Poll(inputs, 2000);
                Assert.IsTrue(inputs.HasFix && inputs.Fix.Valid, "a fix");
                Assert.AreEqual(482000000, inputs.Fix.LatitudeE7, "latitude");
                receiver.Poll(inputs, 2000 + UbxReceiver.SilenceMaxMs + 1);
                Assert.IsTrue(receiver.SilenceFault, "silence is a fault");
            }
        }

        [TestMethod]
        public void A_receiver_that_refuses_its_configuration_goes_on_without()
        {
            ByteLine line = new ByteLine();
            UbxReceiver receiver = new UbxReceiver(line);
            Traxxs.Core.TrackerInputs inputs = new Traxxs.Core.TrackerInputs();
            receiver.PowerUp(0);
            receiver.Poll(inputs, 1700);
            line.Receive(Hex.Parse(Recording.Refused));
            receiver.Poll(inputs, 2000);
            Assert.IsTrue(receiver.ConfigurationFault, "degraded");
        }

        private static int Feed(GnssParser parser, byte[] bytes)
        {
            int fixes = 0;
            for (int i = 0; i < bytes.Length; i++)
            {
                for (bool found = parser.Feed(bytes[i]); found; found = parser.Next()) fixes++;
            }

            return fixes;
        }
    }
}
