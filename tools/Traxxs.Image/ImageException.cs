namespace Traxxs.Image;

/// <summary>The assemblies cannot be made one image; the message says what stands in the way.</summary>
public sealed class ImageException(string message) : Exception(message);
