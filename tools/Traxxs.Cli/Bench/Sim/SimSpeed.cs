using System.Diagnostics;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Bench.Sim;

/// <summary>How fast simulated time runs, on one thread.</summary>
/// <param name="Insoles">Insoles at once.</param>
/// <param name="Rounds">Times it was measured, after one that warms the compiler.</param>
/// <param name="Speedup">Simulated over real time, the median round.</param>
/// <param name="Worst">The slowest round.</param>
/// <param name="InsolesInRealTime">Insoles that one core would carry in real time at the median.</param>
internal sealed record SimSpeed(int Insoles, int Rounds, double Speedup, double Worst, double InsolesInRealTime)
{
    /// <summary>Runs a scenario's day again and again; its first insole is worn by as many as asked for.</summary>
    public static SimSpeed Measure(Scenario scenario, ulong seed, int insoles, int rounds, Action<string> progress)
    {
        var crowd = insoles == 1 ? scenario : Crowd(scenario, insoles);
        var speeds = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            progress($"speed, {insoles} {(insoles == 1 ? "insole" : "insoles")}, round {round} of {rounds}");
            var watch = Stopwatch.StartNew();
            using var finished = ScenarioRunner.Run(crowd, seed, new RunOptions { NotesPower = false });
            if (round > 0) speeds.Add(finished.Result.VirtualSeconds / watch.Elapsed.TotalSeconds);
        }

        speeds.Sort();
        var median = speeds[speeds.Count / 2];
        return new SimSpeed(insoles, rounds, Math.Round(median), Math.Round(speeds[0]), Math.Round(median * insoles));
    }

    // The same day for each, by other chance: a seed is drawn by the device's name.
    private static Scenario Crowd(Scenario scenario, int insoles) => scenario with
    {
        Devices = [.. Enumerable.Range(1, insoles).Select(number => scenario.Devices[0] with { Id = $"{scenario.Devices[0].Id}-{number}" })],
        Expectations = [],
        Faults = [],
    };
}
