namespace Traxxs.Server.Firmware;

/// <summary>A firmware image or an update cannot be taken as asked: a name for programs, a sentence for people.</summary>
/// <param name="code">One of those here.</param>
/// <param name="message">What is wrong and what to do.</param>
public sealed class FirmwareException(string code, string message) : Exception(message)
{
    /// <summary>The file is no signed image, is for another board, or its sizes do not agree.</summary>
    public const string Malformed = "firmware-malformed";

    /// <summary>The signature is not that of the key.</summary>
    public const string Signature = "firmware-signature-wrong";

    /// <summary>There is no such image.</summary>
    public const string NotFound = "firmware-not-found";

    /// <summary>Another image has this version.</summary>
    public const string Exists = "firmware-exists";

    /// <summary>No more images are kept.</summary>
    public const string TooMany = "firmware-too-many";

    /// <summary>A device may still ask for parts of the image.</summary>
    public const string InUse = "firmware-in-use";

    /// <summary>The device runs this version or a later one.</summary>
    public const string NotNewer = "firmware-not-newer";

    /// <summary>No update is under way.</summary>
    public const string NoUpdate = "no-update";

    /// <summary>Which of them.</summary>
    public string Code { get; } = code;
}
