using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>Fixes that are stored already, for rules that must look again when some come late.</summary>
public interface IFixHistory
{
    /// <summary>
    /// A device's fixes with <paramref name="from"/> ≤ fix time ≤ <paramref name="to"/>, of reports up to a position in the
    /// order of arrival, by fix time.
    /// </summary>
    IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition);
}
