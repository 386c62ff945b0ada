using System.Globalization;

namespace Traxxs.Server.Firmware;

/// <summary>
/// A firmware's version as people write it: three numbers with dots, which an image carries as major · 65536 + minor · 256 + patch
/// (FORMAT.md, "A signed image"). Versions are compared as that number.
/// </summary>
public static class ImageVersion
{
    /// <summary>What a version may be, for error messages.</summary>
    public const string Rule = "three numbers such as 1.2.3 (0 to 65535, 0 to 255, 0 to 255, not all 0)";

    /// <summary>Reads a version. False where it is none.</summary>
    public static bool TryRead(string? text, out uint version)
    {
        version = 0;
        if (text?.Split('.') is not { Length: 3 } parts) return false;
        Span<uint> numbers = stackalloc uint[3];
        for (var i = 0; i < 3; i++)
        {
            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
            if (numbers[i] > (i == 0 ? ushort.MaxValue : byte.MaxValue)) return false;
        }

        version = (numbers[0] << 16) | (numbers[1] << 8) | numbers[2];
        return version != 0;
    }

    /// <summary>A version as text.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"{version >> 16}.{(version >> 8) & 255}.{version & 255}");
}
