namespace Traxxs.Server.Api.OpenApi;

internal static partial class Operations
{
    private static Dictionary<string, Operation> Firmware => new()
    {
        ["GET /api/v1/firmware"] = new("listFirmware", "Firmware images of the organisation, the newest version first.") { Answer = typeof(FirmwareList) },
        ["POST /api/v1/firmware"] = new("uploadFirmware", "Takes a signed firmware image (.xsfw, at most 131072 bytes) in; 200 where the very same is there.")
        {
            BodyMedia = "application/octet-stream", Answer = typeof(FirmwareImageView), Status = 201,
        },
        ["DELETE /api/v1/firmware/{version}"] = new("deleteFirmware", "Deletes an image no device may still ask for.") { Status = 204 },
        ["POST /api/v1/devices/{id}/update"] = new("offerUpdate", "Offers a device an image for a week, in the place of an earlier offer; 200 with the earlier one where it is of the same image.")
        {
            Body = typeof(FirmwareApi.UpdateBody), Answer = typeof(UpdateView), Status = 202,
        },
        ["DELETE /api/v1/devices/{id}/update"] = new("withdrawUpdate", "Takes an offer back; one the device restarts into already is its own.") { Answer = typeof(UpdateView) },
    };
}
