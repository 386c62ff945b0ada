using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Api;
using Traxxs.Server.Devices;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Store;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Server.Hosting;

/// <summary>
/// The whole server in one object: started in the order in which the parts need each other (stores, rules, notifications,
/// API, and the broker last, when everything behind it stands), stopped in the opposite order.
/// </summary>
public sealed class ServerHost : IAsyncDisposable
{
    // One heartbeat for all that waits for time: escalation, silence, retries. By the machine's clock; what it compares is the server's.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(250);

    private readonly Stack<Func<ValueTask>> _stops = new();
    private readonly CancellationTokenSource _stopping = new();

    private ServerHost(ServerOptions options)
    {
        Options = options;
    }

    /// <summary>What the server was started with.</summary>
    public ServerOptions Options { get; }

    /// <summary>Where devices connect.</summary>
    public IPEndPoint MqttEndpoint { get; private set; } = null!;

    /// <summary>Where devices connect, as an address: <c>mqtt://</c> or <c>mqtts://</c>.</summary>
    public Uri MqttAddress { get; private set; } = null!;

    /// <summary>Where the API and the page are.</summary>
    public Uri ApiAddress { get; private set; } = null!;

    /// <summary>The operator's token where this start made it or its file still holds it; null otherwise. Not for logs.</summary>
    public string? AdminToken { get; private set; }

    /// <summary>The file that holds the operator's token.</summary>
    public string AdminTokenFile => Path.Combine(Options.DataFolder, AccessTokens.AdminFile);

    /// <summary>The file that holds the code for the first account; null where there is an account.</summary>
    public string? SetupCodeFile { get; private set; }

    /// <summary>Stored reports.</summary>
    public IReportStore Store { get; private set; } = null!;

    /// <summary>Alerts, audit, outbox, identities.</summary>
    public ServiceDatabase Database { get; private set; } = null!;

    /// <summary>What became of the frames.</summary>
    public IngestCounters Counters { get; } = new();

    /// <summary>What happens, as it happens.</summary>
    public LiveFeed Feed { get; private set; } = null!;

    /// <summary>What people do with alerts.</summary>
    public AlertDesk Desk { get; private set; } = null!;

    /// <summary>Devices and their secrets.</summary>
    public DeviceRegistry Devices { get; private set; } = null!;

    /// <summary>API tokens.</summary>
    public AccessTokens Tokens { get; private set; } = null!;

    /// <summary>Geofences.</summary>
    public GeofenceBook Geofences { get; private set; } = null!;

    /// <summary>Whether the rules have taken in everything stored.</summary>
    public bool AlertsAreUpToDate => _alerts.Position >= Store.LastPosition;

    /// <summary>Every HTTP route, for the test that asks each who may call it.</summary>
    internal IReadOnlyList<RouteEndpoint> Routes { get; private set; } = [];

    internal IdentityServices Identity { get; private set; } = null!;

    private AlertWorker _alerts = null!;
    private ServiceNote _told = new(Storing: true, Alerting: true, Reason: null);

    /// <summary>Starts a server; it listens when this completes.</summary>
    /// <exception cref="ConfigurationException">It cannot be started as configured.</exception>
    /// <exception cref="StoreUnavailableException">The data folder cannot be used.</exception>
    public static Task<ServerHost> StartAsync(ServerOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, null, cancellationToken);

    /// <summary>As above, with another report store in the place of the one in the data folder; it is disposed with the host.</summary>
    public static async Task<ServerHost> StartAsync(ServerOptions options, IReportStore? store, CancellationToken cancellationToken = default)
    {
        if (ServerConfiguration.Check(options) is { Count: > 0 } errors) throw new ConfigurationException(errors);
        var host = new ServerHost(options);
        try
        {
            await host.RunUpAsync(store, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a device known, or replaces its secret, and gives the secret, this once.</summary>
    public string Provision(string deviceId, string? name = null, string org = OrganisationId.First) => Devices.Provision(org, deviceId, "system", name);

    /// <summary>Stops taking in, finishes what is under way, closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        while (_stops.TryPop(out var stop)) await stop();
        _stopping.Dispose();
    }

    private async Task RunUpAsync(IReportStore? store, CancellationToken cancellationToken)
    {
        var clock = Options.Clock;
        var logging = Options.Logging ?? Own(LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(console => console.SingleLine = true)));
        var log = logging.CreateLogger("traxxs.server");
        PrepareFolder(Options.DataFolder);

        // Stores.
        Store = Own(store ?? Options.OpenStore?.Invoke(Options.DataFolder) ?? SqliteReportStore.Open(Options.DataFolder));
        Database = Own(ServiceDatabase.Open(Path.Combine(Options.DataFolder, ServiceDatabase.FileName)));
        Devices = new DeviceRegistry(Database, clock);
        var identity = Own(new IdentityServices(Database, Devices, Store, clock, log, Options.DataFolder));
        Tokens = identity.Tokens;
        Identity = identity;
        SetupCodeFile = identity.Setup.Prepare() ? identity.Setup.CodePath : null;
        AdminToken = Options.NewAdminToken ? Tokens.WriteAdmin(Options.DataFolder) : Tokens.EnsureAdmin(Options.DataFolder);

        // Rules.
        var fences = new GeofenceCatalog(identity.Directory.OrgOf);
        Geofences = new GeofenceBook(Database, fences, clock);
        foreach (var fence in Options.Geofences) Geofences.Seed(fence.Id, fence.Feature);
        var recipients = new Recipients([.. Options.Webhooks.Select(hook => hook.Name)]);
        var escalator = new Escalator(PolicyOf(Options), recipients);
        var journal = new AlertJournal(Database, escalator);
        var ruleBook = new RuleBook(Database, identity.Directory, RuleSet.From(Options.Rules), clock);
        var rules = AlertRules.All(ruleBook, fences, new StoredFixHistory(Store, AcceptedReport.From), identity.Gate.Hides);
        _alerts = Own(new AlertWorker(Store, AcceptedReport.From, journal, rules, clock, log));
        Desk = new AlertDesk(Database, escalator, clock);

        // Live feed and the line behind the commit.
        Feed = new LiveFeed(clock);
        var board = new DeviceBoard(identity.Directory.OrgOf);
        board.Load(Store, AcceptedReport.From);
        DeviceGateway? gateway = null;
        var commands = Own(new DeviceChannel(Database, new LateDownlink(() => gateway!), id => gateway?.IsListening(id) ?? false, clock));
        var archive = new ReportArchive(Store, AcceptedReport.From);
        var configurations = new ConfigurationDesk(Database, clock);
        var publisher = Own(new ConfigurationPublisher(Database, new LateDownlink(() => gateway!), clock, log));
        var asked = new CommandDesk(Database, clock);
        var devices = Own(new DeviceWorker(archive, Database, configurations, asked, identity.Directory, clock, log));
        var dispatcher = Own(new ReportDispatcher(Store, [board, _alerts, commands, devices], Store.LastPosition, log));
        var ingest = new ReportIngest(Store, clock, Counters, dispatcher.ReportStored);
        gateway = new DeviceGateway(Devices, ingest, dispatcher, clock, Tokens.ListenerOf);

        // Notifications. The configuration's webhooks are the operator's word; what organisations type in goes by the guard.
        var views = new AlertViews(Database);
        var web = Own(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        var guard = new OutboundGuard(Options.AllowedNetworks);
        var guarded = Own(guard.CreateClient());
        List<INotificationChannel> channels = [new LiveChannel(Feed, views), new LogChannel(log), commands];
        channels.AddRange(Options.Webhooks.Select(hook => new WebhookChannel(hook.Name, hook.Url, hook.Secret, web, views, clock)));
        var outbox = Own(new OutboxWorker(Database, channels, clock, log));
        outbox.GivenUp = escalator.GaveUp;
        IMqttServer? broker = null;
        ValueTask Publish(string topic, byte[] payload, CancellationToken token)
        {
            gateway.DropListeners(Tokens.Stands);
            return broker!.PublishAsync(topic, payload, MqttQoS.AtLeastOnce, cancellationToken: token);
        }

        var channelBook = new ChannelBook(Database, new ChannelFactory(guard, guarded, new NotificationWriter(Database, clock), views, Publish, clock), outbox, clock);
        channelBook.Load();

        // Who tells whom.
        identity.Join(Feed, board, _alerts);
        _alerts.Changed += alerts => { Tell(alerts, views, board); outbox.Wake(); };
        Desk.Changed += alert => { Tell([alert], views, board); outbox.Wake(); };
        outbox.Changed += alert => Tell([alert], views, board);
        commands.Hastened += outbox.Wake;
        board.Changed += TellOf;
        configurations.Changed += publisher.Wake;
        asked.Changed += command => Feed.Publish(identity.Directory.OrgOf(command.DeviceId), "command", new { deviceId = command.DeviceId, command = CommandView.Of(command) });
        Devices.Withdrawn += gateway.Disconnect;
        Geofences.Changed += org => Feed.Publish(org, "geofences", new { });

        // The broker is made first, for its counters, and opened last.
        var certificate = Certificates.Load(Options.Tls);
        var sessions = Own(new FileSessionStore(Path.Combine(Options.DataFolder, "mqtt"), logger: log));
        var mqttOptions = MqttOptionsOf(Options, certificate, sessions);
        var mqtt = Own(Options.OpenBroker?.Invoke(mqttOptions, gateway, log) ?? new MqttServer(mqttOptions, gateway, null, log));
        gateway.Attach(mqtt);
        broker = mqtt;
        var counters = new CounterSources(mqtt, Counters, archive, _alerts, dispatcher, Feed, Database);
        var meter = Own(new ServerMeter(counters, clock));
        outbox.Changed += meter.Notified;
        if (Options.Otlp is { } collector) Own(OtlpExport.Start(collector));
        var services = new ApiServices(Database, Devices, Tokens, Geofences, Desk, _alerts, outbox, board, Feed, archive, clock)
        {
            Mqtt = mqtt,
            Gateway = gateway,
            Identity = identity,
            Rules = ruleBook,
            Policies = new PolicyBook(Database, escalator, recipients, clock),
            Escalator = escalator,
            Recipients = recipients,
            Channels = channelBook,
            Views = views,
            Counters = counters,
            Options = Options,
            Configurations = configurations,
            Commands = asked,
            Hidden = (deviceId, time) => DeviceLocation.WordOf(identity.Gate.Of(deviceId).WhyHidden(time)),
            Meter = meter,
            Prometheus = Own(new PrometheusText(meter.Meter)),
            MetricsKey = MetricsKey.Of(Options.DataFolder),
        };
        var app = ApiHost.Build(Options, certificate, services, logging);
        await StartListeningAsync(() => app.StartAsync(cancellationToken), "httpPort", Options.HttpPort);
        _stops.Push(async () => await app.DisposeAsync());
        _stops.Push(() =>
        {
            Feed.LetAllGo("server stops");
            return ValueTask.CompletedTask;
        });

        dispatcher.Start();
        _alerts.Start();
        outbox.Start();
        devices.Start();
        identity.Retention.Start();
        var beating = BeatAsync(now =>
        {
            _alerts.Wake();
            outbox.Tick(now);
            devices.Wake();
            publisher.Tick(now);
            identity.Retention.Tick(now);
            identity.Watch.Tick();
            TellService(FleetApi.Note(archive, Database, _alerts));
        });
        _stops.Push(async () => await beating);
        await StartListeningAsync(() => mqtt.StartAsync(cancellationToken), "mqttPort", Options.MqttPort);
        _stops.Push(async () => await mqtt.StopAsync());
        publisher.Start();

        MqttEndpoint = mqtt.Endpoints[0];
        MqttAddress = new Uri($"{(certificate is null ? "mqtt" : "mqtts")}://{MqttEndpoint}");
        ApiAddress = ApiHost.AddressOf(app);
        Routes = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
    }

    // Without the places nobody is to see.
    private void TellOf(DeviceStatus status, AcceptedReport? report) => Feed.Publish(status.Org, "device", new
    {
        deviceId = status.DeviceId,
        status = DeviceStatusView.Of(status, Identity.Gate.Of(status.DeviceId)),
        fixes = report is null ? [] : Identity.Shown(report).Select(fix => PositionView.Of(fix.ToPosition())).ToArray(),
    });

    private void Tell(IReadOnlyList<Alert> alerts, AlertViews views, DeviceBoard board)
    {
        // Before anybody is told: an alert that opens or closes the gate to a wearer's places holds with its own event.
        foreach (var alert in alerts) Identity.Gate.Forget(alert.DeviceId);
        foreach (var alert in alerts)
        {
            Feed.Publish(alert.Org, "alert", new { alert = views.Of(alert) });
            if (alert.WearerId is not null && board.Find(null, alert.DeviceId) is { } status) TellOf(status, null);
        }
    }

    // Pages say when reports are not stored or alerts wait: whoever watches must know that silence means nothing then.
    private void TellService(ServiceNote note)
    {
        if (note == _told) return;
        _told = note;
        Feed.Publish(null, "service", note);
    }

    private async Task BeatAsync(Action<DateTimeOffset> beat)
    {
        using var timer = new PeriodicTimer(Heartbeat);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                beat(Options.Clock.GetUtcNow());
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private T Own<T>(T part)
    {
        _stops.Push(part switch
        {
            IAsyncDisposable asynchronous => asynchronous.DisposeAsync,
            IDisposable disposable => () =>
            {
                disposable.Dispose();
                return ValueTask.CompletedTask;
            },
            _ => throw new InvalidOperationException("nothing to dispose"),
        });
        return part;
    }

    private static async Task StartListeningAsync(Func<Task> start, string key, int port)
    {
        try
        {
            await start();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ConfigurationException([$"{key}: cannot listen on port {port}: {e.Message}. Choose another port, or 0 for a free one"]);
        }
    }

    private static void PrepareFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        // Positions of people: for the owner's eyes.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static EscalationPolicy PolicyOf(ServerOptions options) => options.Escalation is { } tiers
        ? new EscalationPolicy("Configuration", [.. tiers.Select(tier => new EscalationTier(
            [.. tier.Channels.Select(channel => new EscalationTarget(TargetKind.Channel, channel))], TimeSpan.FromMinutes(tier.AcknowledgeWithinMinutes), 0))])
        : EscalationPolicy.Standard;

    private static MqttServerOptions MqttOptionsOf(ServerOptions options, X509Certificate2? certificate, IMqttSessionStore sessions)
    {
        var result = new MqttServerOptions
        {
            Store = sessions, // commands for devices that are away survive a restart
            PacketSizeMax = 64 * 1024, // what the store keeps of a refused frame; a report has at most 1 KiB
            SessionExpirySecondsMax = 7 * 24 * 3600,
            AcknowledgeForbiddenPublish = false,
        };
        result.Listeners.Add(new MqttListener { Address = options.Bind, Port = options.MqttPort, Certificate = certificate });
        return result;
    }

    // The gateway needs the line, and the line ends at the gateway: this knot is tied once, here.
    private sealed class LateDownlink(Func<IDownlink> downlink) : IDownlink
    {
        public ValueTask SendCommandAsync(string deviceId, Traxxs.Protocol.Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default) =>
            downlink().SendCommandAsync(deviceId, command, validFor, cancellationToken);
    }
}
