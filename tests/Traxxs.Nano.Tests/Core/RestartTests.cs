using nanoFramework.TestFramework;
using Traxxs.Core.Ports;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class RestartTests
    {
        [TestMethod]
        public void What_was_on_flash_is_sent_after_a_restart_once_each()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Still, 120);
            int epoch = insole.Tracker.Queue.Journal.Epoch;
            insole.Uplink.Coverage = false;
            for (int i = 0; i < 2; i++)
            {
                insole.Do(Doing.Walking, 90);
                insole.Do(Doing.Still, 200);
            }

            uint stepsBefore = insole.Tracker.StepsTotal;
            int waiting = insole.Tracker.Queue.Count;
            uint next = insole.Tracker.Queue.Journal.NextSequence;
            Assert.IsTrue(waiting >= 2, "reports wait in the dead zone");

            insole.Reboot();
            insole.Do(Doing.Still, 5);
            Assert.IsTrue(insole.Tracker.Queue.IsRecovered, "recovered");
            Assert.AreEqual(epoch, insole.Tracker.Queue.Journal.Epoch, "the numbering goes on");
            Assert.IsTrue(insole.Tracker.Queue.Journal.NextSequence >= next, "no number is given twice");
            Assert.IsTrue(insole.Tracker.StepsTotal + 2 >= stepsBefore, "steps go on");

            insole.Uplink.Coverage = true;
            insole.Do(Doing.Still, 3900);
            Assert.AreEqual(0, insole.Tracker.Queue.Count, "waiting");
            Assert.AreEqual(0, insole.Server.Conflicts, "conflicts");
            Assert.AreEqual((int)(long)insole.Server.SequenceMax + 1 - Traxxs.Core.Uplink.ReportQueue.DirectMax, insole.Server.Reports, "every number but those left out is there once");
            Assert.AreEqual(2, insole.Server.CountOf(EventCode.Started), "starts");
            Assert.AreEqual(2, insole.Server.CountOf(EventCode.MovingSince), "both walks are there");
        }

        [TestMethod]
        public void A_report_whose_acknowledgement_was_lost_is_sent_again_with_the_same_bytes()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Still, 120);
            insole.Uplink.LosesAcknowledgements = true;
            insole.PressSos();
            insole.Do(Doing.Still, 30);
            insole.Reboot();
            insole.Uplink.LosesAcknowledgements = false;
            insole.Do(Doing.Still, 120);
            Assert.IsTrue(insole.Server.Repeats >= 1, "repeated");
            Assert.AreEqual(0, insole.Server.Conflicts, "conflicts");
            Assert.AreEqual(1, insole.Server.CountOf(EventCode.Sos), "one press");
            Assert.IsTrue(insole.Shown(IndicatorPattern.AlarmAcknowledged) > 0, "proved to the wearer");
        }
    }
}
