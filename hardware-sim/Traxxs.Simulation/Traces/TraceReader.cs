using System.Text.Json;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Traces;

/// <summary>Reads traces. What is wrong is named with its line.</summary>
public static class TraceReader
{
    private const int StretchMsMax = 600_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no trace, of a newer version, cut short or damaged.</exception>
    /// <exception cref="ScenarioException">The scenario in it cannot be read any more.</exception>
    public static WorldTrace Read(string path)
    {
        using var file = new StreamReader(path);
        var line = 1;
        try
        {
            var header = HeaderOf(file.ReadLine());
            var scenario = ScenarioFile.Parse(header.File ?? path, header.Scenario!, Path.GetDirectoryName(Path.GetFullPath(path))!);
            var worlds = new Dictionary<string, Parts>(StringComparer.Ordinal);
            while (file.ReadLine() is { } text)
            {
                line++;
                var row = JsonSerializer.Deserialize<TraceRow>(text, Json) ?? throw new InvalidDataException("nothing there");
                if (row.Rows is { } rows) return rows == line - 2 ? Trace(header, scenario, worlds) : throw new InvalidDataException($"{rows} lines were written, {line - 2} are here");
                Take(row, worlds);
            }

            throw new InvalidDataException("the last line is missing: it was cut short");
        }
        catch (Exception problem) when (problem is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"{path}, line {line}: {problem.Message}", problem);
        }
    }

    private static TraceHeader HeaderOf(string? line)
    {
        var header = line is null ? null : JsonSerializer.Deserialize<TraceHeader>(line, Json);
        if (header?.Format != TraceHeader.FormatName || header.Scenario is null) throw new InvalidDataException("not a trace of 'sim run --record'");
        return header.Version is > 0 and <= TraceHeader.NewestVersion ? header : throw new InvalidDataException($"a trace of version {header.Version}; {TraceHeader.NewestVersion} is the newest known here");
    }

    private static void Take(TraceRow row, Dictionary<string, Parts> worlds)
    {
        if (row.Device is not { } device) throw new InvalidDataException("no insole is named");
        if (row.Deeds is not null)
        {
            if (!worlds.TryAdd(device, new Parts(row))) throw new InvalidDataException($"{device} begins twice");
            return;
        }

        if (!worlds.TryGetValue(device, out var parts)) throw new InvalidDataException($"{device} has no line with its deeds before");
        if (row.Sky is not null) parts.Skies.AddRange(Packing.Sky(row.Sky));
        else if (row is { FromMs: { } from, UntilMs: { } until }) parts.Stretches.Add(new MotionStretch(from, until, SamplesOf(row, from, until)));
        // A line of a kind that is not known is a newer writer's, of the same version: what is known suffices.
    }

    private static int[] SamplesOf(TraceRow row, long fromMs, long untilMs)
    {
        if (row.StillMg is { Length: 3 } still) return still;
        if (row.Motion is null || untilMs <= fromMs || untilMs - fromMs > StretchMsMax) throw new InvalidDataException("a stretch has stillMg, three numbers, or motion of at most ten minutes");
        return Packing.Motion(row.Motion, (int)(untilMs - fromMs));
    }

    private static WorldTrace Trace(TraceHeader header, Scenario scenario, Dictionary<string, Parts> worlds) => new()
    {
        Seed = header.Seed,
        EndMs = header.EndMs,
        Scenario = scenario,
        Worlds = scenario.Devices.ToDictionary(device => device.Id, device => worlds.TryGetValue(device.Id, out var parts)
            ? parts.World(scenario.Start)
            : throw new InvalidDataException($"{device.Id} of the scenario was not recorded")),
    };

    private sealed class Parts(TraceRow first)
    {
        public List<MotionStretch> Stretches { get; } = [];

        public List<SkyState> Skies { get; } = [];

        public RigWorld World(DateTimeOffset start)
        {
            var (outOfReach, offFoot) = (new Intervals(first.OutOfReach ?? []), new Intervals(first.OffFoot ?? []));
            return new RigWorld
            {
                Motion = new TraceMotion(Stretches),
                Sky = new TraceSky(TraceSky.FirstMs(start), Skies),
                IsOutOfReach = outOfReach.Hold,
                IsWorn = timeMs => !offFoot.Hold(timeMs),
                Deeds = [.. first.Deeds!.Select(deed => new TimedDeed(deed.AtMs, DayPlan.DeedOf(deed.Deed) ?? throw new InvalidDataException($"nobody can do '{deed.Deed}'")))],
            };
        }
    }
}
