namespace Traxxs.Protocol.Tests;

/// <summary>Any bytes end in a named result; what is accepted is a report its writer would have written the same way.</summary>
[TestClass]
public class FuzzTests
{
    private const int RandomFrames = 200_000;

    private readonly ReportReader _reader = new();
    private readonly ReportWriter _writer = new();
    private readonly Report _report = new();
    private readonly Command _command = new();
    private readonly byte[] _written = new byte[ReportWriter.FrameSizeMax];

    [TestMethod]
    public void Every_truncation_of_every_vector_ends_in_a_named_result()
    {
        foreach (var vector in Vector.All)
        {
            for (var length = 0; length < vector.Frame.Length; length++) Try(vector.Frame[..length], $"{vector.Name}, {length} bytes");
        }
    }

    [TestMethod]
    public void Every_single_bit_flip_of_every_vector_ends_in_a_named_result()
    {
        foreach (var vector in Vector.All)
        {
            for (var bit = 0; bit < vector.Frame.Length * 8; bit++)
            {
                var frame = (byte[])vector.Frame.Clone();
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
                Try(frame, $"{vector.Name}, bit {bit}");
            }
        }
    }

    [TestMethod]
    public void Random_bytes_end_in_a_named_result_within_bounded_work()
    {
        var random = new Random(11);
        var results = new int[Enum.GetValues<DecodeResult>().Length];
        for (var i = 0; i < RandomFrames; i++)
        {
            var frame = new byte[random.Next(0, random.Next(8) == 0 ? 200 : 24)];
            random.NextBytes(frame);
            if (frame.Length > 0 && random.Next(4) != 0) frame[0] = (byte)(ReportLayout.Version << 4 | frame[0] & 15);
            results[(int)Try(frame, $"seed 11, frame {i}")]++;
        }

        Assert.IsGreaterThan(0, results[(int)DecodeResult.Ok]);
        Assert.IsGreaterThan(0, results[(int)DecodeResult.TooShort]);
        Assert.IsGreaterThan(0, results[(int)DecodeResult.TooLong]);
    }

    [TestMethod]
    public void Runs_of_equal_bytes_end_in_a_named_result()
    {
        foreach (var fill in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF })
        {
            for (var length = 1; length <= ReportWriter.FrameSizeMax + 2; length += length < 80 ? 1 : 79)
            {
                var frame = new byte[length];
                Array.Fill(frame, fill);
                Try(frame, $"{length} bytes of {fill:x2}");
                frame[0] = ReportLayout.Version << 4;
                Try(frame, $"{length} bytes of {fill:x2} behind a version");
                frame[0] = ReportLayout.Version << 4 | 0x0F;
                Try(frame, $"{length} bytes of {fill:x2} behind a version and presence");
            }
        }
    }

    [TestMethod]
    public void A_frame_that_lost_two_bytes_or_more_is_hardly_ever_taken_for_whole()
    {
        var random = new Random(12);
        int taken = 0, tried = 0;
        for (var i = 0; i < 300; i++)
        {
            var length = _writer.Write(SampleReports.Walk(i, 20), _written, 0);
            for (var lost = 2; lost < length; lost++, tried++)
            {
                if (_reader.Read(_written, 0, length - lost, _report) == DecodeResult.Ok) taken++;
            }
        }

        Assert.IsLessThan(tried / 10, taken, $"{taken} of {tried}");
    }

    [TestMethod]
    public void A_sealed_frame_that_was_damaged_is_refused()
    {
        var writer = new ReportWriter();
        var length = writer.WriteSealed(SampleReports.WithEverythingUsual(SampleReports.Walk(13, 20)), _written, 0);
        var frame = _written[..length];
        for (var bit = 4; bit < length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            Assert.AreEqual(DecodeResult.BadChecksum, _reader.Read(frame, 0, length, _report), $"bit {bit}");
            frame[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        }

        for (var count = 3; count < length; count++) Assert.AreEqual(DecodeResult.BadChecksum, _reader.Read(frame, 0, count, _report));
    }

    [TestMethod]
    public void Bytes_that_are_not_there_are_too_short_and_nothing_is_thrown()
    {
        var frame = new byte[10];
        Assert.AreEqual(DecodeResult.TooShort, _reader.Read(null, 0, 4, _report));
        foreach (var (offset, count) in new[] { (0, 0), (0, 11), (-1, 4), (4, -1), (8, 3), (int.MaxValue, 2), (2, int.MaxValue) })
        {
            Assert.AreEqual(DecodeResult.TooShort, _reader.Read(frame, offset, count, _report), $"offset {offset}, count {count}");
            Assert.AreEqual(DecodeResult.TooShort, CommandFrame.TryRead(frame, offset, count, _command), $"offset {offset}, count {count}");
        }
    }

    private DecodeResult Try(byte[] frame, string what)
    {
        _report.FixCount = 7; // what the report held before must not show
        var result = _reader.Read(frame, 0, frame.Length, _report);
        Assert.IsTrue(Enum.IsDefined(result), what);
        if (result != DecodeResult.Ok)
        {
            Assert.IsEmpty(ReportText.Lines(_report), $"{what}: refused and not empty");
        }
        else if (_reader.ExtensionsSkipped == 0)
        {
            var isSealed = (frame[0] >> 4 & ReportLayout.SealedBit) != 0;
            var length = isSealed ? _writer.WriteSealed(_report, _written, 0) : _writer.Write(_report, _written, 0);
            Assert.IsTrue(frame.AsSpan().SequenceEqual(_written.AsSpan(0, length)), $"{what}: {Convert.ToHexStringLower(frame)} is accepted and written otherwise");
        }

        TryCommand(frame, what);
        return result;
    }

    private void TryCommand(byte[] frame, string what)
    {
        var result = CommandFrame.TryRead(frame, 0, frame.Length, _command);
        Assert.IsTrue(Enum.IsDefined(result), what);
        Assert.AreEqual(result == DecodeResult.Ok, _command.Code != CommandCode.None, what);
        if (result != DecodeResult.Ok) return;

        var length = CommandFrame.Write(_command, _written, 0);
        if (_command.SettingCount > 0 || _command.ImageSize > 0 || _command.BlockLength > 0)
        {
            // What is known may stand behind an extension that was skipped, and settings in several.
            Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(_written, 0, length, _command), what);
            return;
        }

        Assert.IsTrue(frame.AsSpan(0, length).SequenceEqual(_written.AsSpan(0, length)), $"{what}: accepted and written otherwise");
    }
}
