namespace Traxxs.Cli.Tracks;

/// <summary>Reads a track from comma-separated text. The header line names the columns; their order does not matter.</summary>
internal static class CsvTrack
{
    private static readonly string[] TimeNames = ["t_unix_s", "t_local_s", "time", "timestamp", "tst"];
    private static readonly string[] LatitudeNames = ["lat_deg", "lat", "latitude"];
    private static readonly string[] LongitudeNames = ["lon_deg", "lon", "lng", "longitude"];
    private static readonly string[] ModeNames = ["mode"];

    /// <summary>Reads all lines.</summary>
    /// <exception cref="TrackFileException">A column is missing, or a line does not hold what the header promises.</exception>
    public static Track Read(TextReader text, string file)
    {
        var header = (text.ReadLine() ?? "").TrimStart('\uFEFF').Split(',');
        var time = Column(header, TimeNames, file);
        var latitude = Column(header, LatitudeNames, file);
        var longitude = Column(header, LongitudeNames, file);
        var mode = Array.FindIndex(header, name => Matches(name, ModeNames));

        var points = new List<TrackPoint>();
        var lineNumber = 1;
        while (text.ReadLine() is { } line)
        {
            lineNumber++;
            if (line.Length == 0) continue;
            var cells = line.Split(',');
            points.Add(new TrackPoint(
                TrackText.TimeS(Cell(cells, time), file, lineNumber),
                TrackText.LatitudeE5(Cell(cells, latitude), file, lineNumber),
                TrackText.LongitudeE5(Cell(cells, longitude), file, lineNumber),
                mode < 0 ? null : Cell(cells, mode)));
        }

        return new Track(Path.GetFileName(file), file, points);
    }

    private static int Column(string[] header, string[] names, string file)
    {
        var column = Array.FindIndex(header, name => Matches(name, names));
        return column >= 0 ? column : throw new TrackFileException($"{file}: line 1 has no column '{names[0]}'");
    }

    private static bool Matches(string name, string[] names) =>
        names.Contains(name.Trim().Trim('"'), StringComparer.OrdinalIgnoreCase);

    private static string Cell(string[] cells, int column) => column < cells.Length ? cells[column].Trim().Trim('"') : "";
}
