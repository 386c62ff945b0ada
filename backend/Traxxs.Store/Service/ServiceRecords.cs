namespace Traxxs.Store.Service;

/// <summary>One step, as the audit log keeps it for ever.</summary>
/// <param name="Id">Grows by one a step.</param>
/// <param name="Org">Organisation it concerns; null where it concerns the system.</param>
/// <param name="Time">When.</param>
/// <param name="Who">A user's or key's name, which no two of an organisation share, <c>rule:NAME</c>, <c>channel:NAME</c> or <c>system</c>.</param>
/// <param name="Action">What, such as <c>alert.acknowledged</c>.</param>
/// <param name="Subject">On what, such as <c>alert:ID</c>.</param>
/// <param name="Details">More, for people; holds no secret and no position.</param>
public sealed record AuditEntry(long Id, string? Org, DateTimeOffset Time, string Who, string Action, string Subject, string? Details);

/// <summary>Where a notification or command stands. The numbers are in the database.</summary>
public enum OutboxState
{
    /// <summary>To be delivered.</summary>
    Pending = 0,

    /// <summary>The channel took it.</summary>
    Sent = 1,

    /// <summary>Given up after the last attempt; kept for people to see and to try again.</summary>
    Dead = 2,

    /// <summary>Nothing to do, such as a live feed nobody watches.</summary>
    Skipped = 3,

    /// <summary>Held back by a rate limit; told in a summary when the limit lifts.</summary>
    Held = 4,
}

/// <summary>One thing to deliver over one channel, committed together with its cause.</summary>
public sealed record OutboxEntry
{
    /// <summary>Number in order of creation; also the number of a device command.</summary>
    public long Id { get; init; }

    /// <summary>Organisation; an entry with an alert or a device gets theirs, whatever is said here.</summary>
    public string? Org { get; init; }

    /// <summary>Says what is delivered where; the same is put in once.</summary>
    public required string Key { get; init; }

    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Whom on the channel: an address or <c>user:ID</c>; null for whoever the channel itself reaches.</summary>
    public string? Recipient { get; init; }

    /// <summary>
    /// What happened: <c>raised</c>, <c>escalated</c>, <c>assigned</c>, <c>acknowledged</c>, <c>resolved</c>, <c>summary</c>,
    /// <c>test</c>, or <c>command</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The alert spoken of; null for a command without one.</summary>
    public string? AlertId { get; init; }

    /// <summary>The device a command is for; null for a notification.</summary>
    public string? DeviceId { get; init; }

    /// <summary>What the channel needs beyond the alert: the command as text, the alerts of a summary as JSON; null otherwise.</summary>
    public string? Payload { get; init; }

    /// <summary>Where it stands.</summary>
    public OutboxState State { get; init; }

    /// <summary>Attempts made.</summary>
    public int Attempts { get; init; }

    /// <summary>Not before this time.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was put in.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the channel took it or it was given up.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }
}

/// <summary>A device that may connect.</summary>
/// <param name="Id">1..64 characters, see <see cref="DeviceId"/>.</param>
/// <param name="Org">Organisation it belongs to, for good: its reports are that organisation's.</param>
/// <param name="Name">For people; null where not given.</param>
/// <param name="Salt">Random salt of the hash.</param>
/// <param name="SecretHash">SHA-256 over salt and secret.</param>
/// <param name="CreatedAt">When it was first provisioned.</param>
/// <param name="RevokedAt">Since when it may not connect any more; null where it may.</param>
public sealed record DeviceIdentity(
    string Id, string Org, string? Name, byte[] Salt, byte[] SecretHash, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>An API token: who acts, and what they may do.</summary>
/// <param name="Id">Public part of the token.</param>
/// <param name="Org">Organisation it acts in.</param>
/// <param name="UserId">User it stands for, whose role bounds its own; null for a service key.</param>
/// <param name="Name">Name of the person or program; stands in the audit log.</param>
/// <param name="Role">Name of the role.</param>
/// <param name="Salt">Random salt of the hash.</param>
/// <param name="SecretHash">SHA-256 over salt and secret part.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Not valid from this time on; null for never.</param>
/// <param name="RevokedAt">Not valid since; null where valid.</param>
public sealed record AccessToken(
    string Id, string Org, string? UserId, string Name, string Role, byte[] Salt, byte[] SecretHash,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>A geofence as stored: its shape is text here, its meaning stands with the rules.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Org">Organisation whose devices it concerns.</param>
/// <param name="Version">Grows with each change: rule state of an older shape is void.</param>
/// <param name="Name">For people.</param>
/// <param name="Definition">The fence as JSON.</param>
public sealed record GeofenceRecord(string Id, string Org, int Version, string Name, string Definition);
