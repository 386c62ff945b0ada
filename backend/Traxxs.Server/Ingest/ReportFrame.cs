using Traxxs.Protocol;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>Reads a frame far enough to store it. Working memory is one set for each thread.</summary>
internal static class ReportFrame
{
    /// <summary>Why a frame is refused that decodes but does not say which report it is.</summary>
    public const string NoIdentity = "NoIdentity";

    [ThreadStatic]
    private static ReportReader? _reader;

    [ThreadStatic]
    private static Report? _report;

    /// <summary>
    /// Decodes a frame. The report belongs to the calling thread and is overwritten by its next call.
    /// </summary>
    public static DecodeResult Decode(byte[] frame, out Report report)
    {
        report = _report ??= new Report();
        return (_reader ??= new ReportReader()).Read(frame, 0, frame.Length, report);
    }

    /// <summary>The record the store keeps of a decoded frame; what was decoded goes with it, so that nobody behind the commit does it again.</summary>
    public static ReportRecord ToRecord(string deviceId, long serverTimeMs, Report report, byte[] frame)
    {
        long? firstS = null, lastS = null;
        for (var i = 0; i < report.FixCount; i++)
        {
            var timeS = report.FixTimeS[i];
            if (firstS is null || timeS < firstS) firstS = timeS;
            if (lastS is null || timeS > lastS) lastS = timeS;
        }

        long? deviceTimeS = report.HasDeviceTime && !report.TimeIsUptime ? report.DeviceTimeS : null;
        return new ReportRecord(deviceId, report.Epoch, report.Sequence, serverTimeMs, deviceTimeS, firstS, lastS, report.FixCount, frame)
        {
            Decoded = AcceptedReportReader.Read(deviceId, serverTimeMs, report),
        };
    }
}
