using Traxxs.Core.Motion;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Finds what may be a fall: an impact, then a lull in which the foot lies another way than before. Walking, jumping
    /// and jogging have the impacts but no lull, lying down has the lull and the turn but no impact, sitting down has no
    /// turn. Accepts samples; emits a suspicion with the moment and the strength of the impact.
    /// </summary>
    public sealed class FallDetector
    {
        /// <summary>Block over which the mean acceleration and the unrest are formed, ms.</summary>
        public const int BlockMs = 250;

        /// <summary>Blocks remembered: 8 s, the longest time from "before the impact" to the judgement.</summary>
        public const int BlocksMax = 32;

        /// <summary>Blocks that are averaged into the posture before and after.</summary>
        public const int PostureBlocks = 6;

        /// <summary>Unrest below which a block is part of a lull, mg.</summary>
        public const int LullMg = 130;

        /// <summary>Blocks of a lull that make a judgement.</summary>
        public const int LullBlocks = 5;

        /// <summary>Turn of the foot that makes a fall: cosine of the angle, in percent. 70 is 45 degrees.</summary>
        public const int TurnCosinePercent = 70;

        /// <summary>Oldest impact a lull is laid to, ms.</summary>
        public const int ImpactAgeMaxMs = 5000;

        private readonly TrackerProfile _profile;
        private readonly short[] _x = new short[BlocksMax];
        private readonly short[] _y = new short[BlocksMax];
        private readonly short[] _z = new short[BlocksMax];
        private readonly int[] _unrest = new int[BlocksMax];
        private readonly int[] _peak = new int[BlocksMax];
        private int _blocks;
        private int _sumX;
        private int _sumY;
        private int _sumZ;
        private int _sumUnrest;
        private int _blockPeak;
        private int _samples;
        private int _blockTimeMs;
        private int _meanX;
        private int _meanY;
        private int _meanZ;

        /// <summary>A detector with the profile's impact bound.</summary>
        public FallDetector(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Peak of the impact of the last suspicion, mg.</summary>
        public int ImpactMg { get; private set; }

        /// <summary>How long before the end of the sample that raised it the suspected impact was, ms.</summary>
        public int ImpactAgeMs { get; private set; }

        /// <summary>Begins anew, as after a time without samples.</summary>
        public void Reset()
        {
            _blocks = 0;
            ClearBlock();
        }

        /// <summary>The free-fall interrupt fired: what comes next counts as an impact, however little of it the samples show.</summary>
        public void FreeFall()
        {
            if (_blockPeak < _profile.FallImpactMg) _blockPeak = _profile.FallImpactMg;
        }

        /// <summary>Takes one sample, mg. True: a fall is suspected.</summary>
        public bool Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            int magnitude = Magnitude.Of(xMg, yMg, zMg);
            if (magnitude > _blockPeak) _blockPeak = magnitude;
            _sumX += xMg;
            _sumY += yMg;
            _sumZ += zMg;
            _sumUnrest += Absolute(xMg - _meanX) + Absolute(yMg - _meanY) + Absolute(zMg - _meanZ);
            _samples++;
            _blockTimeMs += periodMs;
            if (_blockTimeMs < BlockMs) return false;

            CloseBlock();
            return Judge();
        }

        private void CloseBlock()
        {
            int slot = _blocks % BlocksMax;
            // _samples is never 0: a block is closed behind a sample.
            _meanX = _sumX / _samples;
            _meanY = _sumY / _samples;
            _meanZ = _sumZ / _samples;
            _x[slot] = (short)_meanX;
            _y[slot] = (short)_meanY;
            _z[slot] = (short)_meanZ;
            _unrest[slot] = _sumUnrest / _samples;
            _peak[slot] = _blockPeak;
            _blocks++;
            if (_blocks >= 1000000) _blocks = BlocksMax + _blocks % BlocksMax;
            ClearBlock();
        }

        private void ClearBlock()
        {
            _sumX = 0;
            _sumY = 0;
            _sumZ = 0;
            _sumUnrest = 0;
            _blockPeak = 0;
            _samples = 0;
            _blockTimeMs = 0;
        }

        // Looks back from the newest block: exactly LullBlocks of lull, before them an impact, before that the old posture.
        private bool Judge()
        {
            int known = _blocks < BlocksMax ? _blocks : BlocksMax;
            int lull = 0;
            while (lull < known && UnrestAt(lull) < LullMg) lull++;
            if (lull != LullBlocks) return false;

            int impactAt = -1;
            for (int age = lull; age < known && age * BlockMs <= ImpactAgeMaxMs; age++)
            {
                if (PeakAt(age) < _profile.FallImpactMg) continue;
                if (impactAt < 0 || PeakAt(age) > PeakAt(impactAt)) impactAt = age;
            }

            if (impactAt < 0 || !Turned(impactAt, known)) return false;
            ImpactMg = PeakAt(impactAt);
            ImpactAgeMs = impactAt * BlockMs;
            return true;
        }

        private bool Turned(int impactAt, int known)
        {
            int from = impactAt + 2;                    // the block before the impact already tumbles
            int to = from + PostureBlocks;
            if (to > known) to = known;
            if (to - from < 2) return false;

            int beforeX = 0;
            int beforeY = 0;
            int beforeZ = 0;
            for (int age = from; age < to; age++)
            {
                beforeX += _x[Slot(age)];
                beforeY += _y[Slot(age)];
                beforeZ += _z[Slot(age)];
            }

            int afterX = 0;
            int afterY = 0;
            int afterZ = 0;
            for (int age = 0; age < LullBlocks; age++)
            {
                afterX += _x[Slot(age)];
                afterY += _y[Slot(age)];
                afterZ += _z[Slot(age)];
            }

            long dot = (long)beforeX * afterX + (long)beforeY * afterY + (long)beforeZ * afterZ;
            long lengths = (long)Magnitude.Of(beforeX / 4, beforeY / 4, beforeZ / 4) * Magnitude.Of(afterX / 4, afterY / 4, afterZ / 4) * 16;
            return dot * 100 < lengths * TurnCosinePercent;
        }

        private int Slot(int age)
        {
            return (_blocks - 1 - age) % BlocksMax;
        }

        private int UnrestAt(int age)
        {
            return _unrest[Slot(age)];
        }

        private int PeakAt(int age)
        {
            return _peak[Slot(age)];
        }

        private static int Absolute(int value)
        {
            return value < 0 ? -value : value;
        }
    }
}
