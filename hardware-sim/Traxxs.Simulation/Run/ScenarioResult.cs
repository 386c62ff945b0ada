using Traxxs.Store.Service;

namespace Traxxs.Simulation.Run;

/// <summary>An alert as a server raised it.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="Rule">Name of the rule.</param>
/// <param name="EventTime">When it really happened; null where nobody knows.</param>
/// <param name="RaisedAt">When the server raised it.</param>
/// <param name="Summary">One sentence.</param>
public sealed record RaisedAlert(string DeviceId, string Rule, DateTimeOffset? EventTime, DateTimeOffset RaisedAt, string Summary)
{
    /// <summary>When a person acknowledged it; null where nobody did.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>When it ended; null where it stands open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who ended it: a person, or <c>rule:NAME</c>; null where it stands open.</summary>
    public string? EndedBy { get; init; }

    /// <summary>How old the news was; null where <see cref="EventTime"/> is not known.</summary>
    public TimeSpan? Age => EventTime is { } time ? RaisedAt - time : null;

    /// <summary>An alert of the server's, as it stands.</summary>
    public static RaisedAlert From(Alert alert) => new(alert.DeviceId, alert.Rule, alert.EventTime, alert.RaisedAt, alert.Summary)
    {
        AcknowledgedAt = alert.AcknowledgedAt,
        EndedAt = alert.ResolvedAt,
        EndedBy = alert.ResolvedBy,
    };
}

/// <summary>What became of one expectation.</summary>
/// <param name="Text">The expectation in words.</param>
/// <param name="Passed">Whether it holds; null where it could not be checked.</param>
/// <param name="Detail">What was found.</param>
public sealed record ExpectationResult(string Text, bool? Passed, string Detail)
{
    /// <summary>The expectation as a sentence for people; <see cref="Text"/> is how the scenario writes it.</summary>
    public string Meaning { get; init; } = Text;

    /// <summary>The insole it failed at; null where it holds, or no one insole is to blame.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The moment to look at where it failed, ms of the run; null where it holds, or no moment is to blame.</summary>
    public long? AtMs { get; init; }
}

/// <summary>The account of one device.</summary>
public sealed record DeviceResult
{
    /// <summary>Device identity.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Reports the device accepted.</summary>
    public required int Accepted { get; init; }

    /// <summary>Of those, stored.</summary>
    public required int Stored { get; init; }

    /// <summary>Reports the device dropped because its flash was full.</summary>
    public required int Dropped { get; init; }

    /// <summary>Fixes stored.</summary>
    public required int Fixes { get; init; }

    /// <summary>Starts of the firmware.</summary>
    public required int Starts { get; init; }

    /// <summary>Searches of the receiver.</summary>
    public required int Searches { get; init; }

    /// <summary>Share of the way gone that lies within 25 m of the stored track, %; null where there was none or the server is not in sight.</summary>
    public double? PathCoveredPercent { get; init; }

    /// <summary>Horizontal error below which 95 % of the stored fixes lie, m.</summary>
    public double? PositionErrorP95M { get; init; }

    /// <summary>Time from acceptance to storage within which 95 % of the reports lie, s.</summary>
    public double? LatencyP95S { get; init; }

    /// <summary>Difference of the counted steps from the true ones, %; null where the wearer took none.</summary>
    public double? StepErrorPercent { get; init; }

    /// <summary>Charge used, mAh a day, self-discharge too.</summary>
    public required double MAhPerDay { get; init; }

    /// <summary>Days the cell lasts at that, using 90 % of it.</summary>
    public required double ProjectedDays { get; init; }

    /// <summary>Bytes sent and received, a day.</summary>
    public required double BytesOnAirPerDay { get; init; }

    /// <summary>Charge by consumer over the run, mAh.</summary>
    public required IReadOnlyDictionary<string, double> EnergyMAh { get; init; }
}

/// <summary>What a scenario came to. The first properties are what <c>sim run --json</c> prints.</summary>
public sealed record ScenarioResult
{
    /// <summary>Name of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Simulated time, the delivery of what was left included.</summary>
    public required double VirtualSeconds { get; init; }

    /// <summary>Real time, where the caller took it; 0 otherwise.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Simulated over real time.</summary>
    public double Speedup => WallSeconds > 0 ? Math.Round(VirtualSeconds / WallSeconds) : 0;

    /// <summary>Expectations that hold.</summary>
    public int ExpectationsPassed => Expectations.Count(e => e.Passed == true);

    /// <summary>Expectations that do not.</summary>
    public int ExpectationsFailed => Expectations.Count(e => e.Passed == false);

    /// <summary>Expectations that could not be checked.</summary>
    public int ExpectationsSkipped => Expectations.Count(e => e.Passed is null);

    /// <summary>Reports the devices accepted.</summary>
    public int AcceptedReports => Devices.Sum(d => d.Accepted);

    /// <summary>Of those, stored.</summary>
    public int StoredReports => Devices.Sum(d => d.Stored);

    /// <summary>Reports stored more than once, or under a number that was taken.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Reports accepted and not stored.</summary>
    public int Lost => AcceptedReports - StoredReports;

    /// <summary>Charge used, mean over the devices.</summary>
    public double MAhPerDay => Math.Round(Devices.Average(d => d.MAhPerDay), 3);

    /// <summary>Days on the cell, worst device.</summary>
    public double ProjectedDays => Math.Round(Devices.Min(d => d.ProjectedDays), 1);

    /// <summary>Bytes sent and received a day, mean over the devices.</summary>
    public double BytesOnAirPerDay => Math.Round(Devices.Average(d => d.BytesOnAirPerDay));

    /// <summary>SHA-256 over every accepted report's device, time, number and bytes: the same seed gives the same hash.</summary>
    public required string Hash { get; init; }

    /// <summary>Each expectation.</summary>
    public required IReadOnlyList<ExpectationResult> Expectations { get; init; }

    /// <summary>Each device.</summary>
    public required IReadOnlyList<DeviceResult> Devices { get; init; }

    /// <summary>Alerts in the order raised.</summary>
    public required IReadOnlyList<RaisedAlert> Alerts { get; init; }
}
