using System.Collections.Immutable;
using Traxxs.Protocol;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>One stored report, decoded: immutable, shared by all who come after the commit.</summary>
public sealed class AcceptedReport
{
    private long _position;
    private ImmutableArray<ReportFix> _fixes = [];

    /// <summary>Place in the order of arrival; 0 before the commit.</summary>
    public long Position
    {
        get => _position;
        init => _position = value;
    }

    /// <summary>Device identity.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Numbering of the device.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number within the epoch.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the server received it.</summary>
    public required DateTimeOffset ServerTime { get; init; }

    /// <summary>When the device closed it; null where the device did not know the time.</summary>
    public DateTimeOffset? DeviceTime { get; init; }

    /// <summary>Seconds since the device's start when the report was closed, where it did not know the time.</summary>
    public uint? UptimeS { get; init; }

    /// <summary>The device speaks again within this span of <see cref="DeviceTime"/>; null where it made no contract.</summary>
    public TimeSpan? NextContact { get; init; }

    /// <summary>Battery, null where not reported.</summary>
    public BatteryReading? Battery { get; init; }

    /// <summary>Steps of this foot since the epoch began.</summary>
    public long? StepsTotal { get; init; }

    /// <summary>What the wearer was doing.</summary>
    public ActivityCode? Activity { get; init; }

    /// <summary>Reports waiting on the device and the oldest one's age.</summary>
    public (int Reports, TimeSpan OldestAge)? Backlog { get; init; }

    /// <summary>Fixes in the order of their times.</summary>
    public ImmutableArray<ReportFix> Fixes
    {
        get => _fixes;
        init => _fixes = value;
    }

    /// <summary>Events in the order of their times.</summary>
    public ImmutableArray<ReportEvent> Events { get; init; } = [];

    /// <summary>What it says of the device itself; null where it says nothing.</summary>
    public DeviceNews? News { get; init; }

    /// <summary>
    /// Event times are reckoned back from <see cref="ServerTime"/> by the device's uptime, because it did not know the time in all of
    /// that start, or not when the report first went out. A report that waited on the device makes them too late by that wait, never too early.
    /// </summary>
    public bool EventTimesAreDerived => UptimeS is not null;

    /// <summary>The same report in its place.</summary>
    internal AcceptedReport At(long position)
    {
        var copy = (AcceptedReport)MemberwiseClone();
        copy._position = position;
        return copy;
    }

    /// <summary>The same report with some of its fixes.</summary>
    internal AcceptedReport With(ImmutableArray<ReportFix> fixes)
    {
        var copy = (AcceptedReport)MemberwiseClone();
        copy._fixes = fixes;
        return copy;
    }

    /// <summary>Decodes a stored report; null where this program cannot, which a check of the store will tell.</summary>
    public static AcceptedReport? From(StoredReport stored) => AcceptedReportReader.Read(stored);
}

/// <summary>One fix of a report.</summary>
/// <param name="FixTime">Satellite time.</param>
/// <param name="Latitude">Degrees, a multiple of 1e-5.</param>
/// <param name="Longitude">Degrees, a multiple of 1e-5.</param>
/// <param name="AccuracyM">Upper bound of the horizontal accuracy in metres; null where not reported.</param>
public readonly record struct ReportFix(DateTimeOffset FixTime, double Latitude, double Longitude, int? AccuracyM);

/// <summary>One event of a report.</summary>
/// <param name="Code">What.</param>
/// <param name="Time">When it began by the device's clock; null where the device did not know the time and it cannot be derived.</param>
/// <param name="Value">Its meaning stands at each <see cref="EventCode"/>.</param>
public readonly record struct ReportEvent(EventCode Code, DateTimeOffset? Time, int Value);

/// <summary>Battery as reported.</summary>
/// <param name="Millivolts">Voltage.</param>
/// <param name="Percent">State of charge.</param>
/// <param name="Charging">Whether the charger is connected.</param>
public readonly record struct BatteryReading(int Millivolts, int Percent, bool Charging);
