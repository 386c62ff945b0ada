using nanoFramework.TestFramework;
using Traxxs.Core.Motion;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class WalkTests
    {
        private const int WalkS = 600;

        [TestMethod]
        public void A_walk_becomes_fixes_steps_and_events_on_the_server()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Still, 300);
            insole.Do(Doing.Walking, WalkS);
            Assert.AreEqual((int)MotionState.Moving, (int)insole.Tracker.MotionState, "the gate is open");
            insole.Do(Doing.Still, 300);

            int steps = (int)insole.Server.Steps;
            int expected = WalkS * 1000 / Foot.StrideMs;
            OutputHelper.WriteLine("walk: " + insole.Server.Reports.ToString() + " reports, " + insole.Server.Bytes.ToString() + " bytes, "
                + insole.Server.Fixes.ToString() + " fixes, " + steps.ToString() + " of " + expected.ToString() + " steps, hash " + insole.Server.Hash.ToString());
            Assert.IsTrue(insole.Server.Fixes >= 9 && insole.Server.Fixes <= 15, "one fix a minute");
            Assert.IsTrue(steps >= expected - 4 && steps <= expected + 4, "a step a stride");
            Assert.AreEqual(1, insole.Server.CountOf(EventCode.MovingSince), "movement began once");
            Assert.AreEqual(1, insole.Server.CountOf(EventCode.Stopped), "and ended once");
            AssertNear(Insole.StartUnixS + 300, insole.Server.TimeOf(EventCode.MovingSince), 2, "movement counts from when it began");
            AssertNear(Insole.StartUnixS + 300 + WalkS, insole.Server.TimeOf(EventCode.Stopped), 3, "the stop is the last movement");
            Assert.AreEqual(0, insole.Server.Conflicts, "no report has the number of another");
            Assert.AreEqual(0, insole.Server.Unreadable, "every report can be read");
            Assert.AreEqual((int)MotionState.Stationary, (int)insole.Tracker.MotionState, "the gate is closed");
        }

        [TestMethod]
        public void Standing_still_costs_no_fix_and_no_step()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Still, 300);
            int searches = insole.Tracker.Scheduler.Searches;
            insole.Do(Doing.Still, 7200);
            Assert.AreEqual(searches, insole.Tracker.Scheduler.Searches, "searches");
            Assert.AreEqual(0u, insole.Tracker.StepsTotal, "steps");
            Assert.IsTrue(insole.Server.Reports >= 2, "it speaks once an hour");
        }

        private static void AssertNear(uint expectedS, uint actualS, uint within, string message)
        {
            Assert.IsTrue(actualS + within >= expectedS && actualS <= expectedS + within, message + ": " + actualS.ToString());
        }
    }
}
