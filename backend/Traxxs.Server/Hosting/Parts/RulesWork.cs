using Traxxs.Server.Alerts;
using Traxxs.Server.Cluster;
using Traxxs.Server.Devices;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>What one process at a time does behind the report store: rules, devices' news, retention. Begun from what is stored.</summary>
internal sealed class RulesWork : IAsyncDisposable
{
    // Reports of a wearer whose data was erased may come this late; as long the rules look whether they remember a place of theirs.
    private static readonly TimeSpan ErasedLately = TimeSpan.FromDays(30);

    private readonly ServerCore _core;

    /// <summary>Begins.</summary>
    public RulesWork(ServerCore core, Func<string?> deaf)
    {
        _core = core;
        var journal = new AlertJournal(core.Database, core.Escalator);
        var rules = AlertRules.All(core.Rules, core.Fences, new StoredFixHistory(core.Store, AcceptedReport.From), core.Identity.Gate.Hides);
        Alerts = new AlertWorker(core.Store, AcceptedReport.From, journal, rules, core.Clock, core.Log, deaf);
        Alerts.Changed += alerts =>
        {
            foreach (var alert in alerts) core.Publish(ServiceTopic.Alert, alert);
        };
        Devices = new DeviceWorker(core.Archive, core.Database, core.Configurations, core.Commands, core.Updates, core.Identity.Directory, core.Clock, core.Log);
        Retention = new RetentionWorker(core.Database, core.Store, core.Identity.Eraser, core.Clock, core.Log);
        ForgetErased();
        Alerts.Start();
        Devices.Start();
        Retention.Start();
    }

    public AlertWorker Alerts { get; }

    public DeviceWorker Devices { get; }

    public RetentionWorker Retention { get; }

    /// <summary>
    /// Forgets places of erased wearers, whose erasure may have been told while nobody listened: those that lie in the time the
    /// device was theirs.
    /// </summary>
    public void ForgetErased()
    {
        var since = _core.Clock.GetUtcNow() - ErasedLately;
        foreach (var assignment in _core.Database.Read(session => session.Erasures.WearersSince(since).SelectMany(session.Assignments.OfWearer).ToList()))
        {
            if (Alerts.PlaceOf(assignment.DeviceId) is { } place && assignment.Covers(place.FixTime)) Alerts.ForgetPlaces(assignment.DeviceId);
        }
    }

    /// <summary>Ends after the group under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await Alerts.DisposeAsync();
        await Devices.DisposeAsync();
        await Retention.DisposeAsync();
    }
}
