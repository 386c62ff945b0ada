using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Api.Tracks;
using Traxxs.Server.History;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Positions by fix time, exactly as stored: 1e-5 degrees, whole seconds. JSON and GeoJSON come in pages, which follow the
/// reports by their first fix; a track simplified for a zoom, and the formats of other programs, come whole, as a stream.
/// </summary>
internal static class PositionsApi
{
    private const int PageMax = 10_000;
    private const int ReportsAtOnce = 100;

    public static void MapPositions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/positions/latest", Latest).RequireRole(Role.Viewer).Compressed();
        app.MapGet("/api/v1/devices/{id}/positions", OfDevice).RequireRole(Role.Viewer).Streams().Compressed();
        app.MapGet("/api/v1/wearers/{id}/positions", OfWearer).RequireRole(Role.Viewer).Streams().Compressed();
    }

    private static IResult Latest(HttpContext context, DeviceBoard board, LocationGate gate) => Results.Ok(new LatestPositions([
        .. board.All(context.Actor().Org).Where(status => status.Position is not null).OrderBy(status => status.DeviceId, StringComparer.Ordinal)
            .Select(status => (status.DeviceId, View: DeviceStatusView.Of(status, gate.Of(status.DeviceId))))
            .Select(item => new LatestPosition(item.DeviceId, item.View.Position, item.View.LocationHidden)),
    ]));

    private static IResult OfDevice(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, DeviceBoard board, HiddenPlace hidden)
    {
        var (ask, cursor) = (Ask.Of(request), ReadCursor(request));
        var org = request.HttpContext.Actor().Org;
        var identity = database.Read(session => session.Devices.Find(org, id));
        if (identity is null && board.Find(org, id) is null) return ApiProblem.NotFound("device", id);
        var title = new TrackTitle("deviceId", id, identity?.Name ?? id, ask.Zoom);
        var reading = new TrackReading(archive, hidden);
        if (ask.IsWhole) return Whole(ask, title, reading, reading.OfDevice(id, ask.FromS, ask.ToS));
        var (found, next) = ReadPage(archive, hidden, id, ask, cursor, out var why);
        return new TrackResult(ask.Format, title, TrackBlock.Of(found), () => next, () => why);
    }

    private static IResult OfWearer(string id, HttpRequest request, ReportArchive archive, ServiceDatabase database, HiddenPlace hidden)
    {
        var (ask, org) = (Ask.Of(request), request.HttpContext.Actor().Org);
        var (wearer, assignments) = database.Read(session => (session.Wearers.Find(org, id), session.Assignments.OfWearer(id)));
        if (wearer is null) return ApiProblem.NotFound("wearer", id);
        var reading = new TrackReading(archive, hidden);
        return Whole(ask, new TrackTitle("wearerId", id, wearer.Name, ask.Zoom), reading, reading.OfWearer(assignments, ask.FromS, ask.ToS));
    }

    private static TrackResult Whole(Ask ask, TrackTitle title, TrackReading reading, IEnumerable<TrackFix> fixes)
    {
        var track = TrackBlock.Of(fixes);
        return new TrackResult(ask.Format, title, ask.Zoom is { } zoom ? TrackSimplifier.At(zoom, track) : track, () => null, () => reading.Hidden);
    }

    // Whole reports until the page has enough: a page may have up to a report's fixes more than asked for.
    private static (List<TrackFix> Found, string? Next) ReadPage(
        ReportArchive archive, HiddenPlace hidden, string id, Ask ask, (long FirstFixTimeS, long Position)? after, out string? why)
    {
        var found = new List<TrackFix>();
        string? next = null;
        why = null;
        for (var more = true; more && next is null;)
        {
            var reports = archive.Store.ReadByFixTime(id, ask.FromS, ask.ToS, after, ReportsAtOnce);
            more = reports.Count == ReportsAtOnce;
            foreach (var stored in reports)
            {
                after = (stored.Report.FirstFixTimeS!.Value, stored.Position);
                if (archive.Decode(stored) is not { } report) continue;
                foreach (var fix in FixReader.FixesOf(report, ask.FromS, ask.ToS))
                {
                    if (hidden(id, DateTimeOffset.FromUnixTimeSeconds(fix.Time)) is { } reason) why = reason;
                    else found.Add(fix);
                }

                if (found.Count < ask.Limit) continue;
                next = string.Create(CultureInfo.InvariantCulture, $"{after.Value.FirstFixTimeS}.{after.Value.Position}");
                break;
            }
        }

        return (found.OrderBy(fix => fix.Time).ToList(), next);
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

    /// <summary>What a request wants.</summary>
    private sealed record Ask(long FromS, long ToS, TrackFormatName Format, int? Zoom, int Limit)
    {
        /// <summary>Whether it is answered whole rather than in pages.</summary>
        public bool IsWhole => Zoom is not null || Format is not (TrackFormatName.Json or TrackFormatName.GeoJson);

        public static Ask Of(HttpRequest request)
        {
            var from = request.Query.Time("from") ?? DateTimeOffset.UnixEpoch;
            var to = request.Query.Time("to") ?? DateTimeOffset.FromUnixTimeSeconds(uint.MaxValue);
            var zoom = request.Query.Whole("zoom", 0, TrackSimplifier.ZoomMax);
            return new Ask(
                (long)Math.Ceiling(from.ToUnixTimeMilliseconds() / 1000.0), to.ToUnixTimeSeconds(),
                request.Query.Word("format", TrackFormatNames.Words) ?? TrackFormatName.Json, zoom, request.Query.Count("limit", 1000, PageMax));
        }
    }
}

/// <summary>Where each device is.</summary>
internal sealed record LatestPositions(IReadOnlyList<LatestPosition> Positions);

/// <summary>Where a device is, or why that is not shown.</summary>
internal sealed record LatestPosition(string DeviceId, PositionView? Position, string? LocationHidden);

/// <summary>A page of positions, or a whole track simplified for a zoom.</summary>
/// <param name="DeviceId">Which device; absent for a wearer's track.</param>
/// <param name="WearerId">Which wearer; absent for a device's track.</param>
/// <param name="Zoom">The zoom it is simplified for; absent where it is whole.</param>
/// <param name="ErrorMaxM">The largest error of that, m.</param>
/// <param name="Positions">In the order of time.</param>
/// <param name="LocationHidden">Why some are left out; null where none are.</param>
/// <param name="Next">Cursor of the next page; null where this is the last.</param>
internal sealed record PositionPage(
    IReadOnlyList<StoredPositionView> Positions, string? LocationHidden, string? Next,
    string? DeviceId = null, string? WearerId = null, int? Zoom = null, double? ErrorMaxM = null);

/// <summary>A position and the report it came in.</summary>
internal sealed record StoredPositionView(long Time, int? AccuracyM, int Epoch, long Sequence, double Latitude, double Longitude);
