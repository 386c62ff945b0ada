using Traxxs.Protocol;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>Looks at a stored report as a check of the store does.</summary>
public static class ReportInspection
{
    /// <summary>What is wrong with its bytes: they do not decode, or say something else than what is kept beside them. Null where all is well.</summary>
    public static string? Fault(ReportRecord record)
    {
        var frame = record.Payload.ToArray();
        var result = ReportFrame.Decode(frame, out var report);
        if (result != DecodeResult.Ok) return $"its bytes are no report: {result}";
        var told = ReportFrame.ToRecord(record.DeviceId, record.ServerTimeMs, report, frame);
        return Facts(told) == Facts(record) ? null : $"its bytes say {Facts(told)}, and {Facts(record)} is kept beside them";
    }

    private static (int Epoch, long Sequence, long? DeviceTimeS, long? FirstFixTimeS, long? LastFixTimeS, int FixCount) Facts(ReportRecord record) =>
        (record.Epoch, record.Sequence, record.DeviceTimeS, record.FirstFixTimeS, record.LastFixTimeS, record.FixCount);
}
