using Traxxs.Core.Ports;

namespace Traxxs.Core
{
    /// <summary>
    /// All that the device decides. Accepts what the board has learned (<see cref="TrackerInputs"/>) and says what should
    /// happen (<see cref="TrackerOutputs"/>); reports go into a queue in flash and from there to the uplink.
    /// </summary>
    public sealed class Tracker
    {
        /// <summary>Decides one step. <paramref name="nowMs"/> counts from the start of the device and never goes back.</summary>
        public void Step(TrackerInputs inputs, TrackerOutputs outputs, long nowMs)
        {
        }
    }
}
