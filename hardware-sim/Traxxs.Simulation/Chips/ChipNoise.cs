namespace Traxxs.Simulation.Chips;

/// <summary>
/// Noise that is a pure function of (seed, index): a chip that skips a million samples draws the same value for the next one
/// as a chip that did not. SplitMix64 finaliser (Steele, Lea, Flood 2014); integer arithmetic up to the last step, and that
/// one uses only operations IEEE 754 fixes, so every machine gives the same bytes.
/// </summary>
public static class ChipNoise
{
    /// <summary>64 well-mixed bits.</summary>
    public static ulong Bits(ulong seed, ulong index)
    {
        var z = seed + (index + 1) * 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public static double Uniform(ulong seed, ulong index) => (Bits(seed, index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// Near-normal, mean 0, standard deviation 1, within ±3.5: the sum of four 16-bit uniforms. Chosen over Box-Muller
    /// because logarithm and cosine differ in the last bit between machines.
    /// </summary>
    public static double Gauss(ulong seed, ulong index)
    {
        var bits = Bits(seed, index);
        var sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * (1.7320508075688772 / 65536);     // Four uniforms of width 1 have variance 1/3.
    }
}
