using System;
using nanoFramework.TestFramework;
using Traxxs.Core;
using Traxxs.Core.Diagnostics;
using Traxxs.Protocol;
using GC = nanoFramework.Runtime.Native.GC;

namespace Traxxs.Nano.Tests
{
    /// <summary>What the firmware costs on the machine that runs this: printed for the reader; only the heap is judged.</summary>
    [TestClass]
    public class MeasureTests
    {
        private const int Rounds = 10;

        /// <summary>Bytes the device may hold when all is constructed.</summary>
        private const int SteadyHeapMax = 48 * 1024;

        [TestMethod]
        public void The_time_of_one_step_is_printed()
        {
            Insole insole = new Insole();
            insole.Do(Doing.Walking, 30);
            int steps = insole.Steps;
            long startTicks = DateTime.UtcNow.Ticks;
            insole.Do(Doing.Walking, 60);
            Print("one step of a walk, 25 samples, board and foot included", startTicks, insole.Steps - steps);

            insole.Do(Doing.Still, 300);
            steps = insole.Steps;
            startTicks = DateTime.UtcNow.Ticks;
            insole.Do(Doing.Still, 36000);
            Print("one step at rest", startTicks, insole.Steps - steps);
            Assert.IsTrue(insole.Steps > steps, "steps were made");
        }

        [TestMethod]
        public void The_time_of_encoding_and_decoding_twenty_fixes_is_printed()
        {
            Report report = new Report();
            byte[] frame = new byte[ReportWriter.FrameSizeMax];
            ReportWriter writer = new ReportWriter();
            ReportReader reader = new ReportReader();
            Samples.FillWalk(report, 20);
            int size = 0;
            long startTicks = DateTime.UtcNow.Ticks;
            for (int i = 0; i < Rounds; i++) size = writer.Write(report, frame, 0);
            Print("encoding 20 fixes in " + size.ToString() + " bytes", startTicks, Rounds);
            Assert.IsTrue(size > 0, "written");

            DecodeResult result = DecodeResult.TooShort;
            startTicks = DateTime.UtcNow.Ticks;
            for (int i = 0; i < Rounds; i++) result = reader.Read(frame, 0, size, report);
            Print("decoding them", startTicks, Rounds);
            Assert.AreEqual((int)DecodeResult.Ok, (int)result, "read");
        }

        [TestMethod]
        public void The_heap_stays_as_it_is_after_the_start()
        {
            MemoryStorage storage = new MemoryStorage(4, 2048);
            LoopUplink uplink = new LoopUplink(new Server());
            int before = (int)GC.Run(false);
            TrackerInputs inputs = new TrackerInputs();
            TrackerOutputs outputs = new TrackerOutputs();
            Tracker tracker = new Tracker(new TrackerProfile(), storage, uplink, 1, BootReason.PowerOn);
            int held = before - (int)GC.Run(false);
            tracker.Step(inputs, outputs, 0);
            OutputHelper.WriteLine("heap: " + held.ToString() + " bytes for the tracker");
            Assert.IsTrue(held > 0 && held <= SteadyHeapMax, "bytes held");

            Insole insole = new Insole();
            insole.Do(Doing.Walking, 60);
            int start = (int)GC.Run(false);
            for (int i = 0; i < 3; i++)
            {
                insole.Do(Doing.Walking, 120);
                insole.PressSos();
                insole.Do(Doing.Still, 3600);
            }

            int grown = start - (int)GC.Run(false);
            OutputHelper.WriteLine("heap: grown by " + grown.ToString() + " bytes in " + insole.Steps.ToString() + " steps, " + insole.Server.Reports.ToString() + " reports");
            Assert.AreEqual(0, grown, "bytes grown");
        }

        private static void Print(string what, long startTicks, int times)
        {
            long microseconds = (DateTime.UtcNow.Ticks - startTicks) / 10;
            if (times > 0) OutputHelper.WriteLine(what + ": " + (microseconds / times).ToString() + " us");
        }
    }
}
