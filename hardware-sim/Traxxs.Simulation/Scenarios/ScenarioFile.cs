using System.Globalization;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Scenarios.Reading;
using Traxxs.Simulation.World;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>Reads a scenario from YAML. Every mistake is named with its line and column; a key that is not known is a mistake.</summary>
public static class ScenarioFile
{
    /// <summary>Names of the scenarios that come along.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [.. typeof(ScenarioFile).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith("scenario/", StringComparison.Ordinal)).Select(static name => name["scenario/".Length..]).Order(StringComparer.Ordinal)];

    /// <summary>A scenario by its name, or from a file. Throws <see cref="ScenarioException"/>.</summary>
    public static Scenario Load(string nameOrPath)
    {
        if (BuiltIn.Contains(nameOrPath))
        {
            using var stream = typeof(ScenarioFile).Assembly.GetManifestResourceStream("scenario/" + nameOrPath)!;
            using var reader = new StreamReader(stream);
            return Parse(nameOrPath + ".yaml", reader.ReadToEnd());
        }

        if (!File.Exists(nameOrPath))
        {
            throw new ScenarioException(nameOrPath, 0, 0, $"neither a file nor a scenario that comes along ({string.Join(", ", BuiltIn)})");
        }

        return Parse(nameOrPath, File.ReadAllText(nameOrPath), Path.GetDirectoryName(Path.GetFullPath(nameOrPath))!);
    }

    /// <summary>Reads a scenario; <paramref name="folder"/> is where track files it names are looked for.</summary>
    public static Scenario Parse(string file, string text, string folder = "")
    {
        var root = YamlReading.Load(file, text);
        var devices = DeviceReading.Devices(root, DeviceReading.People(root, folder));
        var ids = devices.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        return new Scenario
        {
            Name = root.Text("name")!,
            About = root.Text("about") ?? "",
            File = Path.GetFileName(file),
            Source = text,
            Start = root.Find("start") is { } start ? Time(root.Reading, start) : new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero),
            Duration = root.Span("duration") ?? TimeSpan.FromMilliseconds(devices.Max(d => d.Wearer.Timeline.EndMs)),
            TemperatureC = root.Number("temperature") ?? CellTemperature.RoomC,
            Server = root.Text("server") is { } server && server != "in-process" ? Address(root.Reading, root.Required("server")) : null,
            Seed = root.Text("seed") is { } seed ? ulong.Parse(seed, CultureInfo.InvariantCulture) : null,
            Store = root.Text("store") switch { "memory" => SoakStore.Memory, "sqlite" => SoakStore.Sqlite, _ => null },
            Places = new Places([.. root.List("places").Select(node => PlaceReading.Place(root.Reading.Mapping(node)))]),
            Devices = devices,
            Faults = [.. root.List("faults").Select(node => Fault(root, root.Reading.Mapping(node), ids))],
            Updates = [.. root.List("updates").Select(node => Update(root, root.Reading.Mapping(node), ids))],
            Supervisors = [.. root.List("supervisors").Select(node => Supervisor(root.Reading.Mapping(node), ids))],
            Expectations = [.. root.List("expect").Select(node => ExpectationReading.Expectation(root.Reading, node, ids))],
        };
    }

    /// <summary>The device a mapping names; null where it names none.</summary>
    internal static string? DeviceId(YamlMapping map, HashSet<string> devices)
        => map.Text("device") is not { } id || devices.Contains(id) ? map.Text("device")
            : throw map.Reading.Error(map.Required("device"), $"there is no device '{id}'; there are {string.Join(", ", devices)}");

    private static PlannedFault Fault(YamlMapping root, YamlMapping map, HashSet<string> devices)
    {
        var fault = FaultReading.Fault(map, devices);
        if (!fault.IsForSoak || root.Has("store")) return fault;
        throw map.Reading.Error(map.Required("fault"), $"'{map.Text("fault")}' strikes what only the soak's server has: write 'store: memory' or 'store: sqlite' at the top and run it with sim soak");
    }

    private static PlannedUpdate Update(YamlMapping root, YamlMapping map, HashSet<string> devices)
        => root.Has("store") ? throw map.Reading.Error(map.Node, "the soak's server offers no images: leave 'store' out, or this") : UpdateReading.Update(map, devices);

    private static Supervisor Supervisor(YamlMapping map, HashSet<string> devices) => new()
    {
        Name = map.Text("name")!,
        Rule = map.Text("alert"),
        DeviceId = DeviceId(map, devices),
        AcknowledgesAfter = map.Span("acknowledges-after"),
        ResolvesAfter = map.Span("resolves-after"),
    };

    private static DateTimeOffset Time(YamlReading reading, YamlNode node)
        => DateTimeOffset.TryParse(reading.Text(node, "start"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw reading.Error(node, $"start is a time such as 2026-03-02T06:00:00Z, not '{node}'");

    private static Uri Address(YamlReading reading, YamlNode node)
        => Uri.TryCreate(reading.Text(node, "server"), UriKind.Absolute, out var address) ? address : throw reading.Error(node, $"'{node}' is no address");
}
