using Traxxs.Core;
using Traxxs.Protocol;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Scenarios.Reading;

/// <summary>Reads people and the insoles they wear.</summary>
internal static class DeviceReading
{
    public static Dictionary<string, Person> People(YamlMapping root, string folder)
    {
        var people = new Dictionary<string, Person>(StringComparer.Ordinal);
        foreach (var map in root.List("people").Select(root.Reading.Mapping))
        {
            var name = map.Text("name")!;
            var timeline = DayPlan.Read(map.Reading, map.List("day"));
            if (timeline.Spans.Count == 0) throw map.Reading.Error(map.Required("day"), "a day needs at least one activity, such as 'sit 1h'");
            var (recording, fromMs) = map.Find("motion") is { } motion ? Motion(map.Reading.Mapping(motion), folder) : (null, 0);
            var person = new Person(name, PlaceReading.Route(map.Reading.Mapping(map.Required("route")), folder), timeline) { Recording = recording, RecordingFromMs = fromMs };
            if (!people.TryAdd(name, person)) throw map.Reading.Error(map.Required("name"), $"there are two people called '{name}'");
        }

        return people;
    }

    public static List<ScenarioDevice> Devices(YamlMapping root, Dictionary<string, Person> people)
    {
        var devices = new List<ScenarioDevice>();
        foreach (var map in root.List("devices").Select(root.Reading.Mapping))
        {
            var device = Device(map, people);
            if (devices.Exists(other => other.Id == device.Id)) throw map.Reading.Error(map.Required("id"), $"there are two devices '{device.Id}'");
            devices.Add(device);
        }

        return devices;
    }

    private static (RecordedMotion? Recording, long FromMs) Motion(YamlMapping map, string folder)
    {
        try
        {
            return (RecordedMotion.Read(Path.Combine(folder, map.Text("file")!), map.Number("rate") ?? 0), map.SpanMs("from")!.Value);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw map.Reading.Error(map.Required("file"), $"cannot read the motion: {problem.Message}");
        }
    }

    private static ScenarioDevice Device(YamlMapping map, Dictionary<string, Person> people)
    {
        var wearer = map.Text("wearer")!;
        if (!people.TryGetValue(wearer, out var person))
        {
            throw map.Reading.Error(map.Required("wearer"), $"nobody is called '{wearer}'; there are {string.Join(", ", people.Keys)}");
        }

        return new ScenarioDevice
        {
            Id = map.Text("id")!,
            Wearer = person,
            BatteryPercent = map.Integer("battery") ?? 90,
            CapacityMAh = map.Integer("capacity") ?? 250,
            Profile = map.Find("profile") is { } profile ? Profile(map.Reading.Mapping(profile)) : new TrackerProfile(),
        };
    }

    // A setting is spelt as the firmware's SettingCode, or with a small letter first, as the API has it.
    private static TrackerProfile Profile(YamlMapping map)
    {
        var profile = new TrackerProfile();
        foreach (var (keyNode, value) in map.Node.Children)
        {
            var key = map.Reading.Text(keyNode, "a setting");
            var known = Enum.TryParse<SettingCode>(char.ToUpperInvariant(key[0]) + key[1..], out var setting) && Enum.IsDefined(setting) && setting != SettingCode.None;
            if (!known || !char.IsLetter(key[0])) throw map.Reading.Error(keyNode, $"the firmware has no setting '{key}'");
            if (!int.TryParse(map.Reading.Text(value, key), out var number)) throw map.Reading.Error(value, $"{key} is a whole number, not '{value}'");
            profile[setting] = number;
        }

        var problem = profile.Validate();
        if (problem == SettingCode.None) return profile;
        // A range may hang on another setting, which then is the one that was written.
        var (name, refused) = map.Node.Children.FirstOrDefault(pair => string.Equals(pair.Key.ToString(), problem.ToString(), StringComparison.OrdinalIgnoreCase));
        throw map.Reading.Error(refused ?? map.Node, name is null ? $"{problem} does not fit the other settings" : $"{name} is {refused}, outside the range the firmware takes (see TrackerProfile)");
    }
}
