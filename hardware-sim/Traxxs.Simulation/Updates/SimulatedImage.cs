using System.Security.Cryptography;
using System.Text;
using Traxxs.Core.Ports;
using Traxxs.Protocol;
using Traxxs.Simulation.Randomness;

namespace Traxxs.Simulation.Updates;

/// <summary>How an image behaves once it is started.</summary>
public enum ImageHealth
{
    /// <summary>As the firmware that runs.</summary>
    Good,

    /// <summary>It ends at its start, as one does that throws before its first step.</summary>
    Breaks,

    /// <summary>It runs and never finds the network.</summary>
    Mute,
}

/// <summary>
/// An image for simulated insoles: no code, since every image runs the same classes there, but a line that says how it behaves, and
/// bytes to carry over the air. Signed like a real one; a board does what the bytes in its flash say.
/// </summary>
public static class SimulatedImage
{
    /// <summary>Fewest bytes: the line.</summary>
    public const int SizeMin = 64;

    /// <summary>Most bytes.</summary>
    public const int SizeMax = SignedImage.FileSizeMax - SignedImage.HeaderSize - SignedImage.SignatureSize;

    private const string Line = "TRAXXs simulated image: ";

    // Reports carry versions and offsets and nothing of a signature, so a key of its own for each process costs no run its hash.
    private static readonly Lazy<RSA> Key = new(() => RSA.Create(2048));

    /// <summary>The key that insoles of a scenario with updates know.</summary>
    public static byte[] PublicKey => SignedFile.PublicKey(Key.Value);

    /// <summary>A signed file.</summary>
    public static byte[] Make(uint version, int size, ImageHealth health)
    {
        var image = new byte[size];
        for (var i = 0; i < size; i++) image[i] = (byte)DeterministicRandom.Hash(version, i);
        Encoding.ASCII.GetBytes(Line + health + "\n").CopyTo(image, 0);
        return SignedFile.Make(version, image, Key.Value);
    }

    /// <summary>How the image in a boot record's storage behaves; null where it cannot be loaded.</summary>
    public static ImageHealth? Read(ISegmentStorage storage, int image)
    {
        var line = new byte[SizeMin];
        if (!storage.TryRead(image + 1, SignedImage.HeaderSize, line, 0, line.Length)) return null;
        var text = Encoding.ASCII.GetString(line);
        return text.StartsWith(Line, StringComparison.Ordinal) && Enum.TryParse<ImageHealth>(text[Line.Length..].Split('\n')[0], out var health) ? health : null;
    }
}
