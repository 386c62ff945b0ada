namespace Traxxs.Core.Motion
{
    /// <summary>
    /// Counts the steps of one foot. Each step is one swing: push-off and heel strike, two bursts of jerk that the
    /// smoothing joins into one hill, between two stances in which the foot stands still on the floor. Which way the sensor
    /// is mounted does not matter, and gravity drops out of the jerk. The numbers were tuned on part of the subjects of
    /// recorded gait with sensors on both feet (healthy, orthopaedic and neurological walkers).
    /// </summary>
    public sealed class StepCounter
    {
        /// <summary>Smoothing of the jerk, ms: about the time from push-off to heel strike.</summary>
        public const int SmoothMs = 480;

        // Longest smoothing in samples: 480 ms at 10 ms.
        private const int SmoothMax = 48;

        /// <summary>Smoothed jerk below which nothing is a swing, mg per 20 ms summed over the axes. A tapping foot reaches 60, the slowest walkers 150.</summary>
        public const int SwingMin = 100;

        /// <summary>A hill rises above the valley before it by this factor; less is the ripple of one swing.</summary>
        public const int RiseFactor = 2;

        /// <summary>A hill is over when the level has fallen below this share of its top, percent.</summary>
        public const int OverPercent = 50;

        /// <summary>A strong swing counts already when the level has fallen below this share of its top, percent.</summary>
        public const int CountPercent = 75;

        /// <summary>A swing reaches at least this share of the walk's typical swing, percent; less is no swing at all.</summary>
        public const int TypicalPercent = 15;

        /// <summary>Below this share of the typical swing, percent, a hill is weak: the half step at the end of a walk, or a foot set right.</summary>
        public const int WeakPercent = 45;

        /// <summary>A weak hill counts where it lasts this long, ms; setting a foot right is one short push, which the smoothing makes 440 to 480 ms.</summary>
        public const int WeakMinMs = 480;

        /// <summary>Shortest time from one step of this foot to the next, ms: 120 strides a minute is a sprint.</summary>
        public const int StrideMinMs = 500;

        /// <summary>Longest time between steps after which the walk's typical swing still holds, ms: people stop, turn, and go on.</summary>
        public const int WalkGapMaxMs = 15000;

        /// <summary>Longest time between the first steps of a walk, ms. Three fidgets in half a minute are no walk.</summary>
        public const int StrideMaxMs = 2500;

        /// <summary>Steps that must follow each other before they count; the first ones are then counted too. One swing alone is a fidget, three are a shift on a chair: with four, none of 161 recordings of people who sit, bend or use their hands counts a step.</summary>
        public const int WalkStepsMin = 4;

        private readonly int[] _jerks = new int[SmoothMax];
        private int _next;
        private int _sum;
        private readonly Vector _last = new Vector();
        private int _timeMs;
        private bool _swinging;
        private int _swingStartMs;
        private int _extreme;
        private int _typicalTop;
        private bool _counted;
        private int _lastStepMs;
        private int _pending;

        /// <summary>Steps counted since the start.</summary>
        public uint Steps;

        /// <summary>Steps counted by the last <see cref="Feed"/>.</summary>
        public int JustCounted;

        /// <summary>Time of the last stride, ms; 0 while not walking.</summary>
        public int StrideMs;

        /// <summary>Begins anew, as after a time without samples; the count stays.</summary>
        public void Reset()
        {
            _last.Forget();
            _swinging = false;
            _pending = 0;
            _sum = 0;
            _next = 0;
            _timeMs = 0;
            _extreme = 0;
            _lastStepMs = -WalkGapMaxMs;
            _typicalTop = 0;
            StrideMs = 0;
            for (int i = 0; i < SmoothMax; i++) _jerks[i] = 0;
        }

        /// <summary>Takes one sample, mg.</summary>
        public void Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            JustCounted = 0;
            if (_timeMs > 1000000000) Reset();   // after eleven days without rest the clock begins anew
            _timeMs += periodMs;
            Follow(Smooth(_last.MoveTo(xMg, yMg, zMg), periodMs));
        }

        // Valley to top to valley: _extreme is the deepest since the last top, or the highest since the last valley.
        private void Follow(int level)
        {
            if (_timeMs - _lastStepMs > WalkGapMaxMs)
            {
                _pending = 0;
                _typicalTop = 0;
                StrideMs = 0;
            }

            if (!_swinging)
            {
                if (level < _extreme) _extreme = level;
                if (level <= SwingMin || level <= _extreme * RiseFactor || level <= Share(_typicalTop, TypicalPercent)) return;
                _swinging = true;
                _counted = false;
                _swingStartMs = _timeMs;
                _extreme = level;
                return;
            }

            if (level > _extreme) _extreme = level;
            bool over = level < Share(_extreme, OverPercent);
            bool weak = _extreme < Share(_typicalTop, WeakPercent);
            bool isSwing = weak ? over && _timeMs - _swingStartMs >= WeakMinMs : level < Share(_extreme, CountPercent);
            if (isSwing && !_counted) Swung(_extreme);
            if (!over) return;
            _swinging = false;
            _extreme = level;
        }

        private void Swung(int top)
        {
            int strideMs = _swingStartMs - _lastStepMs;
            if (strideMs < StrideMinMs) return;
            _counted = true;
            if (_pending < WalkStepsMin && strideMs > StrideMaxMs) _pending = 0;
            _lastStepMs = _swingStartMs;
            _typicalTop = _typicalTop == 0 ? top : _typicalTop + (top - _typicalTop) / 4;
            if (_pending < WalkStepsMin && ++_pending == WalkStepsMin) JustCounted = WalkStepsMin;
            else if (_pending == WalkStepsMin) JustCounted = 1;
            if (JustCounted == 0) return;
            StrideMs = strideMs;
            Steps += (uint)JustCounted;
        }

        // The smoothed level stays below 3 * 64 g, so the product fits.
        private static int Share(int level, int percent)
        {
            return level * percent / 100;
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
    }
}
