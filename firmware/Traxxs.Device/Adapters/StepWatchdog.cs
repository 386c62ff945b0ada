using System;
using System.Threading;
using nanoFramework.Runtime.Native;
using Traxxs.Core.Diagnostics;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Restarts the board where one step does not end. It is the firmware's own: nanoFramework offers no hardware watchdog, and
    /// its images leave ESP-IDF's task watchdog off, so that a native call that never returns is not caught.
    /// </summary>
    public sealed class StepWatchdog
    {
        /// <summary>Longest step, ms. A step takes milliseconds; a TLS handshake on another thread may hold all threads up for seconds.</summary>
        public const int StepMaxMs = 60000;

        private const int LookMs = 10000;
        private const int Never = -1;

        private readonly string _root;
        private readonly Timer _timer;
        private long _beganMs = Never;

        /// <summary>Watches from now on; notes of a restart go below a root.</summary>
        public StepWatchdog(string root)
        {
            _root = root;
            _timer = new Timer(Look, null, LookMs, LookMs);
        }

        /// <summary>A step begins.</summary>
        public void Begin()
        {
            _beganMs = BoardSleep.NowMs();
        }

        /// <summary>It has ended.</summary>
        public void End()
        {
            _beganMs = Never;
        }

        /// <summary>Restarts where the step has taken too long; the timer calls this.</summary>
        public void Look(object state)
        {
            long beganMs = _beganMs;    // one number, read and written whole, needs no lock
            if (beganMs == Never || BoardSleep.NowMs() - beganMs < StepMaxMs) return;
            Console.WriteLine("fault: a step did not end");
            BootNote.Leave(_root, BootReason.Watchdog);
            Power.RebootDevice(RebootOption.NormalReboot);
        }

        /// <summary>Watches no more.</summary>
        public void Stop()
        {
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }
}
