using Traxxs.Protocol;

namespace Traxxs.Core.Motion
{
    /// <summary>
    /// How much the shoe moves: the mean distance, over the last window, of each sample from the slow mean of its axis.
    /// Gravity and the way the sensor is mounted drop out; the unit stays mg, whatever the sampling rate.
    /// </summary>
    public sealed class ActivityMeter
    {
        /// <summary>Window over which one value is formed, ms.</summary>
        public const int WindowMs = 1000;

        // The slow mean of an axis follows with 2^5 samples (1.28 s at 25 Hz): slower than a step's swing, quicker than
        // a window. Kept in 1/256 mg so that the shift loses nothing that matters.
        private const int MeanShift = 5;
        private const int FractionShift = 8;

        private readonly TrackerProfile _profile;
        private bool _primed;
        private int _meanX;
        private int _meanY;
        private int _meanZ;
        private int _sumMg;
        private int _samples;
        private int _windowMs;

        /// <summary>A meter that calls a window active from the profile's level on.</summary>
        public ActivityMeter(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Level of the last whole window, mg.</summary>
        public int LevelMg;

        /// <summary>Whether the last whole window reached the active level.</summary>
        public bool Active;

        /// <summary>Active windows in a row up to now.</summary>
        public int ActiveWindows;

        /// <summary>Begins anew, as after a time without samples.</summary>
        public void Reset()
        {
            _primed = false;
            _sumMg = 0;
            _samples = 0;
            _windowMs = 0;
            LevelMg = 0;
            Active = false;
            ActiveWindows = 0;
        }

        /// <summary>Takes one sample, mg. True: a window is whole and the values are new.</summary>
        public bool Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            if (!_primed)
            {
                _meanX = xMg << FractionShift;
                _meanY = yMg << FractionShift;
                _meanZ = zMg << FractionShift;
                _primed = true;
            }

            _sumMg += Deviation(ref _meanX, xMg) + Deviation(ref _meanY, yMg) + Deviation(ref _meanZ, zMg);
            _samples++;
            _windowMs += periodMs;
            if (_windowMs < WindowMs) return false;

            // _samples is never 0: one was added above.
            LevelMg = _sumMg / _samples;
            Active = LevelMg >= _profile[SettingCode.ActiveLevelMg];
            ActiveWindows = Active ? ActiveWindows + 1 : 0;
            _sumMg = 0;
            _samples = 0;
            _windowMs = 0;
            return true;
        }

        private static int Deviation(ref int mean, int valueMg)
        {
            int difference = (valueMg << FractionShift) - mean;
            mean += difference >> MeanShift;
            return (difference < 0 ? -difference : difference) >> FractionShift;
        }
    }
}
