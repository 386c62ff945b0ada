namespace Traxxs.Nano.Tests
{
    /// <summary>FNV-1a, 32 bits: tells whether two runs gave the same bytes.</summary>
    internal static class Fnv
    {
        public const uint Start = 2166136261;

        /// <summary>The hash with further bytes.</summary>
        public static uint Add(uint hash, byte[] buffer, int offset, int count)
        {
            for (int i = 0; i < count; i++) hash = (hash ^ buffer[offset + i]) * 16777619;
            return hash;
        }
    }
}
