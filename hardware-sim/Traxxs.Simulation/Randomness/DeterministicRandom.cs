namespace Traxxs.Simulation.Randomness;

/// <summary>
/// The one source of chance: xoshiro256** seeded through SplitMix64 (Blackman and Vigna, "Scrambled linear
/// pseudorandom number generators", 2021). Own code, because <see cref="System.Random"/> promises no stable sequence.
/// </summary>
public sealed class DeterministicRandom
{
    private ulong _a, _b, _c, _d;

    /// <summary>Begins a sequence.</summary>
    public DeterministicRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>A sequence of its own for a named part, so that a draw more in one part changes no other.</summary>
    public static DeterministicRandom For(ulong seed, string part) => new(SeedOf(seed, part));

    /// <summary>The seed of a named part.</summary>
    public static ulong SeedOf(ulong seed, string part)
    {
        var hash = 14695981039346656037UL ^ seed; // FNV-1a, 64 bit
        foreach (var c in part) hash = (hash ^ c) * 1099511628211UL;
        return Mix(hash);
    }

    /// <summary>
    /// A number that depends only on its arguments: chance for things that are asked for out of order, such as the
    /// acceleration at any time.
    /// </summary>
    public static ulong Hash(ulong seed, long key) => Mix(seed ^ Mix((ulong)key + 0x9E3779B97F4A7C15UL));

    /// <summary>A number of <c>-range..range</c> that depends only on the other arguments.</summary>
    public static int Jitter(ulong seed, long key, int range)
        => range == 0 ? 0 : (int)(Hash(seed, key) % (ulong)(2 * range + 1)) - range;

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number of <c>0..bound-1</c>. The bias of the remainder is below 2^-40 for the bounds used here.</summary>
    public int Next(int bound) => (int)(NextUInt64() % (uint)bound);

    /// <summary>A number of <c>from..to</c>, both included.</summary>
    public long Between(long from, long to) => from + (long)(NextUInt64() % (ulong)(to - from + 1));

    /// <summary>A number in [0, 1): 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        return Mix(state);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
