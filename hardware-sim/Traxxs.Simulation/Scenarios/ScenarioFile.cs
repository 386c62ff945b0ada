using System.Globalization;
using System.Reflection;
using Traxxs.Core;
using Traxxs.Simulation.World;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>Reads a scenario from YAML. Every mistake is named with its line and column; a key that is not known is a mistake.</summary>
public sealed class ScenarioFile
{
    private readonly YamlMapping _root;
    private readonly YamlReading _reading;
    private readonly string _folder;

    private ScenarioFile(string file, string text, string folder)
    {
        _root = YamlReading.Load(file, text);
        _reading = _root.Reading;
        _folder = folder;
    }

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
            return Parse(nameOrPath + ".yaml", reader.ReadToEnd(), "");
        }

        if (!File.Exists(nameOrPath))
        {
            throw new ScenarioException(nameOrPath, 0, 0, $"neither a file nor a scenario that comes along ({string.Join(", ", BuiltIn)})");
        }

        return Parse(nameOrPath, File.ReadAllText(nameOrPath), Path.GetDirectoryName(Path.GetFullPath(nameOrPath))!);
    }

    /// <summary>Reads a scenario; <paramref name="folder"/> is where track files it names are looked for.</summary>
    public static Scenario Parse(string file, string text, string folder = "") => new ScenarioFile(file, text, folder).Read();

    private Scenario Read()
    {
        var places = _root.Find("places") is { } placeList ? new Places([.. _reading.List(placeList, "places").Select(ReadPlace)]) : Places.None;
        var people = ReadPeople(_root.Required("people"));
        var devices = _reading.List(_root.Required("devices"), "devices").Select(node => ReadDevice(node, people)).ToList();
        if (devices.Count == 0) throw _reading.Error(_root.Required("devices"), "a scenario needs at least one device");
        var ids = devices.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var scenario = new Scenario
        {
            Name = _reading.Text(_root.Required("name"), "name"),
            About = _root.Find("about") is { } about ? _reading.Text(about, "about") : "",
            Start = _root.Find("start") is { } start ? ReadTime(start) : new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero),
            Duration = _root.Find("duration") is { } duration ? _reading.Duration(duration, "duration") : TimeSpan.FromMilliseconds(devices.Max(d => d.Wearer.Timeline.EndMs)),
            Places = places,
            Devices = devices,
            Faults = _root.Find("faults") is { } faults ? [.. _reading.List(faults, "faults").Select(node => ReadFault(node, ids))] : [],
            Expectations = _root.Find("expect") is { } expect ? [.. _reading.List(expect, "expect").Select(node => ReadExpectation(node, ids))] : [],
        };
        _root.RefuseOthers();
        return scenario;
    }

    private Place ReadPlace(YamlNode node)
    {
        var map = _reading.Mapping(node, "a place");
        var name = _reading.Text(map.Required("name"), "name");
        var kindNode = map.Required("kind");
        var kind = _reading.Text(kindNode, "kind") switch
        {
            "indoors" => PlaceKind.Indoors,
            "canyon" => PlaceKind.Canyon,
            "dead-zone" => PlaceKind.DeadZone,
            "trees" => PlaceKind.Trees,
            "geofence" => PlaceKind.Geofence,
            var other => throw _reading.Error(kindNode, $"'{other}' is not a kind of place; it is indoors, canyon, dead-zone, trees or geofence"),
        };
        Place place;
        if (map.Find("area") is { } area)
        {
            var corners = ReadPoints(area, "area");
            if (corners.Count < 3) throw _reading.Error(area, "an area needs at least three corners");
            place = Place.Area(name, kind, corners);
        }
        else
        {
            var centre = ReadPoint(map.Required("centre"));
            place = Place.Circle(name, kind, centre, _reading.Number(map.Required("radius"), "radius (metres)", 1, 100_000));
        }

        map.RefuseOthers();
        return place;
    }

    private Dictionary<string, Person> ReadPeople(YamlNode list)
    {
        var people = new Dictionary<string, Person>(StringComparer.Ordinal);
        foreach (var node in _reading.List(list, "people"))
        {
            var map = _reading.Mapping(node, "a person");
            var nameNode = map.Required("name");
            var name = _reading.Text(nameNode, "name");
            var route = ReadRoute(map.Required("route"));
            var dayNode = map.Required("day");
            var timeline = DayPlan.Read(_reading, _reading.List(dayNode, "a day"));
            if (timeline.Spans.Count == 0) throw _reading.Error(dayNode, "a day needs at least one activity, such as 'sit 1h'");
            map.RefuseOthers();
            if (!people.TryAdd(name, new Person(name, route, timeline))) throw _reading.Error(nameNode, $"there are two people called '{name}'");
        }

        return people;
    }

    private Route ReadRoute(YamlNode node)
    {
        var map = _reading.Mapping(node, "a route");
        var end = RouteEnd.Stop;
        if (map.Find("end") is { } endNode)
        {
            end = _reading.Text(endNode, "end") switch
            {
                "stop" => RouteEnd.Stop,
                "back" => RouteEnd.TurnBack,
                "loop" => RouteEnd.Loop,
                var other => throw _reading.Error(endNode, $"'{other}' is not an end of a route; it is stop, back or loop"),
            };
        }

        IReadOnlyList<GeoPoint> points;
        if (map.Find("track") is { } track)
        {
            try
            {
                points = TrackReader.Read(Path.Combine(_folder, _reading.Text(track, "track")));
            }
            catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or System.Xml.XmlException)
            {
                throw _reading.Error(track, $"cannot read the track: {problem.Message}");
            }
        }
        else
        {
            points = ReadPoints(map.Required("points"), "points");
        }

        map.RefuseOthers();
        return new Route(points, end);
    }

    private ScenarioDevice ReadDevice(YamlNode node, Dictionary<string, Person> people)
    {
        var map = _reading.Mapping(node, "a device");
        var wearer = map.Required("wearer");
        if (!people.TryGetValue(_reading.Text(wearer, "wearer"), out var person))
        {
            throw _reading.Error(wearer, $"nobody is called '{wearer}'; there are {string.Join(", ", people.Keys)}");
        }

        var device = new ScenarioDevice
        {
            Id = _reading.Text(map.Required("id"), "id"),
            Wearer = person,
            BatteryPercent = map.Find("battery") is { } battery ? _reading.Integer(battery, "battery (%)", 0, 100) : 90,
            CapacityMAh = map.Find("capacity") is { } capacity ? _reading.Integer(capacity, "capacity (mAh)", 10, 10_000) : 250,
            Profile = map.Find("profile") is { } profile ? ReadProfile(profile) : new TrackerProfile(),
        };
        map.RefuseOthers();
        return device;
    }

    private TrackerProfile ReadProfile(YamlNode node)
    {
        var profile = new TrackerProfile();
        foreach (var (key, keyNode, value) in _reading.Mapping(node, "a profile").All())
        {
            var field = typeof(TrackerProfile).GetField(key, BindingFlags.Public | BindingFlags.Instance);
            if (field is null || field.FieldType != typeof(int)) throw _reading.Error(keyNode, $"the firmware has no setting '{key}'");
            field.SetValue(profile, _reading.Integer(value, key, int.MinValue, int.MaxValue));
        }

        return profile.Validate() is { } problem ? throw _reading.Error(node, problem) : profile;
    }

    private PlannedFault ReadFault(YamlNode node, HashSet<string> devices)
    {
        var map = _reading.Mapping(node, "a fault");
        var kindNode = map.Required("fault");
        var kind = _reading.Text(kindNode, "fault") switch
        {
            "link-down" => FaultKind.LinkDown,
            "server-down" => FaultKind.ServerDown,
            "ack-loss" => FaultKind.AckLoss,
            "power-cut" => FaultKind.PowerCut,
            var other => throw _reading.Error(kindNode, $"'{other}' is not a fault; it is link-down, server-down, ack-loss or power-cut"),
        };
        var from = kind == FaultKind.PowerCut ? _reading.Duration(map.Required("at"), "at") : _reading.Duration(map.Required("from"), "from");
        var to = kind == FaultKind.PowerCut ? from : _reading.Duration(map.Required("to"), "to");
        if (to < from) throw _reading.Error(node, "'to' is before 'from'");
        var percent = map.Find("percent") is { } share ? _reading.Integer(share, "percent", 1, 100) : 100;
        var fault = new PlannedFault(kind, (long)from.TotalMilliseconds, (long)to.TotalMilliseconds, ReadDeviceId(map, devices), percent);
        map.RefuseOthers();
        return fault;
    }

    private Expectation ReadExpectation(YamlNode node, HashSet<string> devices)
    {
        var text = string.Join(", ", node is YamlMappingNode written ? written.Children.Select(pair => $"{pair.Key} {pair.Value}") : [node.ToString()]);
        if (node is YamlScalarNode { Value: "no other alerts" }) return new NoOtherAlertsExpectation { Text = text };
        var map = _reading.Mapping(node, "an expectation (other than 'no other alerts')");
        Expectation expectation;
        if (map.Find("alert") is { } rule)
        {
            var times = map.Find("times") is { } timesNode ? _reading.Integer(timesNode, "times", 0, 1000) : 1;
            expectation = new AlertExpectation
            {
                Text = text,
                Rule = _reading.Text(rule, "alert"),
                DeviceId = ReadDeviceId(map, devices) ?? throw _reading.Error(node, "an expected alert needs 'device'"),
                Times = times,
                EventAtMs = map.Find("at") is { } at ? (long)_reading.Duration(at, "at").TotalMilliseconds : null,
                Within = map.Find("within") is { } within ? _reading.Duration(within, "within") : TimeSpan.FromMinutes(1),
                RaisedWithin = map.Find("raised-within") is { } raised ? _reading.Duration(raised, "raised-within") : null,
            };
        }
        else if (map.Find("energy-at-most") is { } energy)
        {
            expectation = new EnergyExpectation { Text = text, DeviceId = ReadDeviceId(map, devices), AtMostMAhPerDay = _reading.Number(energy, "energy-at-most (mAh a day)", 0, 100_000) };
        }
        else if (map.Find("fixes-at-least") is { } fixes)
        {
            expectation = new FixesExpectation { Text = text, DeviceId = ReadDeviceId(map, devices), AtLeast = _reading.Integer(fixes, "fixes-at-least", 0, int.MaxValue) };
        }
        else
        {
            throw _reading.Error(node, "an expectation is 'alert: ...', 'energy-at-most: ...', 'fixes-at-least: ...' or 'no other alerts'");
        }

        map.RefuseOthers();
        return expectation;
    }

    private string? ReadDeviceId(YamlMapping map, HashSet<string> devices)
    {
        if (map.Find("device") is not { } node) return null;
        var id = _reading.Text(node, "device");
        return devices.Contains(id) ? id : throw _reading.Error(node, $"there is no device '{id}'; there are {string.Join(", ", devices)}");
    }

    private List<GeoPoint> ReadPoints(YamlNode node, string what)
    {
        var points = _reading.List(node, what).Select(ReadPoint).ToList();
        return points.Count > 0 ? points : throw _reading.Error(node, $"{what} needs at least one [latitude, longitude]");
    }

    private GeoPoint ReadPoint(YamlNode node)
    {
        var pair = _reading.List(node, "a point");
        if (pair.Count != 2) throw _reading.Error(node, "a point is [latitude, longitude]");
        return new GeoPoint(_reading.Number(pair[0], "latitude", -85, 85), _reading.Number(pair[1], "longitude", -180, 180));
    }

    private DateTimeOffset ReadTime(YamlNode node)
        => DateTimeOffset.TryParse(_reading.Text(node, "start"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw _reading.Error(node, $"start is a time such as 2026-03-02T06:00:00Z, not '{node}'");
}
