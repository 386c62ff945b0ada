using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Hosting.Parts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting;

/// <summary>How the server as a whole stands, as far as this process knows: what pages must say, and what health tells.</summary>
internal sealed class ServiceStanding(ServerCore core, IReadOnlyList<IServerPart> parts, IRuleStanding rules, Heartbeats heart)
{
    /// <summary>What a page must say: whoever watches must know that silence means nothing when reports are not stored or alerts wait.</summary>
    public ServiceNote Note()
    {
        var health = core.Store.Health;
        // What runs here is asked here, so that a fault shows at once; what runs elsewhere says so every two seconds.
        var storing = health.Available && (IsAlone || core.Roster.WhyNone(PartName.Storing) is null);
        var alerting = rules.Trouble is null && core.Database.LastError is null && (IsAlone || core.Roster.WhyNone(PartName.Notifications) is null);
        return new ServiceNote(storing, alerting, storing && alerting ? null : "storage: the server's log and /health/ready say what is wrong");
    }

    /// <summary>Each thing that may not work, of this process.</summary>
    public List<HealthCheck> Checks()
    {
        var store = core.Store.Health;
        var checks = new List<HealthCheck>
        {
            new("reports", store.Available, store.Reason, new Dictionary<string, long> { ["queued"] = store.Queued, ["stored"] = Stored() }),
            Service(),
        };
        checks.AddRange(parts.SelectMany(part => part.Checks()));
        if (heart.Trouble is { } failing) checks.Add(new HealthCheck("heartbeat", false, failing, []));
        checks.Add(new HealthCheck("timeZones", true, TimeZones.Trouble, [])); // told; everything else goes on without them
        if (!IsAlone) checks.Add(new HealthCheck("channel", core.Channel.Trouble is null, core.Channel.Trouble, []));
        return checks;
    }

    /// <summary>The processes there are and how each stands.</summary>
    public IEnumerable<ProcessStanding> Processes() => core.Roster.Present();

    private bool IsAlone => core.Channel is LocalChannel;

    private long Stored()
    {
        try
        {
            return core.Store.Count();
        }
        catch (Traxxs.Store.StoreUnavailableException)
        {
            return 0; // whether it is there is said beside
        }
    }

    private HealthCheck Service()
    {
        try
        {
            var outbox = core.Database.Read(session => session.Outbox.CountByState(null));
            return new HealthCheck("service", core.Database.LastError is null, core.Database.LastError, new Dictionary<string, long>
            {
                ["deliveriesPending"] = outbox.GetValueOrDefault(OutboxState.Pending),
                ["deliveriesDead"] = outbox.GetValueOrDefault(OutboxState.Dead),
            });
        }
        catch (Traxxs.Store.StoreUnavailableException e)
        {
            return new HealthCheck("service", false, e.Message, []);
        }
    }
}
