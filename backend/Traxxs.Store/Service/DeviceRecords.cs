namespace Traxxs.Store.Service;

/// <summary>Settings somebody chose for a device, or for all of an organisation.</summary>
/// <param name="Org">Organisation.</param>
/// <param name="DeviceId">The device; null for the organisation's default.</param>
/// <param name="Settings">As JSON: name and value.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="ChangedBy">Who.</param>
public sealed record ChosenSettings(string Org, string? DeviceId, string Settings, DateTimeOffset ChangedAt, string ChangedBy);

/// <summary>What a device is to be configured with, all in all.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Version">1..2^32-1; grows with each change.</param>
/// <param name="Settings">As JSON: name and value; what is not named is built in.</param>
/// <param name="ChangedAt">When it became so.</param>
/// <param name="PublishedAt">When the broker took it; null where it has not yet.</param>
public sealed record DesiredConfiguration(string DeviceId, long Version, string Settings, DateTimeOffset ChangedAt, DateTimeOffset? PublishedAt);

/// <summary>A command somebody gave a device.</summary>
/// <param name="Number">Number of the command and of its outbox entry.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Code">Its code on the wire.</param>
/// <param name="AskedAt">When it was given.</param>
/// <param name="AskedBy">By whom.</param>
/// <param name="ExpiresAt">From when on it is void.</param>
/// <param name="SentAt">When it went to the device's connection; null where it has not.</param>
/// <param name="EndedAt">When its end was seen; null where it is still open.</param>
/// <param name="Outcome">How it ended: <c>done</c>, <c>sent</c> where nothing more can be seen of it, or <c>expired</c>.</param>
public sealed record DeviceCommand(
    long Number, string DeviceId, int Code, DateTimeOffset AskedAt, string AskedBy, DateTimeOffset ExpiresAt,
    DateTimeOffset? SentAt, DateTimeOffset? EndedAt, string? Outcome);
