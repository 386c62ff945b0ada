using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;

namespace Traxxs.Core.Tests.Uplink;

[TestClass]
public sealed class UplinkPolicyTests
{
    private const long LongAfterMs = 10L * UplinkPolicy.AckTimeoutMs;

    [TestMethod]
    public void A_report_that_comes_late_in_a_listening_link_gets_its_whole_time_to_be_acknowledged()
    {
        var policy = Listening();
        Step(policy, waiting: true, LongAfterMs);
        Assert.AreEqual(UplinkState.Talking, policy.State, "dropped in the step that queued the report");
        Step(policy, waiting: true, LongAfterMs + UplinkPolicy.AckTimeoutMs - 1);
        Assert.AreEqual(UplinkState.Talking, policy.State);
        Step(policy, waiting: true, LongAfterMs + UplinkPolicy.AckTimeoutMs);
        Assert.AreEqual(UplinkState.BackingOff, policy.State, "a link that acknowledges nothing must be given up");
    }

    // A link that has said all and waits for a person's answer to an alarm.
    private static UplinkPolicy Listening()
    {
        var policy = new UplinkPolicy(1);
        policy.Update(waiting: true, alarm: true, listening: false, progress: false, LinkState.Closed, 0);
        policy.Update(waiting: true, alarm: true, listening: false, progress: false, LinkState.Open, 1);
        policy.Update(waiting: false, alarm: false, listening: true, progress: true, LinkState.Open, 2);
        return policy;
    }

    private static void Step(UplinkPolicy policy, bool waiting, long nowMs)
    {
        policy.Update(waiting, alarm: false, listening: true, progress: false, LinkState.Open, nowMs);
    }
}
