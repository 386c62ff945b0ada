using System.Xml;
using Traxxs.Simulation.World;

namespace Traxxs.Cli.Demo;

/// <summary>Where the three walk: on a made-up industrial estate, or along recorded tracks.</summary>
internal sealed record DemoRoutes(Route Ann, Route Ben, IReadOnlyList<Route> Cleo)
{
    // Way-points drawn by hand, around 52.00 N 5.10 E.
    private static readonly Route EstateRound = new(
        [
            new(52.00210, 5.09820), new(52.00335, 5.09790), new(52.00430, 5.09905), new(52.00462, 5.10120), new(52.00415, 5.10330),
            new(52.00290, 5.10405), new(52.00185, 5.10310), new(52.00160, 5.10060),
        ],
        RouteEnd.Loop);

    private static readonly Route ToThePumpHouse = new(
        [new(52.00050, 5.10480), new(52.00065, 5.10620), new(52.00030, 5.10790), new(52.00020, 5.11010), new(52.00110, 5.11190)], RouteEnd.TurnBack);

    private static readonly Route OutOfTheYard = new(
        [new(51.99870, 5.10150), new(51.99760, 5.10120), new(51.99640, 5.10195), new(51.99520, 5.10210), new(51.99330, 5.10260), new(51.99130, 5.10300)]);

    /// <summary>The routes that come along, or those of the files and folders named.</summary>
    public static DemoRoutes Choose(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0) return new DemoRoutes(EstateRound, ToThePumpHouse, [OutOfTheYard]);
        var tracks = paths.SelectMany(FilesOf).Take(TracksMax).Select(Read).OfType<IReadOnlyList<GeoPoint>>().ToList();
        if (tracks.Count == 0) throw new DemoException($"no track in {string.Join(", ", paths)}: name GPX files, CSV files with lat_deg and lon_deg, or a folder of them");
        return new DemoRoutes(
            new Route(tracks[0], RouteEnd.TurnBack),
            new Route(tracks[1 % tracks.Count], RouteEnd.TurnBack),
            [.. tracks.Skip(2 % tracks.Count).Concat(tracks).Select(points => new Route(points))]);
    }

    // A folder may hold thousands; three walkers need a few.
    private const int TracksMax = 60;

    private static IEnumerable<string> FilesOf(string path)
    {
        if (Directory.Exists(path)) return Directory.EnumerateFiles(path).Where(IsTrack).Order(StringComparer.Ordinal);
        return File.Exists(path) ? [path] : throw new DemoException($"there is no file or folder {path}");
    }

    private static bool IsTrack(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return name.EndsWith(".gpx", StringComparison.OrdinalIgnoreCase)
            || (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("index.csv", StringComparison.OrdinalIgnoreCase));
    }

    private static IReadOnlyList<GeoPoint>? Read(string path)
    {
        try
        {
            return TrackReader.Read(path);
        }
        catch (InvalidDataException)
        {
            return null; // one unfit file among many
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            throw new DemoException($"cannot read {path}: {e.Message}");
        }
    }
}
