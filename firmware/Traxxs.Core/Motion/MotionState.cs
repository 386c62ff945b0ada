namespace Traxxs.Core.Motion
{
    /// <summary>Whether the wearer is on the move, as the accelerometer shows it. The edges stand in <see cref="MotionGate"/>.</summary>
    public enum MotionState : byte
    {
        /// <summary>Still: the accelerometer waits for a knock, nothing is sampled.</summary>
        Stationary = 0,

        /// <summary>Something moved; whether it lasts is being watched.</summary>
        Waking = 1,

        /// <summary>On the move.</summary>
        Moving = 2,

        /// <summary>Was moving and is quiet; whether that lasts is being watched.</summary>
        Settling = 3,
    }
}
