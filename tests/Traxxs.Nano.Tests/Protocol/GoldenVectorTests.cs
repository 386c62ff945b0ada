using nanoFramework.TestFramework;
using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    [TestClass]
    public class GoldenVectorTests
    {
        [TestMethod]
        public void Every_golden_report_reads_as_it_says_and_is_written_as_it_stands()
        {
            Report report = new Report();
            ReportReader reader = new ReportReader();
            ReportWriter writer = new ReportWriter();
            byte[] frame = new byte[ReportWriter.FrameSizeMax];
            GoldenVector[] vectors = GoldenVectors.Reports();
            for (int i = 0; i < vectors.Length; i++)
            {
                GoldenVector vector = vectors[i];
                byte[] golden = Hex.Parse(vector.Frame);
                Assert.AreEqual((int)vector.Result, (int)reader.Read(golden, 0, golden.Length, report), vector.Name + ": result");
                Assert.AreEqual(vector.Contents, Contents.Of(report), vector.Name + ": contents");
                if (vector.Result != DecodeResult.Ok || !vector.IsRewritten) continue;
                bool isSealed = ((golden[0] >> 4) & ReportLayout.SealedBit) != 0;
                int size = isSealed ? writer.WriteSealed(report, frame, 0) : writer.Write(report, frame, 0);
                Assert.AreEqual(vector.Frame, Hex.Format(frame, size), vector.Name + ": written");
                Assert.AreEqual(vector.Contents, Contents.Of(report), vector.Name + ": writing changes nothing");
            }
        }

        [TestMethod]
        public void Every_golden_command_reads_as_it_says_and_is_written_as_it_stands()
        {
            Command command = new Command();
            byte[] frame = new byte[CommandFrame.FrameSizeMax];
            GoldenVector[] vectors = GoldenVectors.Commands();
            for (int i = 0; i < vectors.Length; i++)
            {
                GoldenVector vector = vectors[i];
                byte[] golden = Hex.Parse(vector.Frame);
                Assert.AreEqual((int)vector.Result, (int)CommandFrame.TryRead(golden, 0, golden.Length, command), vector.Name + ": result");
                Assert.AreEqual(vector.Contents, Contents.Of(command), vector.Name + ": contents");
                if (vector.Result != DecodeResult.Ok || !vector.IsRewritten) continue;
                int size = CommandFrame.Write(command, frame, 0);
                Assert.AreEqual(vector.Frame, Hex.Format(frame, size), vector.Name + ": written");
            }
        }
    }
}
