using nanoFramework.TestFramework;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>An image over the air, from the offer to the trial: its blocks as frames, its record in flash.</summary>
    [TestClass]
    public class UpdaterTests
    {
        private const uint Factory = UpdateBench.Factory;

        [TestMethod]
        public void An_offered_image_is_taken_proved_put_on_trial_and_kept()
        {
            byte[] file = SignedSample.File();
            UpdateBench bench = new UpdateBench(SignedSample.Key());
            Assert.AreEqual((int)UpdateState.Taking, (int)bench.Updater.State, "asks for blocks");
            bench.Expect(EventCode.UpdateWants, 0);
            bench.SendBlock(file, Command.BlockSizeMax);
            Assert.AreEqual(0, bench.Updater.Length, "a block that does not follow is ignored");
            for (int offset = 0; offset < file.Length; offset += Command.BlockSizeMax)
            {
                bench.SendBlock(file, offset);
                bench.SendBlock(file, offset);
            }

            Assert.AreEqual(SignedSample.FileSize, bench.Updater.Length, "bytes taken");
            bench.StepWhile(UpdateState.Taking);
            bench.StepWhile(UpdateState.Hashing);
            bench.StepWhile(UpdateState.Proving);
            Assert.AreEqual((int)UpdateState.Ready, (int)bench.Updater.State, "proved");
            bench.Expect(EventCode.UpdateReady, (int)SignedSample.Version);
            bench.Step();
            Assert.IsTrue(bench.Updater.RestartWanted, "restarts");

            Assert.AreEqual(1, new BootRecord(bench.Storage, Factory).Choose(false), "the new image starts");
            bench.Start(1);
            Assert.IsTrue(bench.Updater.OnTrial, "on trial");
            bench.Updater.Step(true, true, true, true, bench.Report, 1000);
            Assert.IsFalse(bench.Updater.OnTrial, "healthy");
            bench.Expect(EventCode.UpdateKept, (int)SignedSample.Version);
            Assert.AreEqual(1, new BootRecord(bench.Storage, Factory).Choose(false), "kept");
        }

        [TestMethod]
        public void A_changed_byte_is_refused_and_an_image_that_does_not_start_is_given_back()
        {
            byte[] file = SignedSample.File();
            file[300] ^= 0x80;
            UpdateBench bench = new UpdateBench(SignedSample.Key());
            for (int offset = 0; offset < file.Length; offset += Command.BlockSizeMax) bench.SendBlock(file, offset);
            bench.StepWhile(UpdateState.Taking);
            bench.StepWhile(UpdateState.Hashing);
            bench.StepWhile(UpdateState.Proving);
            Assert.AreEqual((int)UpdateState.Idle, (int)bench.Updater.State, "refused");
            bench.Expect(EventCode.UpdateRefused, (int)UpdateRefusal.Signature);
            Assert.AreEqual(0, new BootRecord(bench.Storage, Factory).Choose(false), "the factory's image goes on");

            BootRecord record = new BootRecord(bench.Storage, Factory);
            record.Load();
            record.Versions[1] = SignedSample.Version;
            record.Image = 1;
            record.Tries = BootRecord.TriesMax;
            Assert.IsTrue(record.TrySave(), "saved");
            for (int start = 0; start < BootRecord.TriesMax; start++) Assert.AreEqual(1, new BootRecord(bench.Storage, Factory).Choose(false), "tried");
            record = new BootRecord(bench.Storage, Factory);
            Assert.AreEqual(0, record.Choose(false), "given back");
            Assert.AreEqual((uint)EventCode.UpdateReturned, record.News, "which is news");
            Assert.AreEqual(SignedSample.Version, record.Failed, "and not forgotten");
        }

        [TestMethod]
        public void Without_a_key_nothing_is_taken()
        {
            UpdateBench bench = new UpdateBench(null);
            Assert.AreEqual((int)UpdateState.Idle, (int)bench.Updater.State, "takes nothing");
            bench.Expect(EventCode.UpdateRefused, (int)UpdateRefusal.NoKey);
        }
    }
}
