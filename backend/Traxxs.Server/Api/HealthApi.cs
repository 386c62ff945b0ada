using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Server.Live;

namespace Traxxs.Server.Api;

/// <summary>
/// Health: <c>/health/live</c> says that the process answers, <c>/health/ready</c> whether each part works, and
/// <c>/health/details</c> how each stands. Dead letters are told but do not make the server unready: taking it out of
/// service would help nobody.
/// </summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Ok(new LiveHealth("live"))).AllowAnyone();
        app.MapGet("/health/ready", Ready).AllowAnyone();
        app.MapGet("/health/details", Details).RequireRole(Role.Operator);
    }

    private static IResult Ready(ServiceStanding standing)
    {
        var checks = standing.Checks();
        var ready = checks.TrueForAll(check => check.Ok);
        return Results.Json(
            new ReadyHealth(ready ? "ready" : "not-ready", [.. checks.Select(check => new ReadyCheck(check.Name, check.Ok, check.Reason))]),
            statusCode: ready ? 200 : 503);
    }

    private static IResult Details(ServiceStanding standing, DeviceBoard board, ServerOptions options) =>
        Results.Ok(new DetailedHealth(typeof(HealthApi).Assembly.GetName().Version!.ToString(3), [
            .. standing.Checks(),
            new HealthCheck("devices", true, null, new Dictionary<string, long> { ["connected"] = board.All(null).Count(status => status.Connected) }),
            Disk(options.DataFolder),
        ]) { Processes = [.. standing.Processes().Select(one => new ProcessHealth(one.Process, [.. one.Parts.Select(part => new ReadyCheck(part.Key, part.Value is null, part.Value))]))] });

    // Told before it is full; whether it is, the stores say themselves.
    private static HealthCheck Disk(string folder)
    {
        const long LowBytes = 500L * 1024 * 1024; // some ten million reports
        try
        {
            var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
            return new HealthCheck("disk", free >= LowBytes, free >= LowBytes ? null : "less than 500 MB are free", new Dictionary<string, long> { ["freeBytes"] = free });
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return new HealthCheck("disk", false, e.Message, []);
        }
    }
}

/// <summary>The process answers.</summary>
internal sealed record LiveHealth(string Status);

/// <summary>Whether the server may be sent work.</summary>
internal sealed record ReadyHealth(string Status, IReadOnlyList<ReadyCheck> Checks);

/// <summary>Whether a part works.</summary>
internal sealed record ReadyCheck(string Name, bool Ok, string? Reason);

/// <summary>How each part stands.</summary>
internal sealed record DetailedHealth(string Version, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>The processes of this server that are heard of, this one first.</summary>
    public IReadOnlyList<ProcessHealth> Processes { get; init; } = [];
}

/// <summary>What a process says of its parts.</summary>
internal sealed record ProcessHealth(string Process, IReadOnlyList<ReadyCheck> Parts);

/// <summary>How a part stands.</summary>
internal sealed record HealthCheck(string Name, bool Ok, string? Reason, Dictionary<string, long> Numbers);
