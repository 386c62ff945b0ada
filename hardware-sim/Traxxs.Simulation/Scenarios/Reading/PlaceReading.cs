using System.Globalization;
using Traxxs.Simulation.World;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios.Reading;

/// <summary>Reads points, places and routes.</summary>
internal static class PlaceReading
{
    public static Place Place(YamlMapping map)
    {
        var (name, kind) = (map.Text("name")!, KindOf(map.Text("kind")!));
        if (map.Has("alert") && kind != PlaceKind.Geofence) throw map.Reading.Error(map.Required("alert"), "only a geofence raises alerts");
        var alert = map.Text("alert") switch { "enter" => FenceAlert.Enter, "both" => FenceAlert.Both, _ => FenceAlert.Leave };
        var place = map.Has("area")
            ? World.Place.Area(name, kind, Points(map, "area"))
            : World.Place.Circle(name, kind, Point(map.Reading, map.Required("centre")), map.Number("radius")!.Value);
        return place with { Alert = alert };
    }

    public static Route Route(YamlMapping map, string folder)
    {
        var end = map.Text("end") switch { "back" => RouteEnd.TurnBack, "loop" => RouteEnd.Loop, _ => RouteEnd.Stop };
        return new Route(map.Find("track") is { } track ? Track(map.Reading, track, folder) : Points(map, "points"), end);
    }

    private static IReadOnlyList<GeoPoint> Track(YamlReading reading, YamlNode node, string folder)
    {
        try
        {
            return TrackReader.Read(Path.Combine(folder, reading.Text(node, "track")));
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or System.Xml.XmlException)
        {
            throw reading.Error(node, $"cannot read the track: {problem.Message}");
        }
    }

    private static List<GeoPoint> Points(YamlMapping map, string key) => [.. map.List(key).Select(node => Point(map.Reading, node))];

    private static GeoPoint Point(YamlReading reading, YamlNode node)
    {
        var pair = reading.List(node);
        return new GeoPoint(Degrees(pair[0]), Degrees(pair[1]));

        double Degrees(YamlNode value) => double.Parse(reading.Text(value, "degrees"), CultureInfo.InvariantCulture);
    }

    private static PlaceKind KindOf(string kind) => kind switch
    {
        "indoors" => PlaceKind.Indoors,
        "garage" => PlaceKind.Garage,
        "canyon" => PlaceKind.Canyon,
        "trees" => PlaceKind.Trees,
        "dead-zone" => PlaceKind.DeadZone,
        _ => PlaceKind.Geofence,
    };
}
