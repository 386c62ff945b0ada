using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Health: <c>/health/live</c> says that the process answers, <c>/health/ready</c> whether each part works. Dead letters
/// are told but do not make the server unready: taking it out of service would help nobody.
/// </summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Ok(new { status = "live" })).AllowAnyone();
        app.MapGet("/health/ready", Ready).AllowAnyone();
    }

    private static IResult Ready(ReportArchive archive, ServiceDatabase database, AlertWorker worker)
    {
        var store = archive.Store.Health;
        var checks = new List<HealthCheck>
        {
            new("reports", store.Available, store.Reason, new { queued = store.Queued }),
            Service(database),
            new("alerts", worker.Trouble is null, worker.Trouble, new { behind = Math.Max(0, archive.Store.LastPosition - worker.Position), passedOver = worker.PassedOver }),
        };
        var ready = checks.TrueForAll(check => check.Ok);
        return Results.Json(new { status = ready ? "ready" : "not-ready", checks }, statusCode: ready ? 200 : 503);
    }

    private static HealthCheck Service(ServiceDatabase database)
    {
        try
        {
            var outbox = database.Read(session => session.Outbox.CountByState(null));
            return new HealthCheck("service", database.LastError is null, database.LastError, new
            {
                deliveriesPending = outbox.GetValueOrDefault(OutboxState.Pending),
                deliveriesDead = outbox.GetValueOrDefault(OutboxState.Dead),
            });
        }
        catch (Traxxs.Store.StoreUnavailableException e)
        {
            return new HealthCheck("service", false, e.Message, null);
        }
    }

    private sealed record HealthCheck(string Name, bool Ok, string? Reason, object? Details);
}
