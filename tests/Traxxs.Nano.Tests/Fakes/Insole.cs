using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;

namespace Traxxs.Nano.Tests
{
    /// <summary>
    /// A board around a <see cref="Core.Tracker"/> in virtual time: accelerometer with FIFO and wake-up interrupt, receiver
    /// under open sky, battery, link. Steps the tracker when it asked to be stepped or when something happens.
    /// </summary>
    internal sealed class Insole
    {
        /// <summary>Time of the world at its beginning, s since 1970-01-01 UTC.</summary>
        public const uint StartUnixS = 1790000000;

        private const int PeriodMs = TrackerProfile.SamplePeriodMs;
        private const int FixDelayMs = 4000;
        private const int WakeLevelMg = 100;
        private const uint Entropy = 0x12345678;

        private readonly TrackerInputs _inputs = new TrackerInputs();
        private readonly TrackerOutputs _outputs = new TrackerOutputs();
        private readonly Foot _foot = new Foot();
        private readonly int[] _patterns = new int[(int)IndicatorPattern.Fault + 1];
        private long _bootMs;
        private long _gnssOnMs = -1;
        private long _fifoMs;
        private long _doingSinceMs;
        private Doing _doing;
        private int _latitudeE7 = 482000000;

        public Insole()
        {
            Storage = new MemoryStorage(4, 2048);
            Server = new Server();
            Uplink = new LoopUplink(Server);
            Tracker = new Tracker(new TrackerProfile(), Storage, Uplink, Entropy, BootReason.PowerOn);
        }

        public MemoryStorage Storage { get; private set; }

        public Server Server { get; private set; }

        public LoopUplink Uplink { get; private set; }

        public Tracker Tracker { get; private set; }

        /// <summary>Time of the world, ms; the device's own begins at each boot.</summary>
        public long NowMs { get; private set; }

        /// <summary>Steps of the tracker so far.</summary>
        public int Steps { get; private set; }

        /// <summary>How often a pattern was shown.</summary>
        public int Shown(IndicatorPattern pattern)
        {
            return _patterns[(int)pattern];
        }

        /// <summary>The device loses its power and starts again on the same flash.</summary>
        public void Reboot()
        {
            Uplink.Close();
            _bootMs = NowMs;
            _fifoMs = NowMs;
            _gnssOnMs = -1;
            _outputs.NextStepMs = 0;
            _outputs.Gnss = GnssPower.Backup;
            _outputs.Accelerometer = AccelerometerMode.WakeOnMotion;
            _inputs.Clear();
            Tracker = new Tracker(new TrackerProfile(), Storage, Uplink, Entropy + (uint)NowMs, BootReason.PowerOn);
        }

        /// <summary>The wearer presses for help.</summary>
        public void PressSos()
        {
            _inputs.SosPresses++;
            StepNow();
        }

        /// <summary>Lets time pass while the wearer does something.</summary>
        public void Do(Doing doing, int seconds)
        {
            _doing = doing;
            _doingSinceMs = NowMs;
            long endMs = NowMs + seconds * 1000L;
            while (NowMs < endMs)
            {
                NowMs = NextMs(endMs);
                StepNow();
            }
        }

        /// <summary>One step now.</summary>
        public void StepNow()
        {
            Uplink.Advance(NowMs);
            FillSamples();
            FillGnss();
            _inputs.HasBattery = _outputs.MeasureBattery;
            _inputs.BatteryPercent = 80;
            _inputs.BatteryMv = 4020;
            Tracker.Step(_inputs, _outputs, NowMs - _bootMs);
            Steps++;
            _inputs.Clear();
            _patterns[(int)_outputs.Indicate]++;
            Uplink.Advance(NowMs);
        }

        private bool IsMoving
        {
            get { return _doing == Doing.Walking || _doing == Doing.Falling; }
        }

        private long NextMs(long endMs)
        {
            long nextMs = _bootMs + _outputs.NextStepMs;
            if (Uplink.State != LinkState.Closed) nextMs = Earlier(nextMs, NowMs + 500);
            if (_outputs.Gnss == GnssPower.On) nextMs = Earlier(nextMs, NowMs + 1000);
            if (_outputs.Accelerometer == AccelerometerMode.WakeOnMotion && IsMoving) nextMs = Earlier(nextMs, NowMs + 200);
            if (nextMs < NowMs + PeriodMs) nextMs = NowMs + PeriodMs;
            return Earlier(nextMs, endMs);
        }

        private static long Earlier(long oneMs, long otherMs)
        {
            return oneMs < otherMs ? oneMs : otherMs;
        }

        private void FillSamples()
        {
            if (_outputs.Accelerometer == AccelerometerMode.WakeOnMotion)
            {
                _foot.Sample(_doing, NowMs, NowMs - _doingSinceMs);
                _inputs.WakeInterrupt = IsMoving && Away(_foot.XMg, 0) + Away(_foot.YMg, 0) + Away(_foot.ZMg, 1000) > WakeLevelMg;
                _fifoMs = NowMs;
                return;
            }

            int count = (int)((NowMs - _fifoMs) / PeriodMs);
            if (count > TrackerInputs.SamplesMax)
            {
                _fifoMs = NowMs - TrackerInputs.SamplesMax * PeriodMs;
                count = TrackerInputs.SamplesMax;
            }

            for (int i = 0; i < count; i++)
            {
                _fifoMs += PeriodMs;
                _foot.Sample(_doing, _fifoMs, _fifoMs - _doingSinceMs);
                _inputs.XMg[i] = (short)_foot.XMg;
                _inputs.YMg[i] = (short)_foot.YMg;
                _inputs.ZMg[i] = (short)_foot.ZMg;
            }

            _inputs.SampleCount = count;
            _inputs.SamplePeriodMs = PeriodMs;
        }

        private static int Away(int value, int from)
        {
            return value < from ? from - value : value - from;
        }

        private void FillGnss()
        {
            if (_outputs.Gnss != GnssPower.On)
            {
                _gnssOnMs = -1;
                return;
            }

            if (_gnssOnMs < 0) _gnssOnMs = NowMs;
            if (_doing == Doing.Walking) _latitudeE7 += 100;
            _inputs.GnssBytes = 100;
            _inputs.HasFix = true;
            _inputs.Fix.Valid = NowMs - _gnssOnMs >= FixDelayMs;
            _inputs.Fix.TimeS = StartUnixS + (uint)(NowMs / 1000);
            _inputs.Fix.LatitudeE7 = _latitudeE7;
            _inputs.Fix.LongitudeE7 = 113000000;
            _inputs.Fix.AccuracyMm = 5000;
        }
    }
}
