namespace Traxxs.Simulation.Scenarios;

/// <summary>A person at the server who deals with alerts, as reliably as the scenario says.</summary>
public sealed record Supervisor
{
    /// <summary>Name, as the audit log has it.</summary>
    public required string Name { get; init; }

    /// <summary>Rule whose alerts they deal with; null for any.</summary>
    public string? Rule { get; init; }

    /// <summary>Device they look after; null for any.</summary>
    public string? DeviceId { get; init; }

    /// <summary>How long after it was raised they acknowledge an alert; null for never.</summary>
    public TimeSpan? AcknowledgesAfter { get; init; }

    /// <summary>How long after it was raised they end it; null for never.</summary>
    public TimeSpan? ResolvesAfter { get; init; }

    /// <summary>Whether an alert is theirs.</summary>
    public bool Minds(string deviceId, string rule) => (Rule is null || Rule == rule) && (DeviceId is null || DeviceId == deviceId);
}
