using Traxxs.Protocol;

namespace Traxxs.Server.Tests.Ingest;

/// <summary>Frames as a device writes them.</summary>
internal static class Frames
{
    public const uint StartS = 1_700_000_000;

    /// <summary>A report with identity, device time and fixes one minute apart, changed by <paramref name="change"/>.</summary>
    public static byte[] Make(uint sequence, int fixes = 2, Action<Report>? change = null)
    {
        var report = new Report { HasIdentity = true, Epoch = 3, Sequence = sequence, HasDeviceTime = true, DeviceTimeS = StartS + sequence * 600 };
        for (var i = 0; i < fixes; i++)
        {
            report.FixTimeS[i] = StartS + sequence * 600 + (uint)i * 60 - 300;
            report.LatitudeE5[i] = 5_012_345 + i * 10;
            report.LongitudeE5[i] = -812_345 + i * 7;
        }

        report.FixCount = fixes;
        change?.Invoke(report);
        var buffer = new byte[ReportWriter.FrameSizeMax];
        var size = new ReportWriter().Write(report, buffer, 0);
        Assert.IsGreaterThan(0, size, "the report has no frame");
        return buffer[..size];
    }
}
