using System;
using System.Threading;
using nanoFramework.Hardware.Esp32;
using Traxxs.Core;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Waits between two steps, as deep as is allowed: awake on the attention event, in light sleep, or in deep sleep, which
    /// ends with a start of the chip. Sleep stops the UART and the radio; the caller has asked both.
    /// </summary>
    public sealed class BoardSleep
    {
        /// <summary>Shorter waits than this are not worth the way into light sleep and back, ms.</summary>
        public const int LightSleepMinMs = 20;

        /// <summary>
        /// Wait while a wake line stands, ms: sleep would end at once, and a button held or a line shorted must not turn
        /// the loop at full speed.
        /// </summary>
        public const int StandingLineMs = 100;

        /// <summary>Longest wait in one piece, ms: bounds what a wrong due time can cost. A deep sleep is not cut: its end is a start.</summary>
        public const int WaitMaxMs = 3600000;

        private readonly AutoResetEvent _attention;
        private readonly BoardSignals _signals;
        private bool _sleepWorks;

        /// <summary>Waits for this board.</summary>
        public BoardSleep(AutoResetEvent attention, BoardSignals signals, bool sleepAllowed)
        {
            _attention = attention;
            _signals = signals;
            _sleepWorks = sleepAllowed;
        }

        /// <summary>Milliseconds since the chip started; runs on through light sleep.</summary>
        public static long NowMs()
        {
            return long.MaxValue & (long)(HighResTimer.GetCurrent() / 1000); // the mask makes it signed: DESIGN.md, "Unsigned to signed"
        }

        /// <summary>Waits until a time, a wake pin or an edge; of a deep sleep this does not return.</summary>
        public void Until(long dueMs, RestMode rest, Sleep.WakeupGpioPin wakePins)
        {
            long waitMs = dueMs - NowMs();
            if (waitMs <= 0) return;

            // The charger wakes by coming. While it is there its line stands, and rest costs the cell nothing: light sleep will do.
            if (!_signals.ChargerConnected) wakePins |= Board.WakePinCharger;
            else if (rest == RestMode.DeepSleep) rest = RestMode.LightSleep;

            bool stands = _signals.Stands(wakePins);
            if (stands && waitMs > StandingLineMs) waitMs = StandingLineMs;
            if (waitMs > WaitMaxMs && rest != RestMode.DeepSleep) waitMs = WaitMaxMs;
            bool sleeps = rest != RestMode.Awake && !stands && _sleepWorks && waitMs >= LightSleepMinMs;
            if (sleeps && TrySleep(waitMs, rest, wakePins)) return;
            _attention.WaitOne(waitMs < WaitMaxMs ? (int)waitMs : WaitMaxMs, false);
        }

        private bool TrySleep(long waitMs, RestMode rest, Sleep.WakeupGpioPin wakePins)
        {
            // What came since the step is dealt with first.
            if (_attention.WaitOne(0, false)) return true;
            try
            {
                _sleepWorks =
                    Sleep.EnableWakeupByTimer(TimeSpan.FromTicks(waitMs * TimeSpan.TicksPerMillisecond)) == EspNativeError.OK
                    && Sleep.EnableWakeupByMultiPins(wakePins, Sleep.WakeupMode.AnyHigh) == EspNativeError.OK;
            }
            catch (NotSupportedException)
            {
                _sleepWorks = false;
            }

            if (!_sleepWorks)
            {
                Console.WriteLine("light sleep with wake by pin is not available: the chip stays awake between steps");
                return false;
            }

            if (rest == RestMode.DeepSleep)
            {
                Console.WriteLine("sleeps until moved, pressed or due in " + (waitMs / 1000).ToString() + " s");
                Sleep.StartDeepSleep();
            }

            Sleep.StartLightSleep();
            _signals.NoteWake(Sleep.GetWakeupGpioPin());
            return true;
        }
    }
}
