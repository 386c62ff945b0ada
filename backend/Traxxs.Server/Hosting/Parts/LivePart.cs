using System.Globalization;
using Traxxs.Server.Alerts;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Devices;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>
/// How each device stands, in memory, and what happens, as it happens: for the API and for watchers. Each process that has
/// one of these roles reads stored reports for itself behind the place where it began; those that tell watchers bring what
/// they read and hear into one numbering, where there is a log they share.
/// </summary>
internal sealed class LivePart : IServerPart, IAsyncDisposable
{
    private const string SignedOut = "signed out";

    private readonly ServerCore _core;
    private readonly bool _tells;
    private readonly LiveSharing _sharing;
    private readonly LiveContinuity _continuity;
    private volatile bool _mustReload;

    private LivePart(ServerCore core, bool tells, LiveFeed feed, LiveSharing sharing, LiveContinuity continuity, DeviceBoard board, long startPosition, IEnumerable<IReportConsumer> consumers)
    {
        (_core, _tells, Feed, _sharing, _continuity, Board) = (core, tells, feed, sharing, continuity, board);
        Board.Changed += TellOf;
        Dispatcher = new ReportDispatcher(core.Store, [Board, .. consumers], startPosition, core.Log);
        Hear(core.Channel);
    }

    public LiveFeed Feed { get; }

    public DeviceBoard Board { get; }

    public ReportDispatcher Dispatcher { get; }

    /// <summary>
    /// A part that stands still until it is started. <paramref name="consumers"/> are the other parts of this process that follow
    /// reports; <paramref name="log"/> is what processes share, null for none.
    /// </summary>
    public static async Task<LivePart> PrepareAsync(ServerCore core, bool tells, ILiveLog? log, IEnumerable<IReportConsumer> consumers, CancellationToken cancellationToken)
    {
        var feed = new LiveFeed(core.Clock);
        var sharing = new LiveSharing(feed, tells ? log : null, core.Machine, core.Log);
        var continuity = new LiveContinuity(core.Channel, sharing, core.Machine);
        var page = await sharing.TryJoinAsync(cancellationToken);
        var start = LiveStart.Of(core.Store, page?.Position);
        if (!start.IsWhole) await sharing.BeginAnewAsync();
        var board = new DeviceBoard(core.Identity.Directory.OrgOf);
        board.Load(core.Store, AcceptedReport.From);
        LoadContacts(core, board);
        return new LivePart(core, tells, feed, sharing, continuity, board, start.Position, consumers);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Dispatcher.Start();
        _sharing.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now)
    {
        Dispatcher.ReportStored(); // what a message that was lost would have told
        if (_mustReload) Reload();
        else _ = _continuity.TickAsync();
    }

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks()
    {
        if (Dispatcher.Trouble is { } waits) yield return new("dispatch", false, waits, []);
        if (!_tells) yield break;
        yield return new("live", true, _sharing.Trouble, new Dictionary<string, long>
        {
            ["watchers"] = Feed.Watchers, ["shared"] = _sharing.IsJoined ? 1 : 0, ["whole"] = _sharing.IsJoined && _continuity.IsWhole ? 1 : 0,
        });
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing() => _tells ? [new(PartName.Live, null)] : [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Dispatcher.DisposeAsync();
        await _sharing.DisposeAsync();
    }

    private void Hear(IServiceChannel channel)
    {
        channel.Subscribe(ServiceTopic.Reports, _ => Dispatcher.ReportStored());
        channel.Subscribe(ServiceTopic.Contact, message =>
        {
            if (DeviceContact.TryRead(message, out var connected, out var time)) Dispatcher.ContactChanged(message.Key, connected, time);
        });
        channel.Subscribe(ServiceTopic.Forgotten, message => Board.ForgetPosition(message.Detail ?? ""));
        channel.Subscribe(ServiceTopic.Alert, TellAlert);
        channel.Subscribe(ServiceTopic.AlertTold, TellAlert);
        channel.Subscribe(ServiceTopic.Command, TellCommand);
        channel.Subscribe(ServiceTopic.Update, TellUpdate);
        channel.Subscribe(ServiceTopic.Geofences, message => Tell(message, message.Key, "geofences", new { }));
        channel.Subscribe(ServiceTopic.Wearer, message => Tell(message, message.Key, "wearers", new { wearerId = message.Detail }, forgets: true));
        channel.Subscribe(ServiceTopic.Forgotten, message => Tell(message, message.Key, "wearers", new { deviceId = message.Detail }, forgets: true));
        channel.Subscribe(ServiceTopic.Revoked, message => Feed.LetGo(watcher => watcher.Credential == message.Key, SignedOut));
        channel.Subscribe(ServiceTopic.Account, message => Feed.LetGo(watcher => watcher.Who == message.Key, "what this account may do has changed: connect again"));
        channel.Subscribe(ServiceTopic.Closed, message => Feed.LetGo(watcher => watcher.Org == message.Key, SignedOut));
        if (_tells) channel.Subscribe(ServiceTopic.Notify, Notify);
        channel.Missed += Missed;
    }

    // What others heard is in the log they share; where nobody did, whoever watches reads the state anew. A sign-in that ended
    // meanwhile is found out within seconds, as ever.
    private void Missed()
    {
        _mustReload = true;
        _continuity.Missed();
        Reload();
    }

    // A store that is away now is asked again with the next heartbeat.
    private void Reload()
    {
        Board.LoadAnew(_core.Store, AcceptedReport.From);
        LoadContacts(_core, Board);
        _mustReload = false;
        _sharing.BeginAnewAlone();
        Dispatcher.ReportStored();
    }

    // Where devices connect elsewhere, who is connected is what the listener wrote down; who starts with its own broker has nobody yet.
    private static void LoadContacts(ServerCore core, DeviceBoard board)
    {
        if (core.Options.RabbitMq is null) return;
        foreach (var (deviceId, state) in core.Database.Read(session => session.DeviceStates.ReadAll()))
        {
            if (DeviceState.Stored(state).Connection is { } told) board.LoadContact(deviceId, told.Value, DateTimeOffset.FromUnixTimeMilliseconds((long)(told.At * 1000)));
        }
    }

    // Without the places nobody is to see.
    private void TellOf(DeviceStatus status, AcceptedReport? report)
    {
        var key = report is null
            ? string.Create(CultureInfo.InvariantCulture, $"contact {status.DeviceId} {(status.Connected ? '+' : '-')}{status.ConnectionChangedAt?.ToUnixTimeMilliseconds()}")
            : string.Create(CultureInfo.InvariantCulture, $"report {report.Position}");
        TellOf(key, status, report);
    }

    private void TellOf(string key, DeviceStatus status, AcceptedReport? report) => _sharing.Tell(new SaidEvent(key, status.Org, Feed.BodyOf("device", new
    {
        deviceId = status.DeviceId,
        status = DeviceStatusView.Of(status, _core.Identity.Gate.Of(status.DeviceId)),
        fixes = report is null ? [] : _core.Identity.Shown(report).Select(fix => PositionView.Of(fix.ToPosition())).ToArray(),
    })) { Position = report?.Position });

    private void TellAlert(ServiceMessage message)
    {
        if (_core.Database.Read(session => session.Alerts.Find(null, message.Key) is { } found ? (found, AlertView.Of(session, found)) : default((Alert Alert, AlertView View)?)) is not { } told) return;
        Tell(message, told.Alert.Org, "alert", new { alert = told.View });
        if (told.Alert.WearerId is not null && Board.Find(null, told.Alert.DeviceId) is { } status) TellOf($"{message.Id} device", status, null);
    }

    private void TellCommand(ServiceMessage message)
    {
        if (!long.TryParse(message.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return;
        if (_core.Database.Read(session => session.Commands.Find(number)) is not { } command) return;
        Tell(message, _core.Identity.Directory.OrgOf(command.DeviceId), "command", new { deviceId = command.DeviceId, command = CommandView.Of(command) });
    }

    private void TellUpdate(ServiceMessage message)
    {
        if (_core.Database.Read(session => session.Updates.Find(message.Key)) is not { } update) return;
        Tell(message, _core.Identity.Directory.OrgOf(message.Key), "update", new { deviceId = message.Key, update = UpdateView.Of(update) });
    }

    private void Notify(ServiceMessage message)
    {
        if (message.Detail?.Split(' ') is [var kind, var id] && _core.Database.Read(session => session.Alerts.Find(null, id)) is { } alert)
            Tell(message, alert.Org, "notification", new { kind, alert = _core.Views.Of(alert) }, told: Answer);
        else
            Answer(0);
        void Answer(int told) => _core.Channel.Publish(new ServiceMessage(ServiceTopic.Notified, message.Key, string.Create(CultureInfo.InvariantCulture, $"{_core.Channel.Process} {told}")));
    }

    // One event for each message: whoever hears the message says the same event.
    private void Tell(in ServiceMessage message, string org, string type, object data, bool forgets = false, Action<int>? told = null) =>
        _sharing.Tell(new SaidEvent(message.Id ?? "", org, Feed.BodyOf(type, data)) { Forgets = forgets }, told);
}
