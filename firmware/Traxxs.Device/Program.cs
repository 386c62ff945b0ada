using System;
using System.Device.Gpio;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using nanoFramework.Hardware.Esp32;
using nanoFramework.Runtime.Native;
using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Device.Adapters;

namespace Traxxs.Device
{
    /// <summary>The device image: wires the board's real parts to an <see cref="Insole"/> and steps it for ever.</summary>
    public static class Program
    {
        /// <summary>Pause between two tries to find an identity, ms: someone may be copying it to the board.</summary>
        private const int ProvisionPauseMs = 10000;

        /// <summary>Tries after which an image on trial restarts: in three minutes nobody copies, and the files suited the image before.</summary>
        public const int ConfigTriesMax = 18;

        /// <summary>Where the chip starts.</summary>
        public static void Main()
        {
            Boot.Start(Board.StorageRoot);
        }

        /// <summary>
        /// Runs on files below a root that ends in its separator, as an image: 0 for the factory's, 1 or 2 for one that came over the
        /// air. Does not return: an end is a restart. The factory's image calls this in images of other versions by its name.
        /// </summary>
        public static void Run(string storageRoot, int image)
        {
            BootReason reason = BootNote.Take(storageRoot);
            Console.WriteLine("TRAXXs XSole starts, boot reason " + ((int)reason).ToString());
            Board.AssignFunctions();
            AutoResetEvent attention = new AutoResetEvent(false);
            GpioController gpio = new GpioController();
            VibrationIndicator indicator = new VibrationIndicator(gpio, attention);
            BoardSignals signals = new BoardSignals(gpio, attention);
            if (reason == BootReason.WakePin) signals.NoteWake(Sleep.GetWakeupGpioPin());
            X509Certificate ca;
            Updater updater = new Updater(Boot.Storage(storageRoot), new UpdateBoard(storageRoot), image, FirmwareVersion.Number, BootNote.IsWake());
            DeviceConfig config = WaitForConfig(storageRoot, indicator, updater.OnTrial, out ca);
            MqttUplink uplink = new MqttUplink(config, ca, new WifiStation(), attention, updater);
            StepWatchdog watchdog = new StepWatchdog(storageRoot);
            try
            {
                InsoleParts parts = new InsoleParts();
                parts.Accelerometer = new I2cRegisterBus(Board.I2cBus, Board.AccelerometerAddress);
                parts.FuelGauge = new I2cRegisterBus(Board.I2cBus, Board.FuelGaugeAddress);
                parts.Gnss = new UartLine(Board.GnssPort, Board.GnssBaud, Board.GnssBufferSize);
                parts.Signals = signals;
                parts.Indicator = indicator;
                parts.Storage = new FileSegmentStorage(storageRoot, "segment", Board.SegmentCount, Board.SegmentSizeMax);
                parts.Uplink = uplink;
                parts.Updater = updater;
                Insole insole = new Insole(parts, new TrackerProfile(), Entropy(), reason);
                Console.WriteLine("device " + config.Id + " runs");
                StepForEver(insole, uplink, indicator, watchdog, new BoardSleep(attention, signals, config.LightSleep), signals.Stands(Board.SelfTestButton));
                Console.WriteLine("restarts");
            }
            catch (Exception e)
            {
                // Level 3 fault: whatever it was, the queue is in flash and a restart is the way on.
                Console.WriteLine("fault: " + e.Message);
            }
            finally
            {
                watchdog.Stop();
                uplink.Dispose();
            }

            signals.SetGnssSupply(false);       // it need not wait for the pin to float
            Restart(storageRoot);
        }

        private static void Restart(string storageRoot)
        {
            BootNote.Leave(storageRoot, BootReason.Requested);
            Power.RebootDevice(RebootOption.NormalReboot);
        }

        private static void StepForEver(Insole insole, MqttUplink uplink, VibrationIndicator indicator, StepWatchdog watchdog, BoardSleep sleep, bool test)
        {
            // The device's clock goes on where a deep sleep began; the chip's begins anew.
            long wokenMs = insole.Wake();
            // The chip's clock runs on through a restart, nobody knows how truly: it shows a date once the network has set it anew.
            if (wokenMs == 0) Rtc.SetSystemTime(DateTime.UnixEpoch);
            long aheadMs = wokenMs - BoardSleep.NowMs();
            if (test) insole.Tracker.BeginSelfTest(BoardSleep.NowMs() + aheadMs);
            while (!insole.RestartWanted)
            {
                bool tested = insole.Tracker.SelfTest.Runs;
                watchdog.Begin();
                long dueMs = insole.Step(BoardSleep.NowMs() + aheadMs) - aheadMs;
                watchdog.End();
                if (tested && !insole.Tracker.SelfTest.Runs) PrintSelfTest(insole.Tracker.SelfTest.Failed);
                bool quiet = uplink.IsQuiet && !indicator.IsPlaying;
                bool streaming = insole.Outputs.Accelerometer == AccelerometerMode.Streaming;
                sleep.Until(dueMs, quiet ? insole.Rest : RestMode.Awake, streaming ? Board.WakePinsStreaming : Board.WakePinsStill);
            }
        }

        // Names in the order of the bits: Traxxs.Core/Diagnostics/SelfTest.cs.
        private static void PrintSelfTest(int failed)
        {
            string[] names = { "accelerometer identity", "accelerometer self-test", "noise at rest", "fuel gauge", "GNSS bytes", "flash", "radio" };
            string line = "self-test: ";
            for (int i = 0; i < names.Length; i++) line += (i > 0 ? ", " : "") + names[i] + ((failed & 1 << i) == 0 ? " pass" : " FAIL");
            Console.WriteLine(line);
        }

        // Without a trial someone stands at the bench and sees why; one on trial has the image before to return to, by the boot record.
        private static DeviceConfig WaitForConfig(string storageRoot, IIndicator indicator, bool onTrial, out X509Certificate ca)
        {
            for (int tries = 1; ; tries++)
            {
                string problem;
                DeviceConfig config = DeviceConfig.TryLoad(storageRoot + Board.ConfigFile, out problem);
                if (config != null && TryLoadCa(storageRoot, config, out ca, out problem)) return config;
                Console.WriteLine(problem);
                if (onTrial && tries >= ConfigTriesMax) Restart(storageRoot);
                indicator.Show(IndicatorPattern.Fault);
                Thread.Sleep(ProvisionPauseMs);
            }
        }

        private static bool TryLoadCa(string storageRoot, DeviceConfig config, out X509Certificate ca, out string problem)
        {
            ca = null;
            problem = null;
            if (!config.UsesTls) return true;
            try
            {
                ca = new X509Certificate(File.ReadAllBytes(storageRoot + config.CaFile));
                return true;
            }
            catch (Exception)
            {
                problem = config.CaFile + " is missing or is no DER certificate: copy the CA's to the board as firmware/README.md says";
                return false;
            }
        }

        // Tells two numberings of the same device apart after it lost its flash; no secret depends on it. The timer is
        // mixed in because the chip's generator is seeded from little right after power-on.
        private static uint Entropy()
        {
            return (uint)new Random().Next() ^ (uint)(HighResTimer.GetCurrent() * 2654435761ul >> 16);
        }
    }
}
