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

    [TestMethod]
    [DataRow(1, 30)]
    [DataRow(8, 120)]
    public void An_alarm_in_a_dead_zone_costs_a_bounded_number_of_tries_and_goes_soon_after_it(int hours, int triesMax)
    {
        const int SearchMs = 8000;
        var policy = new UplinkPolicy(1);
        var (tries, searchesFromMs, backMs) = (0, 0L, hours * 3_600_000L);
        long nowMs = 0;
        for (; policy.State != UplinkState.Talking; nowMs += 500)
        {
            Assert.IsLessThan(backMs + UplinkPolicy.AlarmBackoffMaxMs + SearchMs, nowMs, "the network is back and the alarm does not go");
            var link = policy.State != UplinkState.Opening ? LinkState.Closed
                : nowMs >= backMs ? LinkState.Open
                : nowMs - searchesFromMs >= SearchMs ? LinkState.Failed : LinkState.Opening;
            var before = policy.State;
            policy.Update(waiting: true, alarm: true, listening: false, progress: false, link, nowMs);
            if (policy.State != UplinkState.Opening || before == UplinkState.Opening) continue;
            tries++;
            searchesFromMs = nowMs;
        }

        Assert.IsLessThanOrEqualTo(triesMax, tries);
        Assert.IsGreaterThan(hours * 10, tries);
    }

    [TestMethod]
    [DataRow(false, 3)]
    [DataRow(true, 12)]
    public void A_server_that_lets_devices_in_and_stores_nothing_is_tried_as_seldom_as_one_that_is_not_there(bool alarm, int triesAnHourMax)
    {
        var policy = new UplinkPolicy(1);
        for (long nowMs = 0; nowMs < 8 * 3_600_000L; nowMs += 500)
        {
            if (nowMs == 3_600_000) policy.Contacts = 0;
            // The broker gives what it kept for the device at each contact: that is no sign that it stores.
            var answers = policy.State == UplinkState.Opening;
            policy.Update(waiting: true, alarm, listening: false, progress: answers, policy.Wanted ? LinkState.Open : LinkState.Closed, nowMs);
        }

        Assert.IsGreaterThan(7, policy.Contacts, "it must be tried for ever");
        Assert.IsLessThanOrEqualTo(7 * (triesAnHourMax + 1), policy.Contacts);
    }

    [TestMethod]
    public void A_server_that_ends_each_link_at_once_is_left_alone_for_longer_and_longer()
    {
        var policy = new UplinkPolicy(1);
        for (long nowMs = 0; nowMs < 8 * 3_600_000L; nowMs += 500)
        {
            var link = policy.State == UplinkState.Opening ? LinkState.Open : policy.State == UplinkState.Talking ? LinkState.Failed : LinkState.Closed;
            policy.Update(waiting: true, alarm: false, listening: false, progress: false, link, nowMs);
        }

        Assert.IsLessThan(60, policy.Contacts);
    }

    [TestMethod]
    public void Links_that_break_in_a_bad_spot_are_tried_again_soon_for_a_while()
    {
        var policy = new UplinkPolicy(1);
        long nowMs = 0;
        for (; policy.Contacts < UplinkPolicy.BarrenPatience; nowMs += 100)
        {
            var link = policy.State == UplinkState.Opening ? LinkState.Open : policy.State == UplinkState.Talking ? LinkState.Failed : LinkState.Closed;
            policy.Update(waiting: true, alarm: false, listening: false, progress: false, link, nowMs);
        }

        Assert.IsLessThan(UplinkPolicy.BarrenPatience * (UplinkPolicy.BackoffMinMs + 300L), nowMs);
    }

    [TestMethod]
    public void A_contact_in_order_that_had_nothing_to_send_ends_the_long_waits()
    {
        var policy = new UplinkPolicy(1) { Barren = 8 };
        policy.Update(waiting: true, alarm: false, listening: false, progress: false, LinkState.Closed, 0);
        policy.Update(waiting: true, alarm: false, listening: false, progress: false, LinkState.Open, 500);
        policy.Update(waiting: false, alarm: false, listening: false, progress: false, LinkState.Open, 1000);
        Assert.AreEqual(UplinkState.Talking, policy.State);
        Assert.AreEqual(8, policy.Barren);
        policy.Update(waiting: false, alarm: false, listening: false, progress: false, LinkState.Open, 1000 + UplinkPolicy.LingerMs);
        Assert.AreEqual(UplinkState.Resting, policy.State);
        Assert.AreEqual(0, policy.Barren);
    }

    [TestMethod]
    public void Who_begins_to_move_with_an_alarm_that_waits_has_it_tried_soon_but_not_at_every_fidget()
    {
        var policy = new UplinkPolicy(1);
        long nowMs = 0;
        void Step(LinkState link) => policy.Update(waiting: true, alarm: true, listening: false, progress: false, link, nowMs);
        for (; policy.Failures < 20 || policy.State != UplinkState.BackingOff; nowMs += 500) Step(policy.State == UplinkState.Opening ? LinkState.Failed : LinkState.Closed);
        var beganMs = nowMs;
        nowMs = beganMs + 10_000;
        policy.Moving = true;
        Step(LinkState.Closed);
        Assert.AreEqual(beganMs + UplinkPolicy.AlarmMovingMaxMs, policy.NextChangeMs(nowMs), 1000.0, "a try was a moment ago");
        policy.Moving = false;
        nowMs = beganMs + UplinkPolicy.AlarmMovingMaxMs + 1000;
        Step(LinkState.Closed);
        Assert.AreEqual(UplinkState.Opening, policy.State);
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
