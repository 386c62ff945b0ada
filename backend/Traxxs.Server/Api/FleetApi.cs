using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// All devices of an organisation for a map, a row each, without names for the columns: ten thousand of them are some
/// 200 KB on the wire.
/// </summary>
internal static class FleetApi
{
    // Past the time a device named, it is late; the rules' own grace decides about an alert.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private static readonly string[] Columns = ["id", "latitude", "longitude", "state", "fixTime", "accuracyM", "percent", "openAlerts", "wearerName"];

    public static void MapFleet(this IEndpointRouteBuilder app) => app.MapGet("/api/v1/fleet", Fleet).RequireRole(Role.Viewer).Compressed();

    private static IResult Fleet(HttpContext context, ServiceDatabase database, DeviceBoard board, LocationGate gate, ServiceStanding standing, TimeProvider clock)
    {
        var org = context.Actor().Org;
        var box = BoxOf(context.Request.Query);
        var (ids, open, wearers) = database.Read(session => (session.Devices.Ids(org), session.Alerts.OpenByDevice(org), session.Assignments.Names(org)));
        var now = clock.GetUtcNow();
        gate.Warm(ids);
        var rows = new List<object?[]>(ids.Count);
        foreach (var id in ids)
        {
            var (status, alerts) = (board.Find(org, id), open.GetValueOrDefault(id));
            var why = status?.Position is { } known ? DeviceLocation.WordOf(gate.Of(id).WhyLastHidden(known.FixTime)) : null;
            var place = why is null ? status?.Position : null;
            if (box is { } inside && !inside.Holds(place)) continue;
            rows.Add([
                id, place is null ? null : place.LatitudeE5 / 1e5, place is null ? null : place.LongitudeE5 / 1e5, StateOf(status, alerts, why, now),
                place?.FixTime.ToUnixTimeSeconds(), place?.AccuracyM, status?.Battery?.Percent, alerts, wearers.GetValueOrDefault(id),
            ]);
        }

        return Results.Ok(new FleetView(Columns, rows, standing.Note()));
    }

    private static string StateOf(DeviceStatus? status, int alerts, string? hidden, DateTimeOffset now)
    {
        if (alerts > 0) return "alert";
        if (status?.HeardAt is null) return "never-heard";
        if (status.NextContactAt + Grace < now) return "overdue";
        if (hidden is not null) return "hidden";
        if (status.Activity is not (null or ActivityCode.Unknown or ActivityCode.Still)) return "moving";
        return status.Connected ? "still" : "planned-silence";
    }

    private static Box? BoxOf(IQueryCollection query)
    {
        if (query.Text("bbox") is not { } text) return null;
        var parts = text.Split(',');
        var edges = new double[4];
        if (parts.Length == 4 && parts.Select((part, i) => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out edges[i])).All(ok => ok)
            && edges[1] is >= -90 and <= 90 && edges[3] is >= -90 and <= 90 && edges[1] <= edges[3] && Math.Abs(edges[0]) <= 180 && Math.Abs(edges[2]) <= 180)
        {
            return new Box(edges[0], edges[1], edges[2], edges[3]);
        }

        throw QueryParsing.Bad("bbox", "must be west,south,east,north in degrees, such as 13.2,52.4,13.6,52.6");
    }

    /// <summary>A part of the map; where west is greater than east it spans the antimeridian (RFC 7946, 5.2).</summary>
    private readonly record struct Box(double West, double South, double East, double North)
    {
        public bool Holds(AlertPosition? place)
        {
            if (place is null) return false;
            var (latitude, longitude) = (place.LatitudeE5 / 1e5, place.LongitudeE5 / 1e5);
            var across = West <= East ? longitude >= West && longitude <= East : longitude >= West || longitude <= East;
            return across && latitude >= South && latitude <= North;
        }
    }
}
