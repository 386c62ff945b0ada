using Traxxs.Core;
using Traxxs.Core.Ports;

namespace Traxxs.Device
{
    /// <summary>
    /// One insole: carries what the chips say to the <see cref="Tracker"/> and what it decides back to the chips. Decides
    /// nothing, reads no clock, starts no thread: <see cref="Step"/> is all there is, so the board and the simulator run
    /// the same class.
    /// </summary>
    public sealed class Insole
    {
        private readonly InsoleParts _parts;
        private readonly Tracker _tracker;
        private readonly TrackerInputs _inputs = new TrackerInputs();
        private readonly TrackerOutputs _outputs = new TrackerOutputs();

        /// <summary>Puts the parts together. No part is spoken to before the first <see cref="Step"/>.</summary>
        public Insole(InsoleParts parts, TrackerProfile profile, uint entropy)
        {
            _parts = parts;
            _tracker = new Tracker();
        }

        /// <summary>What the tracker decided in the last step; for a sleep decision, an energy account or a test.</summary>
        public TrackerOutputs Outputs
        {
            get { return _outputs; }
        }

        /// <summary>The tracker within, for its counters.</summary>
        public Tracker Tracker
        {
            get { return _tracker; }
        }

        /// <summary>The device should restart now.</summary>
        public bool RestartWanted
        {
            get { return _outputs.Restart; }
        }

        /// <summary>
        /// One step: chips → tracker → chips. <paramref name="nowMs"/> counts from the start of the device and never goes
        /// back. Returns when the next step is due at the latest; an interrupt, a press or a link event comes earlier.
        /// </summary>
        public long Step(long nowMs)
        {
            _inputs.Clear();
            _tracker.Step(_inputs, _outputs, nowMs);
            return _outputs.NextStepMs;
        }
    }
}
