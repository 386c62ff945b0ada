namespace Traxxs.Core.Diagnostics
{
    /// <summary>Which firmware this is; in the first report after each start.</summary>
    public static class FirmwareVersion
    {
        /// <summary>Changes with what the device promises.</summary>
        public const byte Major = 1;

        /// <summary>Changes with what it can do.</summary>
        public const byte Minor = 0;

        /// <summary>Changes with what was mended.</summary>
        public const byte Patch = 0;

        /// <summary>The three as one number, as images are compared.</summary>
        public const uint Number = (uint)(Major << 16 | Minor << 8 | Patch);
    }
}
