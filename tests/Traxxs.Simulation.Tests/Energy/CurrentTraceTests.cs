using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Energy;

[TestClass]
public sealed class CurrentTraceTests
{
    [TestMethod]
    [DataRow("sos-twice")]
    [DataRow("rough-supply")]
    public void All_charge_that_the_meter_counts_is_in_the_trace(string scenario)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Load(scenario), 2);
        var meter = finished.Run.Rigs[0].Energy;
        Assert.AreEqual(meter.TotalMah, meter.Trace!.Slices.Sum(slice => slice.ChargeUaMs) / 3.6e9, 1e-6);
        Assert.IsTrue(meter.Trace.Slices.All(slice => slice.LowUa <= slice.HighUa && slice.LowUa > 0));
    }

    [TestMethod]
    public void Peaks_and_charge_stay_where_slices_are_merged()
    {
        var trace = new CurrentTrace();
        const long month = 30L * 86_400_000;
        trace.Hold(50, 0, 10_000);
        trace.Pulse(90_000, 1000, 10_000);
        trace.Hold(50, 10_000, month);
        Assert.IsLessThanOrEqualTo(CurrentTrace.SlicesMax, trace.Slices.Count);
        Assert.IsGreaterThan(CurrentTrace.SlicesMax / 3, trace.Slices.Count, "coarser than it need be");
        Assert.AreEqual(90_000, trace.Slices[0].HighUa);
        Assert.AreEqual(50, trace.Slices[0].LowUa);
        Assert.AreEqual(50, trace.Slices.Skip(1).Max(slice => slice.HighUa));
        Assert.AreEqual(50.0 * month + 1000, trace.Slices.Sum(slice => slice.ChargeUaMs), 1);
        Assert.AreEqual((month + trace.SliceMs - 1) / trace.SliceMs, trace.Slices.Count);
    }

    [TestMethod]
    public void Nothing_is_noted_where_nobody_wants_to_see_it_and_the_run_is_the_same()
    {
        using var noted = ScenarioRunner.Run(ScenarioFile.Load("sos-twice"), 3);
        using var quiet = ScenarioRunner.Run(ScenarioFile.Load("sos-twice"), 3, new RunOptions { NotesPower = false });
        Assert.IsNull(quiet.Run.Rigs[0].Energy.Trace);
        Assert.IsEmpty(quiet.Run.Rigs[0].Trace.Charge);
        Assert.AreEqual(noted.Result.Hash, quiet.Result.Hash);
    }
}
