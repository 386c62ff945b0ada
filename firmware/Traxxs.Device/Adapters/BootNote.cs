using System;
using System.IO;
using nanoFramework.Hardware.Esp32;
using Traxxs.Core.Diagnostics;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Why the chip started. A wake from deep sleep the chip tells; a restart the firmware asked for is told by a file it left,
    /// since nanoFramework has no API for the chip's reset reason: power-on and a sagging supply cannot be told apart.
    /// </summary>
    public static class BootNote
    {
        private const string FileName = "restart";

        /// <summary>Whether the chip woke from deep sleep.</summary>
        public static bool IsWake()
        {
            Sleep.WakeupCause cause = Sleep.GetWakeupCause();
            return cause == Sleep.WakeupCause.Timer || cause == Sleep.WakeupCause.Ext1;
        }

        /// <summary>The reason; the note is gone afterwards.</summary>
        public static BootReason Take(string root)
        {
            Sleep.WakeupCause cause = Sleep.GetWakeupCause();
            if (cause == Sleep.WakeupCause.Timer) return BootReason.WakeTimer;
            if (cause == Sleep.WakeupCause.Ext1) return BootReason.WakePin;
            try
            {
                if (!File.Exists(root + FileName)) return BootReason.PowerOn;
                byte[] note = File.ReadAllBytes(root + FileName);
                File.Delete(root + FileName);
                return note.Length == 1 ? (BootReason)note[0] : BootReason.Unknown;
            }
            catch (Exception)
            {
                return BootReason.Unknown;
            }
        }

        /// <summary>Leaves a note for the next start. Where the files refuse, the restart goes on without.</summary>
        public static void Leave(string root, BootReason reason)
        {
            try
            {
                File.WriteAllBytes(root + FileName, new byte[] { (byte)reason });
            }
            catch (Exception)
            {
                // The start will be called a power-on.
            }
        }
    }
}
