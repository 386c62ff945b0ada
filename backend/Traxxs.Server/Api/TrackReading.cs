using Traxxs.Server.History;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>
/// Fixes somebody may see: of a device, or of a wearer over the devices they wore. What is hidden is left out, and the
/// reason is remembered.
/// </summary>
internal sealed class TrackReading(ReportArchive archive, HiddenPlace hidden)
{
    private readonly FixReader _reader = new(archive);

    /// <summary>Why some fix read so far was left out; null where none was.</summary>
    public string? Hidden { get; private set; }

    /// <summary>Fixes of a device, both ends included.</summary>
    public IEnumerable<TrackFix> OfDevice(string deviceId, long fromS, long toS)
    {
        foreach (var fix in _reader.Read(deviceId, fromS, toS))
        {
            if (hidden(deviceId, DateTimeOffset.FromUnixTimeSeconds(fix.Time)) is { } why) Hidden = why;
            else yield return fix;
        }
    }

    /// <summary>Fixes of a wearer's devices while they were theirs.</summary>
    public IEnumerable<TrackFix> OfWearer(IReadOnlyList<Assignment> assignments, long fromS, long toS) =>
        Worn(assignments, fromS, toS).SelectMany(worn => OfDevice(worn.DeviceId, worn.FromS, worn.ToS));

    /// <summary>Which devices were worn in a range, and when; both ends included.</summary>
    public static IEnumerable<(string DeviceId, long FromS, long ToS)> Worn(IReadOnlyList<Assignment> assignments, long fromS, long toS) => assignments
        .Select(one => (one.DeviceId, FromS: Math.Max(fromS, one.From.ToUnixTimeSeconds()), ToS: Math.Min(toS, one.To is { } end ? end.ToUnixTimeSeconds() - 1 : long.MaxValue)))
        .Where(worn => worn.FromS <= worn.ToS).OrderBy(worn => worn.FromS);
}
