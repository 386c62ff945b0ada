namespace Traxxs.Protocol.Tests;

/// <summary>The golden frames hold for device and server alike and outlive the code: a change here is a change of the format.</summary>
[TestClass]
public class VectorTests
{
    private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];

    public static IEnumerable<object[]> Reports => Vector.All.Where(v => !v.IsCommand).Select(v => new object[] { v.Name });

    public static IEnumerable<object[]> Commands => Vector.All.Where(v => v.IsCommand).Select(v => new object[] { v.Name });

    [TestMethod]
    [DynamicData(nameof(Reports))]
    public void A_report_vector_reads_as_it_says(string name)
    {
        var vector = Vector.Named(name);
        var report = new Report();
        Assert.AreEqual(vector.Result, new ReportReader().Read(vector.Frame, 0, vector.Frame.Length, report), vector.Sentence);
        CollectionAssert.AreEqual(vector.Fields, ReportText.Lines(report).ToArray(), vector.Sentence);
    }

    [TestMethod]
    [DynamicData(nameof(Reports))]
    public void A_report_vector_is_written_as_it_stands(string name)
    {
        var vector = Vector.Named(name);
        if (vector.Result != DecodeResult.Ok || !vector.Rewritten) return;

        var writer = new ReportWriter();
        var report = ReportText.Parse(vector.Fields);
        var isSealed = (vector.Frame[0] >> 4 & ReportLayout.SealedBit) != 0;
        var length = isSealed ? writer.WriteSealed(report, _frame, 0) : writer.Write(report, _frame, 0);
        Assert.AreEqual(Convert.ToHexStringLower(vector.Frame), Convert.ToHexStringLower(_frame, 0, length), vector.Sentence);
    }

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void A_command_vector_reads_and_is_written_as_it_stands(string name)
    {
        var vector = Vector.Named(name);
        var command = new Command();
        Assert.AreEqual(vector.Result, CommandFrame.TryRead(vector.Frame, 0, vector.Frame.Length, command), vector.Sentence);
        if (vector.Result != DecodeResult.Ok)
        {
            Assert.AreEqual(CommandCode.None, command.Code);
            return;
        }

        CollectionAssert.AreEqual(vector.Fields, CommandLines(command).ToArray(), vector.Sentence);
        if (!vector.Rewritten) return;
        var length = CommandFrame.Write(command, _frame, 0);
        Assert.AreEqual(Convert.ToHexStringLower(vector.Frame), Convert.ToHexStringLower(_frame, 0, length), vector.Sentence);
    }

    private static IEnumerable<string> CommandLines(Command command)
    {
        yield return $"{(byte)command.Code} {command.Id} {command.Epoch} {command.Sequence}";
        for (var i = 0; i < command.SettingCount; i++) yield return $"setting {command.SettingIds[i]} {command.SettingValues[i]}";
        if (command.ImageSize != 0) yield return $"image {command.ImageVersion} {command.ImageSize}";
        if (command.BlockLength != 0) yield return $"block {command.BlockOffset} {Convert.ToHexStringLower(command.Block, 0, command.BlockLength)}";
    }

    [TestMethod]
    public void Every_refusal_has_a_report_vector_and_every_vector_a_sentence()
    {
        foreach (var result in Enum.GetValues<DecodeResult>())
        {
            Assert.IsTrue(Vector.All.Any(v => !v.IsCommand && v.Result == result), $"no vector ends in {result}");
        }

        foreach (var vector in Vector.All) Assert.IsTrue(vector.Sentence.EndsWith('.'), $"{vector.Name}.hex begins with no sentence");
    }
}
