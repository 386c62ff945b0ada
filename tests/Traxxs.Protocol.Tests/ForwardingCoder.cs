namespace Traxxs.Protocol.Tests;

/// <summary>
/// Passes every symbol on to a coder; a test derives from it to write what no writer of this version writes.
/// </summary>
internal class ForwardingCoder(SymbolCoder inner) : SymbolCoder
{
    public override long Uniform(long value, long count) => inner.Uniform(value, count);

    public override bool Flag(bool value, int trueShare) => inner.Flag(value, trueShare);

    public override int Cell(int value, CellModel model) => inner.Cell(value, model);

    public override int MapCell(int cell) => inner.MapCell(cell);

    /// <summary>The frame of a report as this coder alters it; nothing checks the report's ranges.</summary>
    public static byte[] Frame(Report report, Func<RangeEncoder, SymbolCoder> alter)
    {
        var buffer = new byte[4 * ReportWriter.FrameSizeMax];
        var encoder = new RangeEncoder();
        encoder.Begin(buffer, 0);
        new ReportLayout(new ExtensionWriter()).Walk(report, alter(encoder), false);
        return buffer[..encoder.Finish()];
    }
}

/// <summary>Ends a report with extensions, each its tag and its bytes, as a later writer of the same version may.</summary>
internal sealed class ExtendingCoder(SymbolCoder inner, params byte[][] extensions) : ForwardingCoder(inner)
{
    public override bool Flag(bool value, int trueShare)
    {
        if (trueShare != ReportLayout.ExtensionShare) return base.Flag(value, trueShare);
        foreach (var extension in extensions)
        {
            base.Flag(true, trueShare);
            base.Uniform(extension[0], 256);
            base.Uniform(extension.Length - 1, 256);
            foreach (var b in extension.Skip(1)) base.Uniform(b, 256);
        }

        return base.Flag(false, trueShare);
    }
}
