using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Traces;

/// <summary>Writes what the world did to the insoles of a run: JSON lines, see FORMAT.md beside.</summary>
public static class TraceWriter
{
    private const int SkiesMax = 3600;  // An hour a line.

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a run that is over.</summary>
    public static void Write(string path, SimulationRun run)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        file.WriteLine(JsonSerializer.Serialize(new TraceHeader
        {
            Format = TraceHeader.FormatName,
            Version = TraceHeader.NewestVersion,
            Seed = run.Seed,
            Start = run.Scenario.Start,
            EndMs = run.NowMs,
            File = run.Scenario.File,
            Scenario = run.Scenario.Source,
        }, Json));
        var rows = 0;
        foreach (var row in run.Rigs.SelectMany(rig => Rows(rig.DeviceId, rig.World, run)))
        {
            file.WriteLine(JsonSerializer.Serialize(row, Json));
            rows++;
        }

        file.WriteLine(JsonSerializer.Serialize(new TraceRow { Rows = rows }, Json));
    }

    private static IEnumerable<TraceRow> Rows(string device, RigWorld world, SimulationRun run)
    {
        yield return new TraceRow
        {
            Device = device,
            Deeds = [.. world.Deeds.Select(deed => new TraceDeed(deed.TimeMs, DayPlan.NameOf(deed.Deed)))],
            OutOfReach = Intervals.Record(world.IsOutOfReach, run.NowMs).Edges,
            OffFoot = Intervals.Record(timeMs => !world.IsWorn(timeMs), run.NowMs).Edges,
        };
        foreach (var stretch in TraceMotion.Record(world.Motion, run.NowMs))
        {
            yield return new TraceRow
            {
                Device = device,
                FromMs = stretch.FromMs,
                UntilMs = stretch.UntilMs,
                StillMg = stretch.IsStill ? stretch.Mg : null,
                Motion = stretch.IsStill ? null : Packing.Motion(stretch.Mg),
            };
        }

        foreach (var states in TraceSky.Record(world.Sky, TraceSky.FirstMs(run.Scenario.Start), run.NowMs).Chunk(SkiesMax))
            yield return new TraceRow { Device = device, Sky = Packing.Sky(states) };
    }
}
