using System.Collections.Immutable;
using Traxxs.Protocol;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Tests.Support;

/// <summary>Reports as the rules see them, written short. Times are seconds after <see cref="Start"/>.</summary>
internal sealed class Reports
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly List<AcceptedReport> _all = [];
    private long _position;

    public IReadOnlyList<AcceptedReport> All => _all;

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    /// <summary>A report that arrives at <paramref name="arrivesS"/> and was closed at <paramref name="closedS"/> (null: the device knew no time).</summary>
    public AcceptedReport Add(
        double arrivesS, double? closedS = null, string device = "insole-1", int? nextS = null, int? percent = null, bool charging = false,
        ReportFix[]? fixes = null, ReportEvent[]? events = null, int epoch = 1, long? sequence = null, bool timeKnown = true)
    {
        _position += 3; // positions grow but have gaps, as the contract says
        var report = new AcceptedReport
        {
            Position = _position,
            DeviceId = device,
            Epoch = epoch,
            Sequence = sequence ?? _position,
            ServerTime = At(arrivesS),
            DeviceTime = timeKnown ? At(closedS ?? arrivesS) : null,
            UptimeS = timeKnown ? null : 77,
            NextContact = nextS is { } next ? TimeSpan.FromSeconds(next) : null,
            Battery = percent is { } level ? new BatteryReading(3700, level, charging) : null,
            Fixes = [.. fixes ?? []],
            Events = [.. events ?? []],
        };
        _all.Add(report);
        return report;
    }

    public static ReportEvent Event(EventCode code, double? timeS, int value = 0) => new(code, timeS is { } s ? At(s) : null, value);

    /// <summary>A fix a distance north of 52 N 13 E.</summary>
    public static ReportFix North(double timeS, double metres, int? accuracyM = 4) =>
        new(At(timeS), Math.Round(52 + (metres / 111195.08), 5), 13, accuracyM);
}
