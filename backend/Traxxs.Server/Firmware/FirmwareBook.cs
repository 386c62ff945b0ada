using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>The firmware images of each organisation. What is no image, or not signed by the key where there is one, does not come in.</summary>
/// <param name="database">Where they are kept.</param>
/// <param name="key">Whose signature they must have; null: boards alone look at it.</param>
/// <param name="clock">The time.</param>
public sealed class FirmwareBook(ServiceDatabase database, UpdateKey? key, TimeProvider clock)
{
    /// <summary>Most images of an organisation: each has up to 128 KiB, and who keeps thirty has forgotten most of them.</summary>
    public const int ImagesMax = 30;

    /// <summary>Whether signatures are looked at.</summary>
    public bool ChecksSignatures => key is not null;

    /// <summary>Takes a file in; the flag is false where the very same one is there already.</summary>
    /// <exception cref="FirmwareException">It is no image, its version is taken, or there are too many.</exception>
    public (FirmwareImage Image, bool IsNew) Add(string org, byte[] bytes, string who)
    {
        var file = ImageFile.Read(bytes, key);
        return database.Write(session =>
        {
            var name = ImageVersion.Of(file.Version);
            if (session.Firmware.Find(org, file.Version) is { } known)
            {
                if (known.Sha256 == file.Sha256) return (known, false);
                throw new FirmwareException(FirmwareException.Exists, $"There is another image of version {name}. Delete that, or give this one a version of its own: devices know an image by its version.");
            }

            if (session.Firmware.List(org).Count >= ImagesMax)
                throw new FirmwareException(FirmwareException.TooMany, $"There are {ImagesMax} images already. Delete one that is not needed any more.");
            var image = new FirmwareImage(org, file.Version, bytes.Length, file.Sha256, clock.GetUtcNow(), who);
            session.Firmware.Add(image, bytes);
            session.Audit.Add(org, image.UploadedAt, who, "firmware.uploaded", $"firmware:{name}", $"{bytes.Length} bytes, SHA-256 {image.Sha256}");
            return (image, true);
        });
    }

    /// <summary>Images, the newest version first, each with how many devices may still ask for parts of it.</summary>
    public IReadOnlyList<(FirmwareImage Image, int Taking)> List(string org) => database.Read(session =>
    {
        var taking = session.Updates.TakingByVersion(org);
        return session.Firmware.List(org).Select(image => (image, taking.GetValueOrDefault(image.Version))).ToList();
    });

    /// <summary>Takes an image out; false where there is none.</summary>
    /// <exception cref="FirmwareException">A device may still ask for parts of it.</exception>
    public bool Remove(string org, uint version, string who) => database.Write(session =>
    {
        var (name, taking) = (ImageVersion.Of(version), session.Updates.TakingByVersion(org).GetValueOrDefault(version));
        if (taking > 0) throw new FirmwareException(FirmwareException.InUse, $"{taking} device(s) are offered {name} or are taking it. Take those offers back first, or wait.");
        if (!session.Firmware.Remove(org, version)) return false;
        session.Audit.Add(org, clock.GetUtcNow(), who, "firmware.deleted", $"firmware:{name}");
        return true;
    });
}
