using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Traxxs.Protocol;
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
    /// <summary>
    /// Frames of a device that are refused within such a stretch of time are one alert: at most twelve a day, less than the device may tell of
    /// its own parts. A call among them is repeated by the device until it gets its proof.
    /// </summary>
    public static readonly TimeSpan RefusedTogether = TimeSpan.FromHours(2);

    private const string Ask = "one may have been a call for help: ask its wearer (they are kept under rejected frames)";

    // Of a device the stretch that has its alert: who sends nothing but garbage costs one commit in each. An entry a device.
    private readonly ConcurrentDictionary<string, long> _told = new(StringComparer.Ordinal);

    /// <summary>
    /// A report that was acknowledged and came back too often to be read is kept unread: raises it, once for the same bytes. Fails with
    /// <see cref="StoreUnavailableException"/> where it cannot be committed now.
    /// </summary>
    public void Raise(string deviceId, byte[] frame) => Raise(deviceId, $"unread|{Convert.ToHexStringLower(SHA256.HashData(frame))}",
        "a report could not be read and may have been a call for help; ask its wearer (the report is kept under rejected frames)");

    /// <summary>
    /// A frame of a device was refused and kept, for the reason of that name: raises it, once in each <see cref="RefusedTogether"/>. Fails with
    /// <see cref="StoreUnavailableException"/> where it cannot be committed now.
    /// </summary>
    public void Refused(string deviceId, string reason)
    {
        var stretch = clock.GetUtcNow().ToUnixTimeSeconds() / (long)RefusedTogether.TotalSeconds;
        if (_told.TryGetValue(deviceId, out var told) && told == stretch) return;
        // The version is a frame's first bits: damaged ones mostly look like another version.
        Raise(deviceId, $"refused|{stretch.ToString(CultureInfo.InvariantCulture)}", reason == nameof(DecodeResult.UnknownVersion)
            ? $"sends reports this server cannot read, damaged or of a firmware newer than the server, which is then to be updated; {Ask}"
            : $"sends reports that cannot be taken ({reason}); {Ask}");
        _told[deviceId] = stretch;
    }

    private void Raise(string deviceId, string cause, string words)
    {
        var batch = new AlertBatch(clock.GetUtcNow(), 0);
        batch.Raise(AlertRuleName.DeviceFault, deviceId, cause, AlertSeverity.Critical, $"{deviceId}: {words}", default);
        foreach (var alert in journal.RaiseBeside(batch)) raised(alert);
    }
}
