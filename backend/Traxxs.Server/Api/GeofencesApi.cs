using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api;

/// <summary>Geofences as GeoJSON features.</summary>
internal static class GeofencesApi
{
    public static void MapGeofences(this IEndpointRouteBuilder app)
    {
        var fences = app.MapGroup("/api/v1/geofences");
        fences.MapGet("", (HttpContext context, GeofenceBook book) => GeoJson(new { type = "FeatureCollection", features = book.List(context.Actor().Org).Select(GeofenceJson.ToFeature) })).RequireRole(Role.Viewer);
        fences.MapGet("{id}", (string id, HttpContext context, GeofenceBook book) =>
            book.Find(context.Actor().Org, id) is { } record ? GeoJson(GeofenceJson.ToFeature(record)) : ApiProblem.NotFound("geofence", id)).RequireRole(Role.Viewer);
        fences.MapPost("", (HttpContext context, JsonElement feature, GeofenceBook book) => Checked(() =>
        {
            if (feature.ValueKind == JsonValueKind.Object && feature.TryGetProperty("type", out var type) && type.ValueEquals("FeatureCollection"))
            {
                var features = book.AddAll(context.Actor().Org, feature, context.Actor().Name).Select(GeofenceJson.ToFeature);
                return Results.Json(new { type = "FeatureCollection", features }, contentType: "application/geo+json", statusCode: 201);
            }

            var record = book.Add(context.Actor().Org, feature, context.Actor().Name);
            return Results.Created($"/api/v1/geofences/{record.Id}", GeofenceJson.ToFeature(record));
        })).RequireRole(Role.Supervisor);
        fences.MapPut("{id}", (string id, HttpContext context, JsonElement feature, GeofenceBook book) => context.IfUnchanged(() => Current(book, context, id), () => Checked(() =>
            book.Replace(context.Actor().Org, id, feature, context.Actor().Name) is { } record
                ? GeoJson(GeofenceJson.ToFeature(record))
                : ApiProblem.NotFound("geofence", id)))).RequireRole(Role.Supervisor);
        fences.MapDelete("{id}", (string id, HttpContext context, GeofenceBook book) =>
            book.Remove(context.Actor().Org, id, context.Actor().Name) ? Results.NoContent() : ApiProblem.NotFound("geofence", id)).RequireRole(Role.Supervisor);
    }

    private static object? Current(GeofenceBook book, HttpContext context, string id) =>
        book.Find(context.Actor().Org, id) is { } record ? GeofenceJson.ToFeature(record) : null;

    private static IResult GeoJson(object value) => Results.Json(value, contentType: "application/geo+json");

    private static IResult Checked(Func<IResult> act) => ApiProblem.Checked("geofence-invalid", act);
}
