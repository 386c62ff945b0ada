namespace Traxxs.Server.Cluster;

/// <summary>
/// What one part of the server tells the others: that something changed, and of what. It carries the key and not the thing;
/// who hears it reads the thing anew, so hearing it twice, late, or after the next one does no harm.
/// </summary>
/// <param name="Topic">One of <see cref="ServiceTopic"/>.</param>
/// <param name="Key">Identity of what changed; may be empty where the topic says it all.</param>
/// <param name="Detail">What the topic wants beside the key; null where it wants nothing.</param>
public readonly record struct ServiceMessage(string Topic, string Key = "", string? Detail = null)
{
    /// <summary>What tells this message from every other, the same at all who hear it; null where nobody else hears it. The channel's to give.</summary>
    public string? Id { get; init; }
}

/// <summary>The topics, with what stands in key and detail.</summary>
public static class ServiceTopic
{
    /// <summary>Reports were stored. Key: a position up to which there is something to read, for the log only.</summary>
    public const string Reports = "reports";

    /// <summary>An alert was raised or changed. Key: its id. Detail: its device.</summary>
    public const string Alert = "alert";

    /// <summary>A channel took a notification of an alert. Key: its id. Detail: its device.</summary>
    public const string AlertTold = "alert-told";

    /// <summary>Something stands in the outbox, or may be tried again at once.</summary>
    public const string Outbox = "outbox";

    /// <summary>A device's connection came or went. Key: device. Detail: "+" or "-", then the time in ms since 1970 UTC.</summary>
    public const string Contact = "contact";

    /// <summary>A device's secret changed or it was shut out. Key: device.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>A desired configuration is to be published.</summary>
    public const string Configuration = "configuration";

    /// <summary>A command was given or ended. Key: its number.</summary>
    public const string Command = "command";

    /// <summary>A device's firmware update changed. Key: device.</summary>
    public const string Update = "update";

    /// <summary>Geofences changed. Key: organisation.</summary>
    public const string Geofences = "geofences";

    /// <summary>Rules changed. Key: organisation.</summary>
    public const string Rules = "rules";

    /// <summary>A notification channel was added, changed or removed. Key: its id.</summary>
    public const string Channel = "channel";

    /// <summary>A wearer's consent, hours or device changed. Key: organisation. Detail: wearer.</summary>
    public const string Wearer = "wearer";

    /// <summary>Places of a device were erased. Key: organisation. Detail: device.</summary>
    public const string Forgotten = "forgotten";

    /// <summary>An erasure was asked for or retention changed: look.</summary>
    public const string Retention = "retention";

    /// <summary>A sign-in or token ended. Key: the credential, without its secret.</summary>
    public const string Revoked = "revoked";

    /// <summary>What an account may do changed. Key: user.</summary>
    public const string Account = "account";

    /// <summary>An organisation was closed. Key: organisation.</summary>
    public const string Closed = "closed";

    /// <summary>A notification for whoever has the page open. Key: number of the delivery. Detail: the kind, a space, the alert.</summary>
    public const string Notify = "notify";

    /// <summary>An answer to <see cref="Notify"/>. Key: number of the delivery. Detail: the process, a space, how many were told.</summary>
    public const string Notified = "notified";

    /// <summary>Who missed nothing of what watchers are told? Key: the asking process, a space, a number.</summary>
    public const string LiveAsk = "live-ask";

    /// <summary>An answer to <see cref="LiveAsk"/>: all of it is in the shared log. Key: as asked.</summary>
    public const string LiveWhole = "live-whole";

    /// <summary>A process is there. Key: the process. Detail: how it stands, as JSON.</summary>
    public const string Here = "here";
}
