namespace Traxxs.Core.Motion
{
    /// <summary>
    /// Counts the steps of one foot. Each step is one swing: a burst of jerk from push-off to heel strike between two
    /// stances, in which the foot stands still on the floor. Which way the sensor is mounted does not matter, and gravity
    /// drops out of the jerk.
    /// </summary>
    public sealed class StepCounter
    {
        /// <summary>Smoothing of the jerk, ms.</summary>
        public const int SmoothMs = 200;

        // Longest smoothing in samples: 200 ms at 10 ms.
        private const int SmoothMax = 20;

        /// <summary>Smoothed jerk below which nothing is a swing, mg per 20 ms summed over the axes.</summary>
        public const int SwingMin = 120;

        /// <summary>A swing that ends within this is a knock, ms.</summary>
        public const int SwingMinMs = 200;

        /// <summary>Shortest time from one step of this foot to the next, ms: 150 strides a minute is a sprint.</summary>
        public const int StrideMinMs = 400;

        /// <summary>Longest time from one step to the next in which they belong to one walk, ms.</summary>
        public const int StrideMaxMs = 2500;

        /// <summary>Steps that must follow each other before they count; the first ones are then counted too. One swing alone is a fidget.</summary>
        public const int WalkStepsMin = 3;

        private readonly int[] _jerks = new int[SmoothMax];
        private int _next;
        private int _sum;
        private bool _primed;
        private int _x;
        private int _y;
        private int _z;
        private int _timeMs;
        private bool _swinging;
        private int _swingStartMs;
        private int _peak;
        private int _typicalPeak;
        private int _lastStepMs;
        private int _pending;

        /// <summary>Steps counted since the start.</summary>
        public uint Steps { get; private set; }

        /// <summary>Steps counted by the last <see cref="Feed"/>.</summary>
        public int JustCounted { get; private set; }

        /// <summary>Time of the last stride, ms; 0 while not walking.</summary>
        public int StrideMs { get; private set; }

        /// <summary>Begins anew, as after a time without samples; the count stays.</summary>
        public void Reset()
        {
            _primed = false;
            _swinging = false;
            _pending = 0;
            _sum = 0;
            _next = 0;
            _timeMs = 0;
            _lastStepMs = -StrideMaxMs;
            StrideMs = 0;
            for (int i = 0; i < SmoothMax; i++) _jerks[i] = 0;
        }

        /// <summary>Takes one sample, mg.</summary>
        public void Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            JustCounted = 0;
            if (_timeMs > 1000000000) Reset();   // after eleven days without rest the clock begins anew
            if (!_primed)
            {
                _x = xMg;
                _y = yMg;
                _z = zMg;
                _primed = true;
            }

            int jerk = Absolute(xMg - _x) + Absolute(yMg - _y) + Absolute(zMg - _z);
            _x = xMg;
            _y = yMg;
            _z = zMg;
            _timeMs += periodMs;
            int level = Smooth(jerk, periodMs);
            Follow(level);
        }

        private void Follow(int level)
        {
            int threshold = _typicalPeak / 3 > SwingMin ? _typicalPeak / 3 : SwingMin;
            if (!_swinging)
            {
                if (_timeMs - _lastStepMs > StrideMaxMs)
                {
                    _pending = 0;
                    StrideMs = 0;
                    _typicalPeak = 0;
                }

                if (level < threshold) return;
                _swinging = true;
                _swingStartMs = _timeMs;
                _peak = level;
                return;
            }

            if (level > _peak) _peak = level;
            if (level > _peak / 3 && level > SwingMin) return;
            _swinging = false;
            if (_timeMs - _swingStartMs < SwingMinMs) return;
            Swung();
        }

        private void Swung()
        {
            int strideMs = _swingStartMs - _lastStepMs;
            if (strideMs < StrideMinMs) return;
            _lastStepMs = _swingStartMs;
            _typicalPeak = _typicalPeak == 0 ? _peak : _typicalPeak + (_peak - _typicalPeak) / 4;
            if (_pending >= WalkStepsMin)
            {
                JustCounted = 1;
                StrideMs = strideMs;
            }
            else if (++_pending == WalkStepsMin)
            {
                JustCounted = WalkStepsMin;
                StrideMs = strideMs;
            }

            Steps += (uint)JustCounted;
        }

        private int Smooth(int jerk, int periodMs)
        {
            int length = SmoothMs / (periodMs > 0 ? periodMs : 1);
            if (length > SmoothMax) length = SmoothMax;
            if (length < 1) length = 1;
            if (_next >= length) _next = 0;
            _sum += jerk - _jerks[_next];
            _jerks[_next++] = jerk;
            // Jerk is per sample; the level is per 20 ms whatever the rate.
            return _sum / length * 20 / (periodMs > 0 ? periodMs : 1);
        }

        private static int Absolute(int value)
        {
            return value < 0 ? -value : value;
        }
    }
}
