namespace Traxxs.Store.Service;

/// <summary>An organisation's escalation policy as stored: its steps are text here, their meaning stands with the alerts.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Org">Organisation.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Name">For people.</param>
/// <param name="Definition">The policy as JSON.</param>
/// <param name="IsDefault">Whether it holds where a wearer has none of their own; one of an organisation at most.</param>
/// <param name="ChangedAt">When it was last changed.</param>
public sealed record PolicyRecord(string Id, string Org, int Version, string Name, string Definition, bool IsDefault, DateTimeOffset ChangedAt);

/// <summary>A way to reach people as stored: what it needs is text here, its meaning stands with the notifications.</summary>
public sealed record ChannelRecord
{
    /// <summary>Identity; its name in the outbox.</summary>
    public required string Id { get; init; }

    /// <summary>Organisation.</summary>
    public required string Org { get; init; }

    /// <summary>Grows with each change.</summary>
    public required int Version { get; init; }

    /// <summary>What it is, such as <c>smtp</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>What it needs, as JSON without the secret.</summary>
    public required string Settings { get; init; }

    /// <summary>Password, token or key: never shown, never logged. Null where it has none.</summary>
    public string? Secret { get; init; }

    /// <summary>Most notifications to one recipient within <see cref="LimitSpan"/>; null for as many as there are.</summary>
    public int? LimitCount { get; init; }

    /// <summary>The span of the limit.</summary>
    public TimeSpan LimitSpan { get; init; }

    /// <summary>Whether it is off.</summary>
    public bool Disabled { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What an organisation set of its rules.</summary>
/// <param name="Org">Organisation.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Definition">The settings as JSON.</param>
/// <param name="ChangedAt">When they were last changed.</param>
public sealed record RuleSettingsRecord(string Org, int Version, string Definition, DateTimeOffset ChangedAt);

/// <summary>What belongs to an alert beside itself.</summary>
/// <param name="WearerName">Name of the wearer; null where there is none, empty where it was erased.</param>
/// <param name="AssigneeName">Name of the user it is assigned to; null where it is nobody's.</param>
/// <param name="Comments">Comments people wrote.</param>
/// <param name="Deliveries">Notifications by state; commands to the device are none.</param>
/// <param name="ToldReceived">Whether the device was told that the alarm arrived.</param>
/// <param name="ToldAcknowledged">Whether the device was told that a person has it.</param>
public sealed record AlertDetails(
    string? WearerName, string? AssigneeName, int Comments, IReadOnlyDictionary<OutboxState, int> Deliveries, bool ToldReceived, bool ToldAcknowledged);
