namespace Traxxs.Store.Service;

/// <summary>
/// The record of something a person must deal with. Its life: raised, notified, acknowledged, resolved; a step may be
/// skipped, none is ever taken back.
/// </summary>
public sealed record Alert
{
    /// <summary>Identity, derived from <see cref="Key"/>: the same cause has the same identity on every run.</summary>
    public required string Id { get; init; }

    /// <summary>What caused it, written so that the same cause gives the same key and is raised once.</summary>
    public required string Key { get; init; }

    /// <summary>Organisation of the device. Set with the commit, not by the rule.</summary>
    public string Org { get; init; } = OrganisationId.First;

    /// <summary>Device it speaks of.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Who wore the device at the time of the event, as far as assigned. Set with the commit, not by the rule.</summary>
    public string? WearerId { get; init; }

    /// <summary>Name of the rule that raised it, such as <c>sos</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>How urgent.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>How far it has come.</summary>
    public AlertState State { get; init; } = AlertState.Raised;

    /// <summary>When the server raised it.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it really happened, by the device's clock; null where nobody knows.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>How old the news was when it was raised; null where <see cref="EventTime"/> is not known. Never negative.</summary>
    public TimeSpan? Age => EventTime is { } time ? TimeSpan.FromTicks(Math.Max(0, (RaisedAt - time).Ticks)) : null;

    /// <summary>Where, as far as known when it was raised.</summary>
    public AlertPosition? Position { get; init; }

    /// <summary>Epoch of the report that caused it; null where silence did.</summary>
    public int? Epoch { get; init; }

    /// <summary>Sequence of the report that caused it; null where silence did.</summary>
    public long? Sequence { get; init; }

    /// <summary>What else it speaks of: the id of the geofence; null otherwise.</summary>
    public string? Subject { get; init; }

    /// <summary>One sentence for people. Holds no position.</summary>
    public required string Summary { get; init; }

    /// <summary>When the first channel took a notification of it.</summary>
    public DateTimeOffset? NotifiedAt { get; init; }

    /// <summary>When a person acknowledged it.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who acknowledged it. The first one wins.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The person who ended it, or <c>rule:NAME</c>.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>Why it ended: a person's words or the name of the written rule.</summary>
    public string? Resolution { get; init; }

    /// <summary>The user who deals with it, by id; null for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>The escalation policy it follows; null for the organisation's.</summary>
    public string? PolicyId { get; init; }

    /// <summary>Escalation tier reached, 0 = the first.</summary>
    public int Tier { get; init; }

    /// <summary>How often that tier was told, 1 = once.</summary>
    public int Told { get; init; } = 1;

    /// <summary>How often anybody was told beyond the first time: tells one telling from the next.</summary>
    public int Step { get; init; }

    /// <summary>When a tier was last told.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>When the next tier is told if nobody has acknowledged by then; null for never.</summary>
    public DateTimeOffset? EscalateAt { get; init; }
}

/// <summary>How far an alert has come. The numbers are in the database.</summary>
public enum AlertState
{
    /// <summary>Committed; nobody told yet.</summary>
    Raised = 0,

    /// <summary>At least one channel took a notification of it.</summary>
    Notified = 1,

    /// <summary>A person has it.</summary>
    Acknowledged = 2,

    /// <summary>Ended by a person or by a written rule.</summary>
    Resolved = 3,
}

/// <summary>How urgent an alert is. The numbers are in the database.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info = 0,

    /// <summary>To be looked at within the shift.</summary>
    Warning = 1,

    /// <summary>Somebody may be in danger.</summary>
    High = 2,

    /// <summary>Somebody is in danger.</summary>
    Critical = 3,
}

/// <summary>A position with its own time: it may be older than the event.</summary>
/// <param name="FixTime">Satellite time.</param>
/// <param name="LatitudeE5">1e-5 degrees.</param>
/// <param name="LongitudeE5">1e-5 degrees.</param>
/// <param name="AccuracyM">Upper bound of the horizontal accuracy in metres; null where not reported.</param>
public sealed record AlertPosition(DateTimeOffset FixTime, int LatitudeE5, int LongitudeE5, int? AccuracyM);

/// <summary>What a person wrote about an alert.</summary>
/// <param name="Time">When.</param>
/// <param name="Who">Who.</param>
/// <param name="Text">Plain text, 1..2000 characters.</param>
public sealed record AlertComment(DateTimeOffset Time, string Who, string Text);

/// <summary>Which alerts to list; null means any.</summary>
public sealed record AlertFilter
{
    /// <summary>Only those not resolved (true) or resolved (false).</summary>
    public bool? Open { get; init; }

    /// <summary>Only those in this state.</summary>
    public AlertState? State { get; init; }

    /// <summary>Only those of this device.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Of this wearer.</summary>
    public string? WearerId { get; init; }

    /// <summary>Only those of this rule.</summary>
    public string? Rule { get; init; }

    /// <summary>Only those at least this urgent.</summary>
    public AlertSeverity? AtLeast { get; init; }

    /// <summary>Only those raised at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those raised before this time.</summary>
    public DateTimeOffset? To { get; init; }
}
