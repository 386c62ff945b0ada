using System;
using System.Threading;
using nanoFramework.Hardware.Esp32;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Waits between two steps: in light sleep where nothing needs the chip awake, else on the attention event. Light sleep
    /// stops the UART and the radio, so it is taken only with both off.
    /// </summary>
    public sealed class BoardSleep
    {
        /// <summary>Shorter waits than this are not worth the way into light sleep and back, ms.</summary>
        public const int LightSleepMinMs = 20;

        /// <summary>
        /// Wait while a wake line stands, ms: light sleep would end at once, and a button held or a line shorted must not turn
        /// the loop at full speed.
        /// </summary>
        public const int StandingLineMs = 100;

        /// <summary>Longest wait in one piece, ms: bounds what a wrong due time can cost.</summary>
        public const int WaitMaxMs = 3600000;

        private readonly AutoResetEvent _attention;
        private readonly BoardSignals _signals;
        private bool _lightSleepWorks;

        /// <summary>Waits for this board.</summary>
        public BoardSleep(AutoResetEvent attention, BoardSignals signals, bool lightSleepAllowed)
        {
            _attention = attention;
            _signals = signals;
            _lightSleepWorks = lightSleepAllowed;
        }

        /// <summary>Milliseconds since the chip started; runs on through light sleep.</summary>
        public static long NowMs()
        {
            return long.MaxValue & (long)(HighResTimer.GetCurrent() / 1000); // the mask makes it signed: DESIGN.md, "Unsigned to signed"
        }

        /// <summary>Waits until a time, a wake pin or an edge. <paramref name="quiet"/>: neither UART, radio nor motor is in use.</summary>
        public void Until(long dueMs, bool quiet, Sleep.WakeupGpioPin wakePins)
        {
            long waitMs = dueMs - NowMs();
            if (waitMs <= 0) return;
            if (waitMs > WaitMaxMs) waitMs = WaitMaxMs;
            bool stands = _signals.Stands(wakePins);
            if (stands && waitMs > StandingLineMs) waitMs = StandingLineMs;
            if (quiet && !stands && _lightSleepWorks && waitMs >= LightSleepMinMs && TryLightSleep(waitMs, wakePins)) return;
            _attention.WaitOne((int)waitMs, false);
        }

        private bool TryLightSleep(long waitMs, Sleep.WakeupGpioPin wakePins)
        {
            // What came since the step is dealt with first.
            if (_attention.WaitOne(0, false)) return true;
            try
            {
                _lightSleepWorks =
                    Sleep.EnableWakeupByTimer(TimeSpan.FromTicks(waitMs * TimeSpan.TicksPerMillisecond)) == EspNativeError.OK
                    && Sleep.EnableWakeupByMultiPins(wakePins, Sleep.WakeupMode.AnyHigh) == EspNativeError.OK;
            }
            catch (NotSupportedException)
            {
                _lightSleepWorks = false;
            }

            if (!_lightSleepWorks)
            {
                Console.WriteLine("light sleep with wake by pin is not available: the chip stays awake between steps");
                return false;
            }

            Sleep.StartLightSleep();
            _signals.NoteWake(Sleep.GetWakeupGpioPin());
            return true;
        }
    }
}
