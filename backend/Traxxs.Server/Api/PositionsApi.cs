using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Positions of a device by fix time, exactly as stored: 1e-5 degrees, whole seconds. Pages follow the reports by their
/// first fix; within a page positions stand in the order of their times.
/// </summary>
internal static class PositionsApi
{
    private const int PageMax = 10_000;
    private const int ReportsAtOnce = 100;

    private enum Format
    {
        Json,
        GeoJson,
    }

    public static void MapPositions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/positions/latest", Latest).RequireRole(Role.Viewer);
        app.MapGet("/api/v1/devices/{id}/positions", OfDevice).RequireRole(Role.Viewer);
    }

    private static IResult Latest(HttpContext context, DeviceBoard board) => Results.Ok(new
    {
        positions = board.All(context.Actor().Org).Where(status => status.Position is not null).OrderBy(status => status.DeviceId, StringComparer.Ordinal)
            .Select(status => new { deviceId = status.DeviceId, position = PositionView.Of(status.Position) }),
    });

    private static IResult OfDevice(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, DeviceBoard board)
    {
        var from = request.Query.Time("from") ?? DateTimeOffset.UnixEpoch;
        var to = request.Query.Time("to") ?? DateTimeOffset.FromUnixTimeSeconds(uint.MaxValue);
        var limit = request.Query.Count("limit", 1000, PageMax);
        var format = request.Query.Word("format", Formats) ?? Format.Json;
        var (org, cursor) = (request.HttpContext.Actor().Org, ReadCursor(request));
        if (board.Find(org, id) is null && database.Read(session => session.Devices.Find(org, id)) is null) return ApiProblem.NotFound("device", id);
        var (found, next) = Read(archive, id, from, to, limit, cursor);
        found.Sort((a, b) => a.Time.CompareTo(b.Time));
        if (format == Format.Json) return Results.Ok(new { deviceId = id, positions = found, next });
        return Results.Json(
            new
            {
                type = "FeatureCollection",
                features = found.Select(item => new
                {
                    type = "Feature",
                    geometry = new { type = "Point", coordinates = new[] { item.Longitude, item.Latitude } },
                    properties = new { deviceId = id, item.Time, item.AccuracyM, item.Epoch, item.Sequence },
                }),
                next,
            },
            contentType: "application/geo+json");
    }

    private static Dictionary<string, Format> Formats { get; } = new(StringComparer.Ordinal) { ["json"] = Format.Json, ["geojson"] = Format.GeoJson };

    // Whole reports until the page has enough: a page may have up to a report's fixes more than asked for.
    private static (List<StoredPosition> Found, string? Next) Read(
        ReportArchive archive, string id, DateTimeOffset from, DateTimeOffset to, int limit, (long FirstFixTimeS, long Position)? after)
    {
        var (fromS, toS) = ((long)Math.Ceiling(from.ToUnixTimeMilliseconds() / 1000.0), to.ToUnixTimeSeconds());
        var found = new List<StoredPosition>();
        while (true)
        {
            var reports = archive.Store.ReadByFixTime(id, fromS, toS, after, ReportsAtOnce);
            foreach (var stored in reports)
            {
                after = (stored.Report.FirstFixTimeS!.Value, stored.Position);
                if (archive.Decode(stored) is { } report) found.AddRange(PositionsOf(report, fromS, toS));
                if (found.Count >= limit) return (found, string.Create(CultureInfo.InvariantCulture, $"{after.Value.FirstFixTimeS}.{after.Value.Position}"));
            }

            if (reports.Count < ReportsAtOnce) return (found, null);
        }
    }

    private static IEnumerable<StoredPosition> PositionsOf(AcceptedReport report, long fromS, long toS)
    {
        foreach (var fix in report.Fixes)
        {
            var time = fix.FixTime.ToUnixTimeSeconds();
            if (time >= fromS && time <= toS) yield return new StoredPosition(time, fix.Latitude, fix.Longitude, fix.AccuracyM, report.Epoch, report.Sequence);
        }
    }

    private static (long FirstFixTimeS, long Position)? ReadCursor(HttpRequest request)
    {
        if (request.Query.Text("cursor") is not { } text) return null;
        var parts = text.Split('.');
        if (parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return (time, position);
        }

        throw QueryParsing.Bad("cursor", "must be what an earlier page gave as next");
    }

    private sealed record StoredPosition(long Time, double Latitude, double Longitude, int? AccuracyM, int Epoch, long Sequence);
}
