using nanoFramework.TestFramework;
using Traxxs.Core;
using Traxxs.Drivers;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class Lis2dw12Tests
    {
        [TestMethod]
        public void Counts_become_milli_g_oldest_first()
        {
            AccelerometerChip chip = new AccelerometerChip();
            Lis2dw12 driver = new Lis2dw12(chip);
            TrackerInputs inputs = new TrackerInputs();
            Assert.IsTrue(driver.TryStart(), "start");
            Assert.IsTrue(driver.TrySetMode(AccelerometerMode.Streaming), "streaming");
            chip.Fill(new short[] { 0, 2048, -2048, 32767, -32768, -1 });
            Assert.IsTrue(driver.TryReadSamples(inputs), "read");
            Assert.AreEqual(2, inputs.SampleCount, "samples");
            Assert.AreEqual(0, (int)inputs.XMg[0], "x");
            Assert.AreEqual(1000, (int)inputs.YMg[0], "y");
            Assert.AreEqual(-1000, (int)inputs.ZMg[0], "z");
            Assert.AreEqual(15999, (int)inputs.XMg[1], "the highest");
            Assert.AreEqual(-16000, (int)inputs.YMg[1], "the lowest");
            Assert.AreEqual(-1, (int)inputs.ZMg[1], "one count below zero");
        }

        [TestMethod]
        public void A_refused_transfer_is_named_wherever_it_comes()
        {
            AccelerometerChip chip = new AccelerometerChip();
            TrackerInputs inputs = new TrackerInputs();
            Assert.IsTrue(Run(new Lis2dw12(chip), inputs), "without a fault");
            int transfers = chip.Transfers;
            for (int refused = 1; refused <= transfers; refused++)
            {
                AccelerometerChip faulty = new AccelerometerChip();
                faulty.RefusedTransfer = refused;
                Lis2dw12 driver = new Lis2dw12(faulty);
                Assert.IsFalse(Run(driver, inputs), "refused at " + refused.ToString());
                Assert.IsTrue(driver.BadRegister != Lis2dw12Register.None, "a register is named");
            }
        }

        [TestMethod]
        public void Another_chip_is_not_started()
        {
            AccelerometerChip chip = new AccelerometerChip();
            chip.Set((byte)Lis2dw12Register.WhoAmI, 0x33);
            Lis2dw12 driver = new Lis2dw12(chip);
            Assert.IsFalse(driver.TryStart(), "start");
            Assert.AreEqual((int)Lis2dw12Register.WhoAmI, (int)driver.BadRegister, "register");
        }

        [TestMethod]
        public void The_cause_of_a_wake_is_read_once()
        {
            AccelerometerChip chip = new AccelerometerChip();
            Lis2dw12 driver = new Lis2dw12(chip);
            TrackerInputs inputs = new TrackerInputs();
            Assert.IsTrue(driver.TryStart() && driver.TrySetMode(AccelerometerMode.WakeOnMotion), "start");
            chip.Set((byte)Lis2dw12Register.AllIntSrc, 0x03);
            Assert.IsTrue(driver.TryReadSources(inputs), "read");
            Assert.IsTrue(inputs.WakeInterrupt && inputs.FreeFallInterrupt, "both causes");
            inputs.Clear();
            Assert.IsTrue(driver.TryReadSources(inputs), "read again");
            Assert.IsFalse(inputs.WakeInterrupt, "cleared");
        }

        [TestMethod]
        public void The_self_test_holds_the_push_against_the_rest()
        {
            Assert.IsTrue(SelfTest(600), "600 mg are within the limits");
            Assert.IsTrue(SelfTest(-600), "either way");
            Assert.IsFalse(SelfTest(0), "a proof mass that sticks");
            Assert.IsFalse(SelfTest(1600), "and one that is loose");
        }

        [TestMethod]
        public void The_fuel_gauge_is_read_in_millivolts_and_percent()
        {
            RegisterFile chip = new RegisterFile();
            chip.Set((byte)Max17048Register.Version + 1, 0x12);
            chip.Set((byte)Max17048Register.VCell, 0xC8);
            chip.Set((byte)Max17048Register.Soc, 80);
            Max17048 driver = new Max17048(chip);
            TrackerInputs inputs = new TrackerInputs();
            Assert.IsTrue(driver.TryStart(), "start");
            Assert.IsTrue(driver.TryRead(inputs), "read");
            Assert.AreEqual(4000, inputs.BatteryMv, "0xC800 x 5/64 mV");
            Assert.AreEqual(80, inputs.BatteryPercent, "percent");
            chip.Set((byte)Max17048Register.VCell, 0xFF);
            Assert.IsFalse(driver.TryRead(inputs), "a stuck bus");
            Assert.AreEqual((int)Max17048Register.VCell, (int)driver.BadRegister, "register");
        }

        private static bool SelfTest(int pushMg)
        {
            AccelerometerChip chip = new AccelerometerChip();
            Lis2dw12SelfTest test = new Lis2dw12SelfTest(new Lis2dw12(chip));
            TrackerInputs inputs = new TrackerInputs();
            bool over = !test.Begin();
            for (int step = 0; !over && step < 20; step++)
            {
                // A count is 125/256 mg: 2048 of them are 1 g.
                short pushed = (short)(chip.IsPushed ? pushMg * 256 / 125 : 0);
                short[] counts = new short[30];
                for (int i = 0; i < counts.Length; i++) counts[i] = (short)(pushed + (i % 3 == 2 ? 2048 : 0));
                chip.Fill(counts);
                over = test.Advance(inputs);
            }

            Assert.IsTrue(over && test.IdentityGood && test.NoiseGood, "the rest of the test");
            return test.AnswerGood;
        }

        private static bool Run(Lis2dw12 driver, TrackerInputs inputs)
        {
            return driver.TryStart() && driver.TrySetMode(AccelerometerMode.WakeOnMotion) && driver.TryReadSources(inputs)
                && driver.TrySetMode(AccelerometerMode.Streaming) && driver.TryReadSamples(inputs);
        }
    }
}
