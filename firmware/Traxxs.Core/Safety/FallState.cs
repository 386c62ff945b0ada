namespace Traxxs.Core.Safety
{
    /// <summary>What has become of an impact. The edges stand in <see cref="FallMonitor"/>.</summary>
    public enum FallState : byte
    {
        /// <summary>Nothing suspected.</summary>
        Upright = 0,

        /// <summary>A fall is suspected and the wearer can still take it back.</summary>
        Suspected = 1,

        /// <summary>The wearer lies still: the alarm is out.</summary>
        ManDown = 2,
    }
}
