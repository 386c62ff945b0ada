namespace Traxxs.Protocol.Tests;

/// <summary>Known extensions stand once and in order, whole; unknown ones anywhere.</summary>
[TestClass]
public class ExtensionTests
{
    private static readonly byte[] Configuration = [1, 5, 0];
    private static readonly byte[] Firmware = [2, 1, 4, 2, 3, 17];
    private static readonly byte[] Unknown = [200, 1, 2, 3];

    private readonly ReportReader _reader = new();
    private readonly Report _report = new();

    [TestMethod]
    public void Unknown_extensions_may_stand_anywhere_among_known_ones()
    {
        Assert.AreEqual(DecodeResult.Ok, Read(Unknown, Configuration, Unknown, Firmware, [0], [255]));
        Assert.AreEqual(4, _reader.ExtensionsSkipped);
        Assert.AreEqual(5u, _report.ConfigurationVersion);
        Assert.AreEqual(17u, _report.FirmwareStarts);
        Assert.AreEqual(DecodeResult.Ok, Read());
        Assert.AreEqual(0, _reader.ExtensionsSkipped);
        Assert.IsFalse(_report.HasConfiguration || _report.HasFirmware || _report.HasHealth || _report.TraceCount > 0);
    }

    [TestMethod]
    public void A_known_extension_twice_or_out_of_order_is_refused()
    {
        Assert.AreEqual(DecodeResult.NotCanonical, Read(Firmware, Configuration));
        Assert.AreEqual(DecodeResult.NotCanonical, Read(Configuration, Configuration));
    }

    [TestMethod]
    public void A_known_extension_cut_or_with_bytes_left_over_is_refused()
    {
        foreach (var whole in new byte[][] { [1, 0x85, 3, 9, 0x85, 3], Firmware, [3, 7, 0x85, 3, 5], [4, 1, 2, 3, 4, 5, 6, 7] })
        {
            Assert.AreEqual(DecodeResult.Ok, Read(whole));
            for (var count = 1; count < whole.Length; count++) Assert.AreEqual(DecodeResult.TooShort, Read(whole[..count]), $"{whole[0]}, {count} bytes");
            if (whole[0] != 3) Assert.AreEqual(DecodeResult.TooLong, Read([.. whole, 1]), $"{whole[0]}");
        }

        byte[] entry = [7, 1, 2];
        Assert.AreEqual(DecodeResult.Ok, Read([3, .. Enumerable.Repeat(entry, Report.TraceMax).SelectMany(e => e)]));
        Assert.AreEqual(Report.TraceMax, _report.TraceCount);
        Assert.AreEqual(DecodeResult.TooLong, Read([3, .. Enumerable.Repeat(entry, Report.TraceMax + 1).SelectMany(e => e)]));
        Assert.AreEqual(DecodeResult.NotCanonical, Read([1, 0x80, 0, 0]), "a longer varint");
    }

    [TestMethod]
    public void More_extensions_than_a_reader_takes_are_refused_by_name()
    {
        Assert.AreEqual(DecodeResult.Ok, Read([.. Enumerable.Repeat(Unknown, ReportLayout.ExtensionsMax)]));
        Assert.AreEqual(DecodeResult.TooMany, Read([.. Enumerable.Repeat(Unknown, ReportLayout.ExtensionsMax + 1)]));
    }

    // Each extension: its tag, then its bytes.
    private DecodeResult Read(params byte[][] extensions)
    {
        var frame = ForwardingCoder.Frame(new Report(), encoder => new ExtendingCoder(encoder, extensions));
        return _reader.Read(frame, 0, frame.Length, _report);
    }
}
