using Traxxs.Core.Motion;
using Traxxs.Protocol;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// Finds what may be a fall: the foot turns out of the way it stood, hits hard in turning or after it, and then rests
    /// the new way. Walking and jumping hit without turning, lying down turns but hits softly and mostly before the turn,
    /// getting up turns back to the way it stood before. Accepts samples; emits a suspicion about a second and a half
    /// after the impact, with the moment and the strength of it.
    /// The numbers were tuned on part of the subjects of recorded falls with a sensor at the ankle.
    /// </summary>
    public sealed class FallDetector
    {
        /// <summary>Block over which mean, force, peak and jerk are formed, ms.</summary>
        public const int BlockMs = 100;

        /// <summary>Blocks of rest that make a judgement: one second.</summary>
        public const int RestBlocks = 10;

        /// <summary>Force up to which a second is rest, mg mean distance from 1 g.</summary>
        public const int RestMg = 220;

        /// <summary>Longest turn and tumble between the old way and the rest, blocks.</summary>
        public const int TumbleBlocksMax = 25;

        /// <summary>Blocks before the tumble that show how the foot stood, as far as they are known.</summary>
        public const int StoodBlocksMax = 50;

        /// <summary>Fewest of them that are enough, after a start.</summary>
        public const int StoodBlocksMin = 8;

        /// <summary>Cosine of the smallest turn, in percent: 75 is 41 degrees.</summary>
        public const int TurnCosinePercent = 75;

        /// <summary>Blocks from the middle of the turn on, and before it, in which the force is summed up.</summary>
        public const int ForceBlocks = 8;

        /// <summary>Least force after the turn, mg summed over the blocks. Lying down on a bed mostly stays below.</summary>
        public const int ForceMin = 2000;

        /// <summary>Force after the turn from which a body need not bounce to have fallen.</summary>
        public const int ForceSurely = 3000;

        /// <summary>Least mean of the <see cref="JerkBlocks"/> hardest blocks, mg from sample to sample summed over the axes.</summary>
        public const int JerkMin = 1050;

        /// <summary>Blocks whose jerk is averaged.</summary>
        public const int JerkBlocks = 4;

        /// <summary>How much the force after the turn exceeds the force before it, tenths: legs thrown onto a bed have it the other way.</summary>
        public const int ForceRatioTenths = 14;

        /// <summary>Peak from which that ratio no longer matters, mg.</summary>
        public const int PeakSurelyMg = 3200;

        /// <summary>Blocks a fallen body bounces at least.</summary>
        public const int BounceBlocks = 7;

        /// <summary>Force below which a block is no bounce any more, mg.</summary>
        public const int BounceMg = 150;

        /// <summary>Least and greatest length of a resting mean, mg: what gravity can look like in a badly calibrated sensor.</summary>
        public const int GravityMinMg = 180;

        /// <summary>See <see cref="GravityMinMg"/>.</summary>
        public const int GravityMaxMg = 1300;

        /// <summary>
        /// Greatest length of the mean before the tumble, mg. More than at rest: in the sole a walk's mean over 5 s is 1340 to
        /// 1720 mg at 5 to 7 km/h (recorded), since the swinging foot is carried on an arc; who falls has mostly been walking.
        /// </summary>
        public const int StoodMaxMg = 2000;

        // All that a judgement looks at: stood, tumble, rest, and a block on each side for smoothing.
        private const int BlocksMax = StoodBlocksMax + TumbleBlocksMax + RestBlocks + 3;

        // The way the foot usually stands follows with 2^8 blocks (26 s), so that a rest of some seconds does not become it.
        private const int HomeShift = 8;

        private static readonly byte[] TumbleLengths = { 8, 16, 25 };

        private readonly TrackerProfile _profile;

        // Sums of the means of all blocks up to each: those of any stretch are a difference, which wraps as the sums do. A judgement
        // over the blocks themselves was most of what a walk cost the interpreter.
        private readonly int[] _toX = new int[BlocksMax];
        private readonly int[] _toY = new int[BlocksMax];
        private readonly int[] _toZ = new int[BlocksMax];
        private readonly short[] _force = new short[BlocksMax];
        private readonly ushort[] _peak = new ushort[BlocksMax];
        private readonly int[] _jerk = new int[BlocksMax];
        private readonly Vector _last = new Vector();
        private readonly Vector _rest = new Vector();
        private readonly Vector _stood = new Vector();
        private readonly Vector _home = new Vector();
        private readonly int[] _hardest = new int[JerkBlocks];
        private int _newest;
        private int _known;
        private int _restSum;
        private int _sinceImpact = BlocksMax;
        private int _sumX;
        private int _sumY;
        private int _sumZ;
        private int _sumForce;
        private int _blockPeak;
        private int _blockJerk;
        private int _samples;
        private int _blockTimeMs;
        private bool _fell;
        private int _homeX;
        private int _homeY;
        private int _homeZ;

        /// <summary>A detector with the profile's impact bound.</summary>
        public FallDetector(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>Peak of the impact of the last suspicion, mg.</summary>
        public int ImpactMg;

        /// <summary>How long before the sample that raised it the suspected impact was, ms.</summary>
        public int ImpactAgeMs;

        /// <summary>The free-fall interrupt fired: what comes next counts as an impact, however little of it the samples show.</summary>
        public void FreeFall()
        {
            _fell = true;
        }

        /// <summary>Takes one sample, mg. True: a fall is suspected.</summary>
        public bool Feed(int xMg, int yMg, int zMg, int periodMs)
        {
            int magnitude = Magnitude.Of(xMg, yMg, zMg);
            if (magnitude > _blockPeak) _blockPeak = magnitude;
            int jerk = _last.MoveTo(xMg, yMg, zMg);
            if (jerk > _blockJerk) _blockJerk = jerk;
            _sumX += xMg;
            _sumY += yMg;
            _sumZ += zMg;
            _sumForce += Magnitude.Absolute(magnitude - 1000);
            _samples++;
            _blockTimeMs += periodMs;
            if (_blockTimeMs < BlockMs) return false;

            CloseBlock();
            // Only a second of rest within the tumble's time after an impact is worth a judgement.
            if (_known < StoodBlocksMin + TumbleLengths[0] + RestBlocks || _restSum > RestMg * RestBlocks
                || _sinceImpact > RestBlocks + TumbleBlocksMax) return false;
            for (int i = 0; i < TumbleLengths.Length; i++)
            {
                if (!IsFall(TumbleLengths[i])) continue;
                _sinceImpact = BlocksMax;   // this impact has been judged
                return true;
            }

            return false;
        }

        private void CloseBlock()
        {
            if (_known >= RestBlocks) _restSum -= _force[At(RestBlocks - 1)];
            int last = _newest;   // nothing stands there at the start
            _newest = _newest + 1 < BlocksMax ? _newest + 1 : 0;
            if (_known < BlocksMax) _known++;
            if (_fell)
            {
                _fell = false;
                if (_blockPeak < _profile[SettingCode.FallImpactMg]) _blockPeak = _profile[SettingCode.FallImpactMg];
                if (_sumForce < ForceSurely * _samples) _sumForce = ForceSurely * _samples;
                if (_blockJerk < JerkMin * JerkBlocks) _blockJerk = JerkMin * JerkBlocks;
            }

            // _samples is never 0: a block is closed behind a sample.
            int x = _sumX / _samples;
            int y = _sumY / _samples;
            int z = _sumZ / _samples;
            _toX[_newest] = _toX[last] + x;
            _toY[_newest] = _toY[last] + y;
            _toZ[_newest] = _toZ[last] + z;
            _force[_newest] = (short)Least(_sumForce / _samples, short.MaxValue);
            _peak[_newest] = (ushort)Least(_blockPeak, ushort.MaxValue);
            _jerk[_newest] = _blockJerk;
            _restSum += _force[_newest];
            FollowHome(x, y, z);
            _sinceImpact = _blockPeak >= _profile[SettingCode.FallImpactMg] ? 0 : Least(_sinceImpact + 1, BlocksMax);
            _sumX = 0;
            _sumY = 0;
            _sumZ = 0;
            _sumForce = 0;
            _blockPeak = 0;
            _blockJerk = 0;
            _samples = 0;
            _blockTimeMs -= BlockMs;
        }

        private void FollowHome(int x, int y, int z)
        {
            if (_known == 1)
            {
                _homeX = x << HomeShift;
                _homeY = y << HomeShift;
                _homeZ = z << HomeShift;
                return;
            }

            _homeX += ((x << HomeShift) - _homeX) >> HomeShift;
            _homeY += ((y << HomeShift) - _homeY) >> HomeShift;
            _homeZ += ((z << HomeShift) - _homeZ) >> HomeShift;
        }

        // Ages count blocks back from the newest, which is 0: rest, tumble, and how the foot stood before.
        private bool IsFall(int tumbleBlocks)
        {
            int stoodFrom = RestBlocks + tumbleBlocks;
            int stoodBlocks = Least(_known - stoodFrom, StoodBlocksMax);
            if (stoodBlocks < StoodBlocksMin) return false;

            Mean(0, RestBlocks, _rest);
            Mean(stoodFrom, stoodBlocks, _stood);
            int rest = _rest.Length();
            int stood = _stood.Length();
            if (rest <= GravityMinMg || rest >= GravityMaxMg || stood <= GravityMinMg || stood >= StoodMaxMg) return false;

            _home.Set(_homeX >> HomeShift, _homeY >> HomeShift, _homeZ >> HomeShift);
            if (!IsTurned(_stood, rest) || !IsTurned(_home, rest)) return false;

            for (int age = stoodFrom; age >= RestBlocks; age--)
            {
                // Three blocks: smoothing.
                int to = At(age - 1);
                int before = At(age + 2);
                int x = _toX[to] - _toX[before];
                int y = _toY[to] - _toY[before];
                int z = _toZ[to] - _toZ[before];
                if (_stood.Dot(x, y, z) * rest < _rest.Dot(x, y, z) * stood) return HitHard(age);
            }

            return false;
        }

        private bool IsTurned(Vector from, int rest)
        {
            return _rest.Dot(from.X, from.Y, from.Z) * 100 <= (long)rest * from.Length() * TurnCosinePercent;
        }

        // Whether the force around the middle of the turn is that of a fall.
        private bool HitHard(int turnedAt)
        {
            int after = Force(turnedAt - ForceBlocks);
            int before = Force(turnedAt);
            int impactAt = turnedAt;
            for (int age = turnedAt + 3; age > turnedAt - ForceBlocks && age >= 0; age--)
            {
                if (_peak[At(age)] > _peak[At(impactAt)]) impactAt = age;
            }

            int peak = _peak[At(impactAt)];
            if (peak < _profile[SettingCode.FallImpactMg] || after < ForceMin || HardestJerk(turnedAt) < JerkMin) return false;
            if (after < ForceSurely && Bounces(turnedAt) < BounceBlocks) return false;
            if (after * 10 < before * ForceRatioTenths && peak < PeakSurelyMg) return false;
            ImpactMg = peak;
            ImpactAgeMs = impactAt * BlockMs;
            return true;
        }

        // The force of the blocks before an age, as far as there are such.
        private int Force(int age)
        {
            int sum = 0;
            for (int i = 1; i <= ForceBlocks; i++)
            {
                if (age + i >= 0 && age + i < _known) sum += _force[At(age + i)];
            }

            return sum;
        }

        private int HardestJerk(int turnedAt)
        {
            for (int i = 0; i < JerkBlocks; i++) _hardest[i] = 0;
            for (int age = turnedAt + 3; age > turnedAt - ForceBlocks - 1 && age >= 0; age--)
            {
                int jerk = _jerk[At(age)];
                for (int i = 0; i < JerkBlocks; i++)
                {
                    if (jerk <= _hardest[i]) continue;
                    int smaller = _hardest[i];
                    _hardest[i] = jerk;
                    jerk = smaller;
                }
            }

            int sum = 0;
            for (int i = 0; i < JerkBlocks; i++) sum += _hardest[i];
            return sum / JerkBlocks;
        }

        // Blocks from the middle of the turn until three in a row are quiet.
        private int Bounces(int turnedAt)
        {
            int quiet = 0;
            for (int age = turnedAt - 3; age >= 0; age--)
            {
                quiet = _force[At(age)] < BounceMg ? quiet + 1 : 0;
                if (quiet == 3) return turnedAt - age - 2;
            }

            return turnedAt + 1;
        }

        private void Mean(int from, int count, Vector mean)
        {
            // Before the first block ever stand zeros, as long as the ring has not been filled; later nobody asks so far back.
            int to = At(from);
            int before = At(from + count);

            // count is at least 1: rest is a constant, and standing is compared with its least number before.
            mean.Set((_toX[to] - _toX[before]) / count, (_toY[to] - _toY[before]) / count, (_toZ[to] - _toZ[before]) / count);
        }

        private int At(int age)
        {
            int slot = _newest - age;
            return slot < 0 ? slot + BlocksMax : slot;
        }

        private static int Least(int a, int b)
        {
            return a < b ? a : b;
        }
    }
}
