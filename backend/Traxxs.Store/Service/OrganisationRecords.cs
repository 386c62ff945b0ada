using System.Text.Json;
using System.Text.Json.Serialization;

namespace Traxxs.Store.Service;

/// <summary>A company, or a part of one, that sees nothing of the others.</summary>
/// <param name="Id">See <see cref="OrganisationId"/>.</param>
/// <param name="Name">For people.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ClosedAt">Since when nobody of it may sign in; null where it is open.</param>
/// <param name="Settings">What it chose.</param>
public sealed record Organisation(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, OrganisationSettings Settings);

/// <summary>What an organisation chose, kept as one JSON text. Members this program does not know are kept.</summary>
public sealed record OrganisationSettings
{
    /// <summary>Days a report is kept after it came; null for as long as there is room.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Days an alert is kept with name and place after it was resolved; null for always.</summary>
    public int? AlertRetentionDays { get; init; }

    /// <summary>Time zone (IANA) of days and hours where nothing nearer says another.</summary>
    public string TimeZone { get; init; } = "Europe/Berlin";

    /// <summary>What other parts or newer versions keep here.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>Somebody who signs in.</summary>
public sealed record User
{
    /// <summary>Identity.</summary>
    public required string Id { get; init; }

    /// <summary>Organisation.</summary>
    public required string Org { get; init; }

    /// <summary>E-mail address, the name to sign in with; no two users share one, whatever the case of its letters.</summary>
    public required string Email { get; init; }

    /// <summary>Name for people and for the audit log; no two users of an organisation share one.</summary>
    public required string Name { get; init; }

    /// <summary>Word of the role.</summary>
    public required string Role { get; init; }

    /// <summary>Hash of the password as the hasher wrote it; null until one was chosen.</summary>
    public string? Password { get; init; }

    /// <summary>Number for text messages, null where not given.</summary>
    public string? Phone { get; init; }

    /// <summary>When the account was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is shut; null where it is not.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Failed sign-ins since the last that worked.</summary>
    public int Failed { get; init; }

    /// <summary>No sign-in is tried before this time.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>The wearer this user is, where the user wears a device too.</summary>
    public string? WearerId { get; init; }
}

/// <summary>One place a user is signed in, such as a browser.</summary>
/// <param name="Id">Public part of the cookie.</param>
/// <param name="UserId">Who.</param>
/// <param name="Salt">Random salt of the hash.</param>
/// <param name="SecretHash">SHA-256 over salt and secret part.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="SeenAt">When it was last used, to within some minutes.</param>
/// <param name="ExpiresAt">When it ends even if used.</param>
/// <param name="RevokedAt">When it was ended; null where it was not.</param>
/// <param name="Client">What the browser called itself, so that its owner knows it again.</param>
public sealed record SignIn(
    string Id, string UserId, byte[] Salt, byte[] SecretHash, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt, string? Client);

/// <summary>A link that lets a user choose a password, once.</summary>
/// <param name="Id">Public part of the link.</param>
/// <param name="UserId">Whose password.</param>
/// <param name="Salt">Random salt of the hash.</param>
/// <param name="SecretHash">SHA-256 over salt and secret part.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Void from this time on.</param>
/// <param name="UsedAt">When it was used or replaced; null where it still works.</param>
public sealed record PasswordLink(
    string Id, string UserId, byte[] Salt, byte[] SecretHash, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);

/// <summary>Somebody who wears a device.</summary>
public sealed record Wearer
{
    /// <summary>Identity.</summary>
    public required string Id { get; init; }

    /// <summary>Organisation.</summary>
    public required string Org { get; init; }

    /// <summary>Name for people; empty once erased.</summary>
    public required string Name { get; init; }

    /// <summary>Number to call; null where not given.</summary>
    public string? Phone { get; init; }

    /// <summary>When the record was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When consent to being located was given last.</summary>
    public DateTimeOffset? ConsentAt { get; init; }

    /// <summary>When it was withdrawn last.</summary>
    public DateTimeOffset? ConsentWithdrawnAt { get; init; }

    /// <summary>Working hours as JSON; null for always.</summary>
    public string? WorkingHours { get; init; }

    /// <summary>Time zone (IANA) of the wearer's days; null for the organisation's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Escalation policy of this wearer's alerts; null for the organisation's.</summary>
    public string? Policy { get; init; }

    /// <summary>When everything personal was erased; null where it was not.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Whether consent stands.</summary>
    public bool Consents => ConsentAt is { } given && (ConsentWithdrawnAt is not { } withdrawn || withdrawn < given);
}

/// <summary>A device was a wearer's for a time.</summary>
/// <param name="Number">Grows by one each.</param>
/// <param name="DeviceId">Which device.</param>
/// <param name="WearerId">Whose.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null where it still is.</param>
public sealed record Assignment(long Number, string DeviceId, string WearerId, DateTimeOffset From, DateTimeOffset? To)
{
    /// <summary>Whether it holds at a time.</summary>
    public bool Covers(DateTimeOffset time) => time >= From && (To is not { } end || time < end);
}
