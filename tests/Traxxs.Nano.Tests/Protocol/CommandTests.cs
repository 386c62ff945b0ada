using nanoFramework.TestFramework;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class CommandTests
    {
        [TestMethod]
        public void A_command_comes_back_as_it_was()
        {
            Command command = new Command();
            command.Id = 0xFFFFFFFF;
            command.Code = CommandCode.AlarmAcknowledged;
            command.Epoch = 65535;
            command.Sequence = 0xFFFFFFFE;
            byte[] frame = new byte[CommandFrame.FrameSizeMax];
            int size = CommandFrame.Write(command, frame, 0);
            Command read = new Command();
            Assert.AreEqual((int)DecodeResult.Ok, (int)CommandFrame.TryRead(frame, 0, size, read), "read");
            Assert.AreEqual(command.Id, read.Id, "id");
            Assert.AreEqual((int)command.Code, (int)read.Code, "code");
            Assert.AreEqual(command.Epoch, read.Epoch, "epoch");
            Assert.AreEqual(command.Sequence, read.Sequence, "sequence");
            for (int count = 0; count < size; count++)
                Assert.IsTrue(CommandFrame.TryRead(frame, 0, count, read) != DecodeResult.Ok, "a cut command was read as whole");
        }
    }
}
