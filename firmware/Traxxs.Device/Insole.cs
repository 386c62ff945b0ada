using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Drivers;

namespace Traxxs.Device
{
    /// <summary>
    /// One insole: carries what the chips say to the <see cref="Tracker"/> and what it decides back to the chips. Decides
    /// nothing, reads no clock, starts no thread: <see cref="Step"/> is all there is, so the board and the simulator run
    /// the same class.
    /// </summary>
    public sealed class Insole
    {
        // Time between steps while the accelerometer is tested, ms: five samples.
        private const int TestStepMs = 100;

        // Time between tries of an accelerometer that refuses, ms: known to be failed, not passing noise, within a minute; and then.
        private const int RetryMs = 10000;
        private const int FailedRetryMs = 60000;

        private readonly InsoleParts _parts;
        private readonly Lis2dw12 _accelerometer;
        private readonly Max17048 _fuelGauge;
        private readonly Lis2dw12SelfTest _accelerometerTest;
        private readonly TrackerInputs _inputs = new TrackerInputs();

        private readonly bool _woken;
        private bool _accelerometerTried;
        private bool _accelerometerRuns;
        private AccelerometerMode _accelerometerMode;
        private long _samplesReadMs;
        private bool _fuelGaugeRuns;
        private bool _gnssRuns;
        private bool _testBegun;
        private bool _testing;

        /// <summary>
        /// How deep the chip may sleep after the last step as far as the insole's own parts go: less than the tracker allows while
        /// the receiver may speak or a test runs. The radio and the motor are the board's to ask.
        /// </summary>
        public RestMode Rest;

        /// <summary>
        /// Puts the parts together. No part is spoken to before the first <see cref="Step"/>. <paramref name="entropy"/>:
        /// any number the device has not had before.
        /// </summary>
        public Insole(InsoleParts parts, TrackerProfile profile, uint entropy, BootReason bootReason)
        {
            _parts = parts;
            _accelerometer = new Lis2dw12(parts.Accelerometer);
            _accelerometerTest = new Lis2dw12SelfTest(_accelerometer);
            _fuelGauge = new Max17048(parts.FuelGauge);
            Gnss = new UbxReceiver(parts.Gnss);
            Tracker = new Tracker(profile, parts.Storage, parts.Uplink, entropy, bootReason, parts.Updater);
            _woken = bootReason == BootReason.WakePin || bootReason == BootReason.WakeTimer;
        }

        /// <summary>What the tracker decided in the last step; for a sleep decision, an energy account or a test.</summary>
        public readonly TrackerOutputs Outputs = new TrackerOutputs();

        /// <summary>The tracker within, for its counters.</summary>
        public readonly Tracker Tracker;

        /// <summary>The receiver's driver, for its counters.</summary>
        public readonly UbxReceiver Gnss;

        /// <summary>The device should restart now.</summary>
        public bool RestartWanted
        {
            get { return Outputs.Restart; }
        }

        /// <summary>
        /// Before the first step: goes on where a deep sleep began. Returns where the device's clock stands, ms; the board counts
        /// on from there. 0 where the device begins anew.
        /// </summary>
        public long Wake()
        {
            return Tracker.Wake(_parts.Signals.RtcMs);
        }

        /// <summary>
        /// One step: chips → tracker → chips. <paramref name="nowMs"/> counts from the start of the device and never goes
        /// back. Returns when the next step is due at the latest; an interrupt, a press or a link event comes earlier.
        /// </summary>
        public long Step(long nowMs)
        {
            _inputs.Clear();
            ReadSignals();
            ReadAccelerometer(nowMs);
            if (_gnssRuns) Gnss.Poll(_inputs, nowMs);
            if (Outputs.MeasureBattery) ReadFuelGauge();

            Tracker.Step(_inputs, Outputs, nowMs);

            DriveAccelerometer(nowMs);
            DriveGnss(nowMs);
            if (Outputs.Indicate != IndicatorPattern.None) _parts.Indicator.Show(Outputs.Indicate);
            return FindRest(nowMs);
        }

        private long FindRest(long nowMs)
        {
            Rest = Outputs.Rest;
            long dueMs = Outputs.NextStepMs;
            if (_gnssRuns)
            {
                Rest = Gnss.QuietUntilMs > nowMs && Rest != RestMode.Awake ? RestMode.LightSleep : RestMode.Awake;
                if (Gnss.NextPollMs < dueMs) dueMs = Gnss.NextPollMs;
            }

            // A chip that refuses cannot wake the board, and a deep sleep would forget that it did.
            if (!_accelerometerRuns && Rest == RestMode.DeepSleep) Rest = RestMode.LightSleep;
            int retryMs = _testBegun ? TestStepMs : _accelerometerRuns ? Tracker.StepMaxMs : Tracker.FailedParts == 0 ? RetryMs : FailedRetryMs;
            if (_testBegun) Rest = RestMode.Awake;
            return dueMs < nowMs + retryMs ? dueMs : nowMs + retryMs;
        }

        private void ReadSignals()
        {
            _inputs.SosPresses = _parts.Signals.TakeSosPresses();
            _inputs.CancelPresses = _parts.Signals.TakeCancelPresses();
            _inputs.Charging = _parts.Signals.ChargerConnected;
            _inputs.RtcMs = _parts.Signals.RtcMs;
        }

        private void ReadAccelerometer(long nowMs)
        {
            bool interrupted = _parts.Signals.TakeMotionInterrupt();
            if (_testBegun)
            {
                Test(nowMs);
                return;
            }

            if (!_accelerometerRuns)
            {
                // Why the line woke the chip, and what was felt since, is known until the accelerometer is started anew.
                if (_woken && !_accelerometerTried) _accelerometer.TryReadPast(_inputs);
                else _inputs.AccelerometerFault = _accelerometerTried;
                return;
            }

            if (interrupted) _accelerometerRuns = _accelerometer.TryReadSources(_inputs);

            // A step for another reason may come sooner than a sample: an empty FIFO would then look like a dead chip.
            bool due = _accelerometerMode == AccelerometerMode.Streaming && nowMs - _samplesReadMs >= Lis2dw12.SamplePeriodMs;
            if (!_accelerometerRuns || !due) return;
            _samplesReadMs = nowMs;
            _accelerometerRuns = _accelerometer.TryReadSamples(_inputs);
        }

        // The samples of the test are nobody's movement: the tracker sees none until it is over.
        private void Test(long nowMs)
        {
            if (_testing)
            {
                if (nowMs - _samplesReadMs < TestStepMs) return;
                _samplesReadMs = nowMs;
                _testing = !_accelerometerTest.Advance(_inputs);
            }

            _inputs.SampleCount = 0;
            _inputs.AccelerometerFault = false;
            if (_testing) return;
            _testBegun = false;
            bool gauge = _fuelGauge.TryStart() && _fuelGauge.TryRead(_inputs);
            _inputs.PartsFailed = Bit(SelfTest.AccelerometerIdentity, _accelerometerTest.IdentityGood)
                | Bit(SelfTest.AccelerometerSelfTest, _accelerometerTest.AnswerGood)
                | Bit(SelfTest.AccelerometerNoise, _accelerometerTest.NoiseGood)
                | Bit(SelfTest.FuelGauge, gauge);
            _inputs.PartsTested = true;
        }

        private static int Bit(int part, bool good)
        {
            return good ? 0 : 1 << part;
        }

        // After any refusal the chip is started anew; each step tries once.
        private void DriveAccelerometer(long nowMs)
        {
            if (_testBegun) return;
            if (Outputs.TestParts)
            {
                _testBegun = true;
                _samplesReadMs = nowMs;
                _testing = _accelerometerTest.Begin();
                _accelerometerRuns = false;
                return;
            }

            if (_accelerometerRuns && _accelerometerMode == Outputs.Accelerometer) return;
            bool started = _accelerometerRuns || _accelerometer.TryStart();
            _accelerometerTried = true;
            _accelerometerMode = Outputs.Accelerometer;
            _accelerometerRuns = started && _accelerometer.TrySetMode(_accelerometerMode);
            _samplesReadMs = nowMs;
        }

        private void DriveGnss(long nowMs)
        {
            bool wanted = Outputs.Gnss == GnssPower.On;
            if (wanted == _gnssRuns) return;
            _gnssRuns = wanted;
            _parts.Signals.SetGnssSupply(wanted);
            if (wanted) Gnss.PowerUp(nowMs);
            else Gnss.PowerDown();
        }

        private void ReadFuelGauge()
        {
            if (!_fuelGaugeRuns) _fuelGaugeRuns = _fuelGauge.TryStart();
            if (_fuelGaugeRuns) _fuelGaugeRuns = _fuelGauge.TryRead(_inputs);
        }
    }
}
