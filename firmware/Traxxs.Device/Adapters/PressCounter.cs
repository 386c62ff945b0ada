using System.Threading;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Counts the presses of one button from its edges, on the interrupt's thread, and from a wake by its level. A press
    /// counts once however it is noticed, and only after the button was up.
    /// </summary>
    public sealed class PressCounter
    {
        private int _down;
        private int _presses;

        /// <summary>The button went down or up, or is seen so.</summary>
        public void Set(bool down)
        {
            if (Interlocked.Exchange(ref _down, down ? 1 : 0) == 0 && down) Interlocked.Increment(ref _presses);
        }

        /// <summary>Presses since last asked.</summary>
        public int Take()
        {
            return Interlocked.Exchange(ref _presses, 0);
        }
    }
}
