namespace Traxxs.Store;

/// <summary>What every store asks of a report before it takes it.</summary>
internal static class ReportRecords
{
    private const int DeviceIdLengthMax = 64;

    /// <exception cref="ArgumentException">A value is outside the range stated at <see cref="ReportRecord"/>.</exception>
    public static void Require(ReportRecord report, int payloadSizeMax)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.DeviceId.Length is < 1 or > DeviceIdLengthMax) throw new ArgumentException("a device id has 1 to 64 characters", nameof(report));
        if (report.Epoch is < 0 or > ushort.MaxValue) throw new ArgumentException("an epoch is 0 to 65535", nameof(report));
        if (report.Sequence is < 0 or > uint.MaxValue) throw new ArgumentException("a sequence number is 0 to 4294967295", nameof(report));
        if (report.FixCount < 0) throw new ArgumentException("a report cannot have fewer than no fixes", nameof(report));
        if (report.FirstFixTimeS is null != report.LastFixTimeS is null || report.FirstFixTimeS > report.LastFixTimeS)
            throw new ArgumentException("the first fix time is not after the last, and neither stands alone", nameof(report));
        if (report.Payload.Length > payloadSizeMax) throw new ArgumentException($"a payload has at most {payloadSizeMax} bytes", nameof(report));
    }
}
