namespace Traxxs.Store.Service;

/// <summary>A firmware image an organisation keeps for its devices; its bytes are read by themselves.</summary>
/// <param name="Org">Organisation.</param>
/// <param name="Version">1..2^32-1, compared as a number.</param>
/// <param name="Size">Bytes of the whole signed file.</param>
/// <param name="Sha256">Of the whole signed file, in hexadecimal.</param>
/// <param name="UploadedAt">When.</param>
/// <param name="UploadedBy">Who.</param>
public sealed record FirmwareImage(string Org, long Version, int Size, string Sha256, DateTimeOffset UploadedAt, string UploadedBy);

/// <summary>Where a device's update stands. The numbers are in the database; those below <see cref="Kept"/> are under way.</summary>
public enum UpdateState
{
    /// <summary>The device was not heard to begin.</summary>
    Offered = 0,

    /// <summary>The device asks for the image, part by part.</summary>
    Downloading = 1,

    /// <summary>The image is whole and its signature good; the device restarts into it and has yet to prove it.</summary>
    Restarting = 2,

    /// <summary>The new image proved healthy.</summary>
    Kept = 3,

    /// <summary>It did not; the device runs what it ran before.</summary>
    Returned = 4,

    /// <summary>The device refused it, with a reason.</summary>
    Refused = 5,

    /// <summary>The device said no end of it in the time there was.</summary>
    Expired = 6,

    /// <summary>Somebody took the offer back.</summary>
    Withdrawn = 7,
}

/// <summary>The last update a device was offered, and how far it came.</summary>
public sealed record DeviceUpdate
{
    /// <summary>The device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Version offered.</summary>
    public required long Version { get; init; }

    /// <summary>Bytes of the signed file.</summary>
    public required int Size { get; init; }

    /// <summary>Where it stands.</summary>
    public UpdateState State { get; init; }

    /// <summary>Bytes the device said it has.</summary>
    public int Progress { get; init; }

    /// <summary>Why it was refused, as the device's number; null where it was not.</summary>
    public int? Reason { get; init; }

    /// <summary>Outbox entry of the last offer.</summary>
    public required long Offer { get; init; }

    /// <summary>When it was offered first.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>By whom.</summary>
    public required string AskedBy { get; init; }

    /// <summary>From when on nothing of it is sent any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the device's last word on it was taken; null where it said none.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When it ended; null while it is under way.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the device may still ask for parts of the image.</summary>
    public bool IsTaking => State is UpdateState.Offered or UpdateState.Downloading;

    /// <summary>Whether its end was not seen yet.</summary>
    public bool IsUnderWay => State < UpdateState.Kept;
}
