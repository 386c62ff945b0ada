using nanoFramework.TestFramework;
using Traxxs.Core.Ports;
using Traxxs.Core.Safety;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class SafetyTests
    {
        [TestMethod]
        public void A_fall_then_stillness_is_man_down()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Walking, 120);
            uint fellS = Insole.StartUnixS + (uint)(insole.NowMs / 1000);
            insole.Do(Doing.Falling, 2);
            insole.Do(Doing.Lying, 60);

            OutputHelper.WriteLine("fall: " + insole.Server.Reports.ToString() + " reports, " + insole.Server.Bytes.ToString() + " bytes, hash " + insole.Server.Hash.ToString());
            Assert.AreEqual(1, insole.Server.CountOf(EventCode.FallSuspected), "suspected");
            Assert.AreEqual(1, insole.Server.CountOf(EventCode.ManDown), "man down");
            Assert.AreEqual(0, insole.Server.CountOf(EventCode.FallCancelled), "cancelled");
            uint suspectedS = insole.Server.TimeOf(EventCode.FallSuspected);
            Assert.IsTrue(suspectedS + 2 >= fellS && suspectedS <= fellS + 2, "the fall is dated by its impact");
            Assert.IsTrue(insole.Shown(IndicatorPattern.FallWarning) > 0, "the wearer was warned");
            Assert.AreEqual((int)FallState.ManDown, (int)insole.Tracker.FallState, "state");
        }

        [TestMethod]
        public void Every_SOS_press_is_an_event_and_is_proved_to_the_wearer()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Still, 60);
            insole.PressSos();
            insole.Do(Doing.Still, 20);
            insole.PressSos();
            insole.Do(Doing.Still, 60);
            Assert.AreEqual(2, insole.Server.CountOf(EventCode.Sos), "presses");
            Assert.IsTrue(insole.Shown(IndicatorPattern.AlarmSending) > 0, "sending");
            Assert.IsTrue(insole.Shown(IndicatorPattern.AlarmAcknowledged) > 0, "acknowledged by a person");
            Assert.AreEqual(0, insole.Tracker.OpenAlarms, "open alarms");
        }
    }
}
