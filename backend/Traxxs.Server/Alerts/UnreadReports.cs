using System.Security.Cryptography;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Alerts of reports a device was acknowledged for and nobody can read: what they said is lost to the rules, and may have been a call for
/// help. Critical, and whatever an organisation set for faults of devices.
/// </summary>
/// <param name="journal">Where alerts are committed.</param>
/// <param name="clock">The server's time.</param>
/// <param name="raised">Told of each that is new.</param>
public sealed class UnreadReports(AlertJournal journal, TimeProvider clock, Action<Alert> raised)
{
    /// <summary>Raises it, once for the same bytes. Fails with <see cref="StoreUnavailableException"/> where it cannot be committed now.</summary>
    public void Raise(string deviceId, byte[] frame)
    {
        var batch = new AlertBatch(clock.GetUtcNow(), 0);
        batch.Raise(AlertRuleName.DeviceFault, deviceId, $"unread|{Convert.ToHexStringLower(SHA256.HashData(frame))}", AlertSeverity.Critical,
            $"{deviceId}: a report could not be read and may have been a call for help; ask its wearer (the report is kept under rejected frames)", default);
        foreach (var alert in journal.RaiseBeside(batch)) raised(alert);
    }
}
