using Traxxs.Server.Firmware;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>An organisation's firmware images.</summary>
/// <param name="Images">The newest version first.</param>
/// <param name="ChecksSignatures">Whether this server has the update key and looks at signatures itself.</param>
internal sealed record FirmwareList(IReadOnlyList<FirmwareImageView> Images, bool ChecksSignatures);

/// <summary>A firmware image.</summary>
/// <param name="Version">Three numbers with dots.</param>
/// <param name="Size">Bytes of the signed file.</param>
/// <param name="Sha256">Of the signed file, in hexadecimal.</param>
/// <param name="UploadedAt">When.</param>
/// <param name="UploadedBy">Who.</param>
/// <param name="Taking">Devices that are offered it or take it; while there are some it cannot be deleted.</param>
internal sealed record FirmwareImageView(string Version, int Size, string Sha256, double UploadedAt, string UploadedBy, int Taking)
{
    public static FirmwareImageView Of(FirmwareImage image, int taking) =>
        new(ImageVersion.Of(image.Version), image.Size, image.Sha256, UnixTime.Of(image.UploadedAt), image.UploadedBy, taking);
}

/// <summary>A device's update and how far it came.</summary>
/// <param name="Version">Version offered.</param>
/// <param name="State">
/// <c>offered</c>, <c>downloading</c>, <c>restarting</c> into it once it is verified, <c>kept</c>: it proved healthy, <c>returned</c>: it did not
/// and what was before runs again, <c>refused</c> by the device, <c>expired</c>, or <c>withdrawn</c>.
/// </param>
/// <param name="Size">Bytes of the signed file.</param>
/// <param name="Progress">Bytes of it the device said it has.</param>
/// <param name="Reason">Why the device refused, in words; null where it did not.</param>
/// <param name="At">When it was offered.</param>
/// <param name="By">By whom.</param>
/// <param name="ExpiresAt">When it is void.</param>
/// <param name="ToldAt">When the device's last word on it came.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record UpdateView(
    string Version, string State, int Size, int Progress, string? Reason, double At, string By, double ExpiresAt, double? ToldAt, double? EndedAt)
{
    public static UpdateView Of(DeviceUpdate update) => new(
        ImageVersion.Of(update.Version), UpdateWords.Of(update.State), update.Size, update.Progress, update.Reason is { } reason ? UpdateWords.OfRefusal(reason) : null,
        UnixTime.Of(update.AskedAt), update.AskedBy, UnixTime.Of(update.ExpiresAt), UnixTime.Of(update.ToldAt), UnixTime.Of(update.EndedAt));
}
