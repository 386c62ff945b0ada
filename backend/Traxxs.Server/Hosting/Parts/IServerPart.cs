using Traxxs.Server.Api;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>What one role does in a process.</summary>
internal interface IServerPart
{
    /// <summary>Begins; everything it needs stands.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Time has passed. One thread, four times a second.</summary>
    void Tick(DateTimeOffset now);

    /// <summary>Whether it works, for health: one line for each thing that may not.</summary>
    IEnumerable<HealthCheck> Checks();

    /// <summary>How it stands, for the other processes: part and reason, null where it works.</summary>
    IEnumerable<KeyValuePair<string, string?>> Standing();
}

/// <summary>Names of parts as processes tell them to each other.</summary>
internal static class PartName
{
    /// <summary>Reports are taken into the store.</summary>
    public const string Storing = "storing";

    /// <summary>All that devices said is in the store, as far as anybody knows.</summary>
    public const string Hearing = "hearing";

    /// <summary>Rules are evaluated.</summary>
    public const string Rules = "rules";

    /// <summary>Notifications are delivered.</summary>
    public const string Notifications = "notifications";

    /// <summary>Watchers are told.</summary>
    public const string Live = "live";

    /// <summary>The API answers.</summary>
    public const string Api = "api";
}
