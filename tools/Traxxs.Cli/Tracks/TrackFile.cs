using System.IO.Compression;

namespace Traxxs.Cli.Tracks;

/// <summary>
/// Reads recorded tracks: GPX, and CSV with a header line (<c>t_unix_s,lat_deg,lon_deg[,alt_m][,mode]</c> in any order),
/// each plain or gzipped.
/// </summary>
internal static class TrackFile
{
    private static readonly string[] Endings = [".csv", ".csv.gz", ".gpx", ".gpx.gz"];

    /// <summary>
    /// The track files behind paths that are a file, a folder (with what is below it) or a pattern such as
    /// <c>walks/*.gpx</c>, sorted within each path. A folder's <c>index.csv</c> is its table of contents, not a track.
    /// </summary>
    /// <exception cref="TrackFileException">A path names nothing.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            var found = FindOne(path);
            if (found.Count == 0) throw new TrackFileException($"{path}: no track file there; expected {string.Join(", ", Endings)}");
            files.AddRange(found);
        }

        return files;
    }

    /// <summary>The tracks of one file.</summary>
    /// <exception cref="TrackFileException">The file is absent, of another kind, or a line of it cannot be read.</exception>
    public static IEnumerable<Track> Read(string file)
    {
        try
        {
            using var stream = Open(file);
            using var text = new StreamReader(stream);
            return NameOf(file).EndsWith(".gpx", StringComparison.Ordinal)
                ? GpxTracks.Read(text, file).ToList()
                : [CsvTrack.Read(text, file)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TrackFileException($"{file}: {e.Message}");
        }
    }

    private static List<string> FindOne(string path)
    {
        if (File.Exists(path)) return [path];
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder)) return [];

        var found = Directory.Exists(path)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            : Directory.EnumerateFiles(folder, Path.GetFileName(path));
        return [.. found.Where(IsTrack).Order(StringComparer.Ordinal)];
    }

    private static bool IsTrack(string file) =>
        !Path.GetFileName(file).Equals("index.csv", StringComparison.OrdinalIgnoreCase)
        && Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static Stream Open(string file)
    {
        var stream = File.OpenRead(file);
        return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static string NameOf(string file)
    {
        var name = Path.GetFileName(file).ToLowerInvariant();
        return name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
    }
}
