using Traxxs.Protocol;

namespace Traxxs.Server.Ingest;

/// <summary>
/// A device that learns the time before a report goes out sends it in true time, else as it was closed, counted from its start
/// (FORMAT.md, "Times"). It takes care to send each always in one way; where its flash forgot which, both are the same report.
/// </summary>
public static class TrueTime
{
    /// <summary>Whether two frames are one report, of which one counts from the device's start and the other says the same in true time.</summary>
    public static bool IsSameReport(byte[] one, byte[] other)
    {
        if (Read(one) is not { } first || Read(other) is not { } second || first.TimeIsUptime == second.TimeIsUptime) return false;
        return first.TimeIsUptime ? Becomes(first, second.DeviceTimeS, other) : Becomes(second, first.DeviceTimeS, one);
    }

    private static Report? Read(byte[] frame)
    {
        var report = new Report();
        return new ReportReader().Read(frame, 0, frame.Length, report) == DecodeResult.Ok && report.HasDeviceTime ? report : null;
    }

    private static bool Becomes(Report closed, uint deviceTimeS, byte[] frame)
    {
        var startS = deviceTimeS - closed.DeviceTimeS;
        (closed.TimeIsUptime, closed.DeviceTimeS) = (false, deviceTimeS);
        for (var i = 0; i < closed.EventCount; i++) closed.EventTimeS[i] += startS;
        var told = new byte[ReportWriter.FrameSizeMax];
        return told.AsSpan(0, new ReportWriter().Write(closed, told, 0)).SequenceEqual(frame);
    }
}
