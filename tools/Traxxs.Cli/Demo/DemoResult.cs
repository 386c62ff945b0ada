namespace Traxxs.Cli.Demo;

/// <summary>An alert as the server's API tells it.</summary>
internal sealed record DemoAlert
{
    public required string Device { get; init; }

    public required string Rule { get; init; }

    public required DateTimeOffset? EventTime { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public required double? AgeSeconds { get; init; }

    public required bool Notified { get; init; }

    /// <summary>Whether the script expects it, with this event time and age.</summary>
    public bool Expected { get; set; }

    public required string Summary { get; init; }
}

/// <summary>What the demo came to, as <c>--json</c> prints it.</summary>
internal sealed record DemoResult
{
    public required int ExpectedAlerts { get; init; }

    public int RaisedAlerts => Alerts.Count;

    public required int AcceptedReports { get; init; }

    public required int StoredReports { get; init; }

    /// <summary>Reports stored more than once, or with other bytes than the device sent.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Reports accepted by a device and not stored.</summary>
    public required int Lost { get; init; }

    public bool Ok => Problems.Count == 0;

    public required IReadOnlyList<DemoAlert> Alerts { get; init; }

    /// <summary>What did not hold, a sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required double WallSeconds { get; init; }

    public required double SimulatedSeconds { get; init; }
}
