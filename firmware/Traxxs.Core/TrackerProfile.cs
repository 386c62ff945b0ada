namespace Traxxs.Core
{
    /// <summary>The settings a tracker runs by.</summary>
    public sealed class TrackerProfile
    {
    }
}
