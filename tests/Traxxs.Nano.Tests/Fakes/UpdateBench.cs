using System;
using nanoFramework.TestFramework;
using Traxxs.Core.Location;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>
    /// An updater that was offered the <see cref="SignedSample"/>, with flash in memory, and what it says. Not fields of a test: the
    /// launcher on the device calls tests without an object.
    /// </summary>
    internal sealed class UpdateBench : IUpdateBoard
    {
        public const uint Factory = 0x00010000;

        private const int StepsMax = 50;

        private readonly Command _command = new Command();
        private readonly byte[] _frame = new byte[CommandFrame.FrameSizeMax];
        private readonly byte[] _key;

        public UpdateBench(byte[] key)
        {
            _key = key;
            Storage = new MemoryStorage(BootRecord.SegmentCount, 1024);
            Report = new ReportBuilder();
            Start(0);
            Offer();
        }

        public MemoryStorage Storage { get; private set; }

        public ReportBuilder Report { get; private set; }

        public Updater Updater { get; private set; }

        public byte[] TryReadKey()
        {
            return _key;
        }

        public int FreeMemory()
        {
            return 1000000;
        }

        /// <summary>The device starts as an image.</summary>
        public void Start(int image)
        {
            Updater = new Updater(Storage, this, image, Factory, false);
        }

        /// <summary>One block of a file reaches the device, as a frame.</summary>
        public void SendBlock(byte[] file, int offset)
        {
            int length = file.Length - offset < Command.BlockSizeMax ? file.Length - offset : Command.BlockSizeMax;
            _command.Code = CommandCode.UpdateBlock;
            _command.Id = SignedSample.Version;
            _command.ImageVersion = 0;
            _command.ImageSize = 0;
            _command.BlockOffset = offset;
            _command.BlockLength = length;
            Array.Copy(file, offset, _command.Block, 0, length);
            int size = CommandFrame.Write(_command, _frame, 0);
            Assert.IsTrue(size > length, "written");
            Assert.IsTrue(Updater.TakeBlock(_frame, size), "a block");
        }

        /// <summary>Steps while it stands there, as long as it may.</summary>
        public void StepWhile(UpdateState state)
        {
            for (int i = 0; i < StepsMax && Updater.State == state; i++) Step();
        }

        /// <summary>One step of a device that has nothing to say and is not yet known to be well.</summary>
        public void Step()
        {
            Updater.Step(true, true, false, true, Report, 0);
        }

        /// <summary>Checks the newest event, which then counts as sent.</summary>
        public void Expect(EventCode code, int value)
        {
            int row = Report.Report.EventCount - 1;
            Assert.IsTrue(row >= 0, "an event");
            Assert.AreEqual((int)code, (int)Report.Report.EventCodes[row], "event");
            Assert.AreEqual(value, Report.Report.EventValue[row], "its value");
            Report.Close(new WallClock(), 1, 1, 0);
            Report.DiscardFrame();
        }

        private void Offer()
        {
            _command.Code = CommandCode.Update;
            _command.Id = 7;
            _command.ImageVersion = SignedSample.Version;
            _command.ImageSize = SignedSample.FileSize;
            int size = CommandFrame.Write(_command, _frame, 0);
            Command read = new Command();
            Assert.AreEqual((int)DecodeResult.Ok, (int)CommandFrame.TryRead(_frame, 0, size, read), "the offer is read");
            Assert.IsTrue(Updater.TryOffer(read, false, Report, 0), "answered");
            Step();
        }
    }
}
