using System.Text;
using Traxxs.Core.Motion;
using Traxxs.Protocol;
using Traxxs.Testing;

namespace Traxxs.Core.Tests.Motion;

[TestClass]
public class MotionGateTests
{
    private readonly TrackerProfile _profile = new();

    [TestMethod]
    public void The_edges_are_those_of_the_checked_in_list()
    {
        var expected = File.ReadAllText(RepositoryRoot.PathOf("tests", "Traxxs.Core.Tests", "MotionGate.edges.txt")).ReplaceLineEndings("\n");
        Assert.AreEqual(expected, Edges(), "an edge of the motion gate changed: if that is meant, change MotionGate.edges.txt with it");
    }

    [TestMethod]
    public void A_single_knock_does_not_open_the_gate()
    {
        var gate = new MotionGate(_profile);
        gate.Update(woken: true, newWindow: false, active: false, 1000);
        Assert.AreEqual(MotionState.Waking, gate.State);
        for (long t = 2000; t <= 6000; t += 1000) gate.Update(false, true, false, t);
        Assert.AreEqual(MotionState.Stationary, gate.State);
        Assert.IsFalse(gate.JustClosed, "what never opened does not close");
    }

    [TestMethod]
    public void Movement_counts_from_the_knock_that_began_it()
    {
        var gate = Open(fromMs: 5000);
        Assert.IsTrue(gate.JustOpened);
        Assert.AreEqual(5000L, gate.MovingSinceMs);
    }

    [TestMethod]
    public void A_short_stop_does_not_end_the_movement()
    {
        var gate = Open(fromMs: 0);
        var t = 4000L;
        for (; gate.State == MotionState.Moving; t += 1000) gate.Update(false, true, false, t);
        Assert.AreEqual(MotionState.Settling, gate.State);
        gate.Update(false, true, true, t);
        Assert.AreEqual(MotionState.Moving, gate.State);
        Assert.IsFalse(gate.JustOpened, "the same movement goes on");
        Assert.AreEqual(0L, gate.MovingSinceMs);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false, DisplayName = "sooner where the movement led nowhere")]
    public void The_gate_closes_after_the_quiet_time_and_knows_the_last_movement(bool travels)
    {
        var gate = Open(fromMs: 0);
        Assert.IsFalse(gate.Travels);
        gate.Travels = travels;
        var last = gate.LastActiveMs;
        var t = last;
        while (gate.State != MotionState.Stationary) gate.Update(false, true, false, t += 1000);
        Assert.IsTrue(gate.JustClosed);
        Assert.AreEqual(last, gate.LastActiveMs);
        Assert.AreEqual(travels ? _profile[SettingCode.StillAfterMs] : 2 * _profile[SettingCode.SettleAfterMs], t - last);
    }

    private MotionGate Open(long fromMs)
    {
        var gate = new MotionGate(_profile);
        gate.Update(true, false, false, fromMs);
        for (var t = fromMs + 1000; gate.State != MotionState.Moving && t < fromMs + 60_000; t += 1000) gate.Update(false, true, true, t);
        Assert.AreEqual(MotionState.Moving, gate.State);
        return gate;
    }

    // Every state, every input, after every time that a limit could see: which state follows.
    private string Edges()
    {
        var edges = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var state in Enum.GetValues<MotionState>())
        {
            foreach (var (woken, window, active, input) in new[]
            {
                (true, false, false, "woken"), (false, true, true, "active"), (false, true, false, "quiet"), (false, false, false, "no samples"),
            })
            {
                foreach (var waitMs in new[] { 500, 1900, 2500, 5500, 31000 })
                {
                    var (gate, nowMs) = Reach(state);
                    gate.Update(woken, window, active, nowMs + waitMs);
                    if (gate.State != state) edges.Add($"{state} -> {gate.State}: {input}");
                }
            }
        }

        return edges.Aggregate(new StringBuilder(), (text, edge) => text.Append(edge).Append('\n')).ToString();
    }

    private (MotionGate Gate, long NowMs) Reach(MotionState state)
    {
        var gate = new MotionGate(_profile);
        if (state == MotionState.Stationary) return (gate, 100_000);
        if (state == MotionState.Waking)
        {
            gate.Update(true, false, false, 100_000);
            gate.Update(false, true, true, 101_000);
            gate.Update(false, true, true, 102_000);
            return (gate, 102_000);
        }

        gate = Open(fromMs: 100_000);
        var t = gate.LastActiveMs;
        while (gate.State != state) gate.Update(false, true, false, t += 1000);
        return (gate, t);
    }
}
