using Microsoft.AspNetCore.Http;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>
/// Answers a request with a track, block by block: the next block is read when the client has taken the one before, and a
/// client that goes ends the reading.
/// </summary>
internal sealed class TrackResult(TrackFormatName format, TrackTitle title, IEnumerable<TrackBlock> track, Func<string?> next, Func<string?> hidden) : IResult
{
    // A block's text fits; what grew larger is handed on and forgotten.
    private const int BufferBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = format.ContentType();
        if (format.Extension() is { } extension) response.Headers.ContentDisposition = $"attachment; filename=\"{title.Id}.{extension}\"";
        using var buffer = new MemoryStream(BufferBytes);
        var writer = format.Open(buffer, title, hidden, next);
        writer.Begin();
        foreach (var block in track)
        {
            writer.Write(block);
            writer.Flush();
            if (buffer.Length >= BufferBytes / 2) await SendAsync();
        }

        writer.End();
        await SendAsync();

        async Task SendAsync()
        {
            await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
            buffer.SetLength(0);
        }
    }
}

/// <summary>A format by its word.</summary>
internal enum TrackFormatName
{
    Json,
    GeoJson,
    Gpx,
    Kml,
    Csv,
}

/// <summary>What goes with a format's word.</summary>
internal static class TrackFormatNames
{
    public static IReadOnlyDictionary<string, TrackFormatName> Words { get; } =
        Enum.GetValues<TrackFormatName>().ToDictionary(name => name.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static string ContentType(this TrackFormatName name) => name switch
    {
        TrackFormatName.GeoJson => "application/geo+json",
        TrackFormatName.Gpx => "application/gpx+xml",
        TrackFormatName.Kml => "application/vnd.google-earth.kml+xml",
        TrackFormatName.Csv => "text/csv; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };

    /// <summary>The ending of a file of it; null for what programs read in place.</summary>
    public static string? Extension(this TrackFormatName name) => name switch
    {
        TrackFormatName.Gpx => "gpx",
        TrackFormatName.Kml => "kml",
        TrackFormatName.Csv => "csv",
        _ => null,
    };

    public static TrackFormat Open(this TrackFormatName name, Stream buffer, TrackTitle title, Func<string?> hidden, Func<string?> next) => name switch
    {
        TrackFormatName.GeoJson => new GeoJsonTrack(buffer, title, hidden, next),
        TrackFormatName.Gpx => new GpxTrack(buffer, title),
        TrackFormatName.Kml => new KmlTrack(buffer, title),
        TrackFormatName.Csv => new CsvTrack(buffer, title),
        _ => new JsonTrack(buffer, title, hidden, next),
    };
}
