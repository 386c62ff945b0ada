using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Hosting.Parts;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting;

/// <summary>
/// The server in one object, whole or in part: its roles say which. Started in the order in which the parts need each other
/// (stores, what people set, rules, notifications, API, and the devices last, when everything behind them stands), stopped in
/// the opposite order. One process with all roles and many with some are put together here, of the same parts.
/// </summary>
public sealed class ServerHost : IAsyncDisposable
{
    // One heartbeat for all that waits for time: escalation, silence, retries. By the machine's clock; what it compares is the server's.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(250);

    private readonly Ownership _owner = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IServerPart> _parts = [];
    private ILogger _log = null!;
    private ServerCore _core = null!;
    private RulesPart? _rulesPart;
    private NotificationsPart? _notificationsPart;
    private LivePart? _livePart;
    private OwnBrokerPart? _ownBroker;
    private RabbitMqListenerPart? _listener;
    private IRuleStanding _rules = null!;
    private ServiceStanding _standing = null!;
    private Heartbeats _heart = null!;
    private string? _toldZones;
    private ServiceNote _told = new(Storing: true, Alerting: true, Reason: null);

    private ServerHost(ServerOptions options)
    {
        Options = options;
    }

    /// <summary>What the server was started with.</summary>
    public ServerOptions Options { get; }

    /// <summary>Where devices connect to this process; null where they connect to RabbitMQ.</summary>
    public IPEndPoint MqttEndpoint { get; private set; } = null!;

    /// <summary>Where devices connect, as an address: <c>mqtt://</c> or <c>mqtts://</c>; null where this process takes none.</summary>
    public Uri MqttAddress { get; private set; } = null!;

    /// <summary>Where the API and the page are, and in any case this process's health.</summary>
    public Uri ApiAddress { get; private set; } = null!;

    /// <summary>The operator's token where this start made it or its file still holds it; null otherwise. Not for logs.</summary>
    public string? AdminToken { get; private set; }

    /// <summary>The file that holds the operator's token.</summary>
    public string AdminTokenFile => Path.Combine(Options.DataFolder, AccessTokens.AdminFile);

    /// <summary>The file that holds the code for the first account; null where there is an account, or another process made the code.</summary>
    public string? SetupCodeFile { get; private set; }

    /// <summary>Whether there was no account at the start, and this process lets people make the first.</summary>
    public bool IsSetupNeeded { get; private set; }

    /// <summary>Stored reports.</summary>
    public IReportStore Store => _core.Store;

    /// <summary>Alerts, audit, outbox, identities.</summary>
    public ServiceDatabase Database => _core.Database;

    /// <summary>What became of the frames.</summary>
    public IngestCounters Counters => _core.Counters;

    /// <summary>What happens, as it happens.</summary>
    public LiveFeed Feed { get; private set; } = null!;

    /// <summary>What people do with alerts.</summary>
    public AlertDesk Desk => _core.Desk;

    /// <summary>Devices and their secrets.</summary>
    public DeviceRegistry Devices => _core.Devices;

    /// <summary>API tokens.</summary>
    public AccessTokens Tokens => _core.Identity.Tokens;

    /// <summary>Geofences.</summary>
    public GeofenceBook Geofences => _core.Geofences;

    /// <summary>Whether the rules have taken in everything stored.</summary>
    public bool AlertsAreUpToDate => _rules.Position >= Store.LastPosition;

    /// <summary>Every HTTP route, for the test that asks each who may call it.</summary>
    internal IReadOnlyList<RouteEndpoint> Routes { get; private set; } = [];

    internal IdentityServices Identity => _core.Identity;

    /// <summary>Why devices may have spoken without being heard, as the rules see it; null where all they said is in the store.</summary>
    internal string? WhyDeaf => _core.Roster.WhyNone(PartName.Hearing);

    /// <summary>Retention while this process does it.</summary>
    internal RetentionWorker? Retention => _rulesPart?.Work?.Retention;

    /// <summary>Starts a server; it listens when this completes. With stores on another machine it waits until they are there.</summary>
    /// <exception cref="ConfigurationException">It cannot be started as configured.</exception>
    /// <exception cref="StoreUnavailableException">The data folder cannot be used, or a newer program wrote what is there or in the database.</exception>
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
        await _owner.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunUpAsync(IReportStore? store, CancellationToken cancellationToken)
    {
        var logging = Options.Logging ?? _owner.Own(LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(console => console.SingleLine = true)));
        _log = logging.CreateLogger("traxxs.server");
        _heart = new Heartbeats(_log);
        DataFolders.Prepare(Options.DataFolder);
        var certificate = Certificates.Load(Options.Tls);

        // Stores, and what joins this process to others.
        var opening = new StoreOpening(Options, _log);
        var (stores, httpPort) = await opening.OpenAsync(store, _owner, certificate, cancellationToken);
        var rabbit = Options.RabbitMq is { } there ? new RabbitMqLinks(there, "traxxs " + string.Join('+', ServerRoleWords.Of(Options.Roles)), _log) : null;
        var links = await ServerLinks.OpenAsync(Options, rabbit, _owner, _log);
        _core = new ServerCore(Options, stores, links, _log, _owner);
        if (Options.Roles.HasFlag(ServerRoles.Api)) (SetupCodeFile, IsSetupNeeded) = (Identity.Setup.Prepare(), Identity.Setup.IsNeeded);
        AdminToken = Options.NewAdminToken ? Tokens.WriteAdmin(Options.DataFolder) : Tokens.EnsureAdmin(Options.DataFolder);

        // Parts, in the order in which they hear of something.
        ServerMeter? meter = null;
        if (Options.Roles.HasFlag(ServerRoles.Rules)) _rulesPart = Own(new RulesPart(_core));
        if (Options.Roles.HasFlag(ServerRoles.Notifications)) _notificationsPart = new NotificationsPart(_core, alert => meter?.Notified(alert));
        await ComposeLiveAsync(cancellationToken);
        if (_notificationsPart is not null) Own(_notificationsPart).Hear();
        ComposeDevices(rabbit, certificate);
        var elsewhere = new StoredRuleStanding(Database, () => _core.Roster.WhyNone(PartName.Rules));
        _rules = _rulesPart?.StandingOf(elsewhere) ?? elsewhere;
        _standing = new ServiceStanding(_core, _parts, _rules, _heart);

        // What is measured, and the HTTP side.
        var counters = new CounterSources(_ownBroker?.Broker, Counters, _core.Archive, _rules, _livePart?.Dispatcher, Feed, Database, _listener?.Frames, _listener?.PutAside);
        meter = _owner.Own(new ServerMeter(counters, Options.Clock));
        if (Options.Otlp is { } collector) _owner.Own(OtlpExport.Start(collector));
        var services = new ApiServices(_core, _rules, _standing, Board(), Feed)
        {
            Mqtt = _ownBroker?.Broker,
            Access = _listener?.Access,
            Counters = counters,
            Meter = meter,
            Prometheus = _owner.Own(new PrometheusText(meter.Meter)),
            MetricsKey = MetricsKey.Of(Options.DataFolder),
        };
        var app = ApiHost.Build(Options with { HttpPort = httpPort }, certificate, services, logging);
        await StartListeningAsync(() => app.StartAsync(cancellationToken), "httpPort", httpPort);
        _owner.AtStop(async () => await app.DisposeAsync());
        _owner.AtStop(() =>
        {
            Feed.LetAllGo("server stops");
            return ValueTask.CompletedTask;
        });
        ApiAddress = ApiHost.AddressOf(app);
        Routes = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

        // All stands: begin.
        Say();
        TellZones();
        rabbit?.Start();
        _core.Channel.Start();
        foreach (var part in _parts) await part.StartAsync(cancellationToken);
        var beating = BeatAsync();
        _owner.AtStop(async () =>
        {
            await beating; // it would say that all works
            _core.Roster.Leave();
        });
        if (_ownBroker is not null) await OpenDoorAsync(_ownBroker, certificate is not null, cancellationToken);
    }

    private async Task ComposeLiveAsync(CancellationToken cancellationToken)
    {
        IReportConsumer?[] followers = [_rulesPart, _notificationsPart];
        if ((Options.Roles & (ServerRoles.Api | ServerRoles.Live)) != 0)
        {
            _livePart = Own(await LivePart.PrepareAsync(_core, Options.Roles.HasFlag(ServerRoles.Live), _core.LiveLog, followers.OfType<IReportConsumer>(), cancellationToken));
            Feed = _livePart.Feed;
            Feed.Note("service", _told);
            return;
        }

        // Nobody here shows anything: contacts go straight to those who act on them.
        Feed = new LiveFeed(Options.Clock);
        _core.Channel.Subscribe(ServiceTopic.Contact, message =>
        {
            if (!DeviceContact.TryRead(message, out var connected, out var time)) return;
            foreach (var follower in followers.OfType<IReportConsumer>()) follower.ContactChanged(message.Key, connected, time);
        });
    }

    private void ComposeDevices(RabbitMqLinks? rabbit, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate)
    {
        if (rabbit is null)
        {
            _ownBroker = Own(new OwnBrokerPart(_core, _livePart!.Dispatcher, certificate));
            _core.Side = _ownBroker;
            return;
        }

        _core.Side = _owner.Own(new RabbitMqDevices(Options.RabbitMq!, rabbit.Outgoing, _core.Channel.Process, _log));
        if (Options.Roles.HasFlag(ServerRoles.Listener)) _parts.Add(_listener = new RabbitMqListenerPart(_core, Options.RabbitMq!, rabbit.Incoming));
        _owner.Own(rabbit);
    }

    private DeviceBoard Board() => _livePart?.Board ?? new DeviceBoard(_core.Identity.Directory.OrgOf);

    private T Own<T>(T part)
        where T : IServerPart, IAsyncDisposable
    {
        _parts.Add(part);
        return _owner.Own(part);
    }

    private async Task OpenDoorAsync(OwnBrokerPart broker, bool tls, CancellationToken cancellationToken)
    {
        await StartListeningAsync(() => broker.ListenAsync(cancellationToken), "mqttPort", Options.MqttPort);
        MqttEndpoint = broker.Broker.Endpoints[0];
        MqttAddress = new Uri($"{(tls ? "mqtts" : "mqtt")}://{MqttEndpoint}");
        _owner.AtStop(async () => await broker.Broker.StopAsync()); // first of all: what comes now comes again
    }

    // Pages say when reports are not stored or alerts wait: whoever watches must know that silence means nothing then.
    private void TellService()
    {
        var note = _standing.Note();
        if (note == _told) return;
        _told = note;
        Feed.Note("service", note);
    }

    private void TellZones()
    {
        if (TimeZones.Trouble is not { } trouble || trouble == _toldZones) return;
        _toldZones = trouble;
        _log.LogError("{Reason}", trouble);
    }

    private void Say() => _core.Roster.Say(_parts.SelectMany(part => part.Standing()).DistinctBy(one => one.Key).ToDictionary());

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Heartbeat);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token)) Beat(Options.Clock.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Beat(DateTimeOffset now)
    {
        foreach (var part in _parts) _heart.Do(part.GetType().Name, () => part.Tick(now));
        _heart.Do(nameof(Identity.Watch), Identity.Watch.Tick);
        if (_rulesPart?.Work is null && Database.LastError is not null) _heart.Do(nameof(Database), Database.Probe); // where rules run, they ask
        _heart.Do(nameof(Say), Say);
        _heart.Do(nameof(TellService), TellService);
        _heart.Do(nameof(TellZones), TellZones);
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
}
