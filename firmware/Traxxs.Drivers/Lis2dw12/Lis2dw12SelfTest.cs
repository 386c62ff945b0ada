using Traxxs.Core;

namespace Traxxs.Drivers
{
    /// <summary>
    /// The accelerometer's self-test over a running stream: 1 g and little noise while the board lies still, then the chip
    /// moves its own proof mass and every axis must answer. Procedure and limits: datasheet, mechanical characteristics, and
    /// ST's example <c>lis2dw12_self_test.c</c>; the limits are given in mg and hold at every full scale.
    /// </summary>
    public sealed class Lis2dw12SelfTest
    {
        private const int ChangeMinMg = 70;
        private const int ChangeMaxMg = 1500;
        private const int SettleSamples = 5;        // 200 ms after each change; ST's example waits 100.
        private const int TakenSamples = 16;        // ST's example takes 5; 16 tell noise from a knock.
        private const int NoiseMaxMg = 40;          // Peak to peak: 0.45 mg RMS and steps of 1.95 mg stay below 8; a hand that holds the board passes, a step does not.
        private const int RestMinMg = 800;          // 1 g less 90 mg of offset on each axis and some sensitivity; the bound above is as far.
        private const int RestMaxMg = 1200;

        // Both halves need 42 samples, one a step at the fastest. At the bound the chip answers, yet gives no new sample.
        private const int StepsMax = 60;

        private readonly Lis2dw12 _chip;
        private readonly int[] _sum = new int[3];
        private readonly int[] _rest = new int[3];
        private readonly int[] _low = new int[3];
        private readonly int[] _high = new int[3];
        private int _seen;
        private int _steps;
        private bool _moved;

        /// <summary>A test of one chip; touches nothing.</summary>
        public Lis2dw12SelfTest(Lis2dw12 chip)
        {
            _chip = chip;
        }

        /// <summary>The chip named itself.</summary>
        public bool IdentityGood;

        /// <summary>Every axis answered the chip's own push.</summary>
        public bool AnswerGood;

        /// <summary>1 g and little noise at rest.</summary>
        public bool NoiseGood;

        /// <summary>Starts the chip anew and the stream. True: ask <see cref="Advance"/> about every 100 ms; false: the test is over.</summary>
        public bool Begin()
        {
            AnswerGood = false;
            NoiseGood = false;
            _steps = 0;
            _moved = false;
            Restart();
            IdentityGood = _chip.TryStart();
            return IdentityGood && _chip.TrySetMode(AccelerometerMode.Streaming);
        }

        /// <summary>Takes what the chip has; the inputs are only used to carry samples. True: over, and the chip wants its mode again.</summary>
        public bool Advance(TrackerInputs carrier)
        {
            if (!_chip.TryReadSamples(carrier) || ++_steps > StepsMax) return true;
            for (int i = 0; i < carrier.SampleCount; i++) Take(carrier.XMg[i], carrier.YMg[i], carrier.ZMg[i]);
            if (_seen < SettleSamples + TakenSamples) return false;
            if (_moved)
            {
                // Asked who it is once more: what a bus that has got stuck meanwhile says proves nothing. The reset ends the push.
                AnswerGood = HasAnswered() && _chip.TryStart();
                return true;
            }

            NoiseGood = IsQuiet();
            for (int axis = 0; axis < 3; axis++) _rest[axis] = _sum[axis];
            _moved = true;
            Restart();
            return !_chip.TryPush();
        }

        private void Restart()
        {
            _seen = 0;
            for (int axis = 0; axis < 3; axis++)
            {
                _sum[axis] = 0;
                _low[axis] = int.MaxValue;
                _high[axis] = int.MinValue;
            }
        }

        private void Take(int x, int y, int z)
        {
            _seen++;
            if (_seen <= SettleSamples || _seen > SettleSamples + TakenSamples) return;
            Add(0, x);
            Add(1, y);
            Add(2, z);
        }

        private void Add(int axis, int mg)
        {
            _sum[axis] += mg;
            if (mg < _low[axis]) _low[axis] = mg;
            if (mg > _high[axis]) _high[axis] = mg;
        }

        private bool IsQuiet()
        {
            int squares = 0;
            for (int axis = 0; axis < 3; axis++)
            {
                if (_high[axis] - _low[axis] > NoiseMaxMg) return false;
                int mean = _sum[axis] / TakenSamples;
                squares += mean * mean;
            }

            return squares >= RestMinMg * RestMinMg && squares <= RestMaxMg * RestMaxMg;
        }

        private bool HasAnswered()
        {
            for (int axis = 0; axis < 3; axis++)
            {
                int change = (_sum[axis] - _rest[axis]) / TakenSamples;
                if (change < 0) change = -change;
                if (change < ChangeMinMg || change > ChangeMaxMg) return false;
            }

            return true;
        }
    }
}
