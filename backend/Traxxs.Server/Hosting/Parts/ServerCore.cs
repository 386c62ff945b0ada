using Microsoft.Extensions.Logging;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Devices;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>
/// What every process has, whatever its roles: the stores, what people set, and the channel to the others. Nothing in it
/// runs by itself. What changes here is announced to all; what changed elsewhere is read anew.
/// </summary>
internal sealed class ServerCore
{
    /// <summary>A core over opened stores. <paramref name="owner"/> disposes what it makes.</summary>
    public ServerCore(ServerOptions options, CoreStores stores, CoreLinks links, ILogger log, Ownership owner)
    {
        (Options, Clock, Log, Store, Database) = (options, options.Clock, log, stores.Reports, stores.Service);
        (Channel, Leases, Machine, LiveLog) = (links.Channel, links.Leases, links.Machine, links.LiveLog);
        Archive = new ReportArchive(Store, AcceptedReport.From);
        Roster = new Roster(Channel, Machine);
        Outbox = new OutboxBell(Channel);

        // Who is who.
        Devices = new DeviceRegistry(Database, Clock);
        Identity = owner.Own(new IdentityServices(Database, Store, Clock, log, options.DataFolder, links.Throttle, links.SignIns));

        // What people set.
        Fences = new GeofenceCatalog(Identity.Directory.OrgOf);
        Geofences = new GeofenceBook(Database, Fences, Clock);
        foreach (var fence in options.Geofences) Geofences.Seed(fence.Id, fence.Feature);
        Rules = new RuleBook(Database, Identity.Directory, RuleSet.From(options.Rules), Clock);
        Recipients = new Recipients([.. options.Webhooks.Select(hook => hook.Name)]);
        Escalator = new Escalator(PolicyOf(options), Recipients);
        Policies = new PolicyBook(Database, Escalator, Recipients, Clock);
        Desk = new AlertDesk(Database, Escalator, Clock);
        Configurations = new ConfigurationDesk(Database, Clock);
        Commands = new CommandDesk(Database, Clock);
        Firmware = new FirmwareBook(Database, options.UpdateKey is { } key ? UpdateKey.Read(File.ReadAllText(key)) : null, Clock);
        Updates = new UpdateDesk(Database, Clock);
        Views = new AlertViews(Database);

        // The configuration's webhooks are the operator's word; what organisations type in goes by the guard.
        Web = owner.Own(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        var guard = new OutboundGuard(options.AllowedNetworks);
        var factory = new ChannelFactory(guard, owner.Own(guard.CreateClient()), new NotificationWriter(Database, Clock), Views, (topic, payload, token) => Side!.PublishAsync(topic, payload, token), Clock);
        Channels = new ChannelBook(Database, factory, Clock);
        Announce();
        Hear();
    }

    public ServerOptions Options { get; }

    public TimeProvider Clock { get; }

    /// <summary>The machine's time, for waits on networks.</summary>
    public TimeProvider Machine { get; }

    public ILogger Log { get; }

    public IReportStore Store { get; }

    public ServiceDatabase Database { get; }

    public ReportArchive Archive { get; }

    public IServiceChannel Channel { get; }

    public IRoleLeases Leases { get; }

    /// <summary>Live events told together; null where each process tells its own.</summary>
    public ILiveLog? LiveLog { get; }

    public Roster Roster { get; }

    public OutboxBell Outbox { get; }

    public DeviceRegistry Devices { get; }

    public IdentityServices Identity { get; }

    public GeofenceCatalog Fences { get; }

    public GeofenceBook Geofences { get; }

    public RuleBook Rules { get; }

    public Recipients Recipients { get; }

    public Escalator Escalator { get; }

    public PolicyBook Policies { get; }

    public AlertDesk Desk { get; }

    public ConfigurationDesk Configurations { get; }

    public CommandDesk Commands { get; }

    public FirmwareBook Firmware { get; }

    public UpdateDesk Updates { get; }

    public AlertViews Views { get; }

    public HttpClient Web { get; }

    public ChannelBook Channels { get; }

    public IngestCounters Counters { get; } = new();

    /// <summary>The way to devices. Set once, before anything runs.</summary>
    public IDeviceSide? Side { get; set; }

    /// <summary>Word of an alert that changed.</summary>
    public void Publish(string topic, Alert alert) => Channel.Publish(new ServiceMessage(topic, alert.Id, alert.DeviceId));

    /// <summary>What tells people of frames nobody can read.</summary>
    public UnreadReports UnreadReports() => new(new AlertJournal(Database, Escalator), Clock, alert => Publish(ServiceTopic.Alert, alert));

    /// <summary>
    /// What closes the connections of devices that were shut out, for a process that has connections: at once where a word comes, and
    /// for what was done without one.
    /// </summary>
    public Withdrawals Withdrawals(Action<string> disconnect)
    {
        var withdrawals = new Withdrawals(Database, Devices);
        Channel.Subscribe(ServiceTopic.Withdrawn, message =>
        {
            Devices.Forget(message.Key);
            disconnect(message.Key);
            withdrawals.Want();
        });
        Channel.Subscribe(ServiceTopic.Closed, _ => withdrawals.Want()); // with its devices, of which there may be many: not on who closes it
        Channel.Missed += withdrawals.Want;
        Identity.Watch.Changed += withdrawals.Want;
        return withdrawals;
    }

    private void Announce()
    {
        Identity.Announce(Channel);
        Desk.Changed += alert => Publish(ServiceTopic.Alert, alert);
        Configurations.Changed += () => Channel.Publish(new ServiceMessage(ServiceTopic.Configuration));
        Commands.Changed += command => Channel.Publish(new ServiceMessage(ServiceTopic.Command, command.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Updates.Changed += device => Channel.Publish(new ServiceMessage(ServiceTopic.Update, device));
        Updates.Queued += Outbox.Ring;
        Devices.Withdrawn += device => Channel.Publish(new ServiceMessage(ServiceTopic.Withdrawn, device));
        Geofences.Changed += org => Channel.Publish(new ServiceMessage(ServiceTopic.Geofences, org));
        Rules.Changed += org => Channel.Publish(new ServiceMessage(ServiceTopic.Rules, org));
        Channels.ChannelChanged += id => Channel.Publish(new ServiceMessage(ServiceTopic.Channel, id));
    }

    private void Hear()
    {
        Roster.Hear();
        Identity.Hear(Channel);
        Channel.Subscribe(ServiceTopic.Geofences, _ => Geofences.RefreshIfChanged());
        Channel.Subscribe(ServiceTopic.Rules, _ => Rules.Refresh());
        Channel.Missed += RefreshBooks;
        Identity.Watch.Changed += RefreshBooks;
    }

    private void RefreshBooks()
    {
        Geofences.RefreshIfChanged();
        Rules.Refresh();
    }

    private static EscalationPolicy PolicyOf(ServerOptions options) => options.Escalation is { } tiers
        ? new EscalationPolicy("Configuration", [.. tiers.Select(tier => new EscalationTier(
            [.. tier.Channels.Select(channel => new EscalationTarget(TargetKind.Channel, channel))], TimeSpan.FromMinutes(tier.AcknowledgeWithinMinutes), 0))])
        : EscalationPolicy.Standard;
}

/// <summary>The stores a core works on.</summary>
/// <param name="Reports">Reports.</param>
/// <param name="Service">All else.</param>
internal sealed record CoreStores(IReportStore Reports, ServiceDatabase Service);

/// <summary>What joins a process to the others.</summary>
/// <param name="Channel">Word of what changed.</param>
/// <param name="Leases">Who does what must be done once.</param>
/// <param name="Machine">The machine's time.</param>
/// <param name="Throttle">Slows who guesses; null for this process alone.</param>
/// <param name="SignIns">Sign-ins remembered together; null for none.</param>
/// <param name="LiveLog">Live events told together; null where each process tells its own.</param>
internal sealed record CoreLinks(
    IServiceChannel Channel, IRoleLeases Leases, TimeProvider Machine, ISignInThrottle? Throttle = null, ISignInMemory? SignIns = null, ILiveLog? LiveLog = null);
