using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api;

/// <summary>Firmware images and offers of them to devices. For administrators: what runs on a foot is nobody else's to choose.</summary>
internal static class FirmwareApi
{
    public static void MapFirmware(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/firmware", List).RequireRole(Role.Admin);
        app.MapPost("/api/v1/firmware", UploadAsync).RequireRole(Role.Admin);
        app.MapDelete("/api/v1/firmware/{version}", Delete).RequireRole(Role.Admin);
        app.MapPost("/api/v1/devices/{id}/update", Offer).RequireRole(Role.Admin);
        app.MapDelete("/api/v1/devices/{id}/update", Withdraw).RequireRole(Role.Admin);
    }

    private static IResult List(HttpContext context, FirmwareBook book) =>
        Results.Ok(new FirmwareList([.. book.List(context.Actor().Org).Select(one => FirmwareImageView.Of(one.Image, one.Taking))], book.ChecksSignatures));

    private static async Task<IResult> UploadAsync(HttpContext context, FirmwareBook book)
    {
        var bytes = await ReadAsync(context.Request.Body, context.RequestAborted);
        return Checked(() =>
        {
            var (image, isNew) = book.Add(context.Actor().Org, bytes, context.Actor().Name);
            var view = FirmwareImageView.Of(image, 0);
            return isNew ? Results.Created($"/api/v1/firmware/{view.Version}", view) : Results.Ok(view);
        });
    }

    private static IResult Delete(string version, HttpContext context, FirmwareBook book) => Checked(() =>
        ImageVersion.TryRead(version, out var number) && book.Remove(context.Actor().Org, number, context.Actor().Name) ? Results.NoContent() : ApiProblem.NotFound("firmware", version));

    private static IResult Offer(string id, UpdateBody body, HttpContext context, UpdateDesk desk) => Checked(() =>
    {
        if (!ImageVersion.TryRead(body.Version, out var version)) return ApiProblem.BadParameter("version", $"must be {ImageVersion.Rule}");
        if (desk.Offer(context.Actor().Org, id, version, context.Actor().Name) is not var (update, isNew)) return ApiProblem.NotFound("device", id);
        return Results.Json(UpdateView.Of(update), statusCode: isNew ? 202 : 200);
    });

    private static IResult Withdraw(string id, HttpContext context, UpdateDesk desk) => Checked(() =>
        desk.Withdraw(context.Actor().Org, id, context.Actor().Name) is { } update ? Results.Ok(UpdateView.Of(update)) : ApiProblem.NotFound("device", id));

    // One byte more than an image may have is read, and told by the check as everything else.
    private static async Task<byte[]> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[SignedImage.FileSizeMax + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return bytes[..length];
    }

    private static IResult Checked(Func<IResult> act)
    {
        try
        {
            return act();
        }
        catch (FirmwareException e)
        {
            var isConflict = e.Code is FirmwareException.Exists or FirmwareException.TooMany or FirmwareException.InUse or FirmwareException.NotNewer or FirmwareException.NoUpdate;
            return ApiProblem.Of(e.Code == FirmwareException.NotFound ? 404 : isConflict ? 409 : 400, e.Code, e.Message);
        }
    }

    internal sealed record UpdateBody(string? Version);
}
