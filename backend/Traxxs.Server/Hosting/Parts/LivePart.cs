using System.Globalization;
using Traxxs.Server.Alerts;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>
/// How each device stands, in memory, and what happens, as it happens: for the API and for watchers. Each process that has
/// one of these roles reads stored reports for itself behind the place where it began.
/// </summary>
internal sealed class LivePart : IServerPart, IAsyncDisposable
{
    private const string SignedOut = "signed out";

    private readonly ServerCore _core;
    private readonly bool _tells;

    /// <summary>A part that stands still until it is started. <paramref name="consumers"/> are the other parts of this process that follow reports.</summary>
    public LivePart(ServerCore core, bool tells, IEnumerable<IReportConsumer> consumers)
    {
        (_core, _tells) = (core, tells);
        Feed = new LiveFeed(core.Clock);
        Board = new DeviceBoard(core.Identity.Directory.OrgOf);
        Board.Load(core.Store, AcceptedReport.From);
        Board.Changed += TellOf;
        Dispatcher = new ReportDispatcher(core.Store, [Board, .. consumers], core.Store.LastPosition, core.Log);
        Hear(core.Channel);
    }

    public LiveFeed Feed { get; }

    public DeviceBoard Board { get; }

    public ReportDispatcher Dispatcher { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Dispatcher.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now) => Dispatcher.ReportStored(); // what a message that was lost would have told

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks() => [];

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing() => _tells ? [new(PartName.Live, null)] : [];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Dispatcher.DisposeAsync();

    private void Hear(IServiceChannel channel)
    {
        channel.Subscribe(ServiceTopic.Reports, _ => Dispatcher.ReportStored());
        channel.Subscribe(ServiceTopic.Contact, message =>
        {
            if (DeviceContact.TryRead(message, out var connected, out var time)) Dispatcher.ContactChanged(message.Key, connected, time);
        });
        channel.Subscribe(ServiceTopic.Alert, message => TellAlert(message.Key));
        channel.Subscribe(ServiceTopic.AlertTold, message => TellAlert(message.Key));
        channel.Subscribe(ServiceTopic.Command, TellCommand);
        channel.Subscribe(ServiceTopic.Update, message => TellUpdate(message.Key));
        channel.Subscribe(ServiceTopic.Geofences, message => Feed.Publish(message.Key, "geofences", new { }));
        channel.Subscribe(ServiceTopic.Wearer, message => TellWearers(message.Key, new { wearerId = message.Detail }));
        channel.Subscribe(ServiceTopic.Forgotten, message =>
        {
            Board.ForgetPosition(message.Detail ?? "");
            TellWearers(message.Key, new { deviceId = message.Detail });
        });
        channel.Subscribe(ServiceTopic.Revoked, message => Feed.LetGo(watcher => watcher.Credential == message.Key, SignedOut));
        channel.Subscribe(ServiceTopic.Account, message => Feed.LetGo(watcher => watcher.Who == message.Key, "what this account may do has changed: connect again"));
        channel.Subscribe(ServiceTopic.Closed, message => Feed.LetGo(watcher => watcher.Org == message.Key, SignedOut));
        if (_tells) channel.Subscribe(ServiceTopic.Notify, Notify);
        channel.Missed += Missed;
    }

    // Whoever watches reads the state anew; a sign-in that ended meanwhile is found out within seconds, as ever.
    private void Missed()
    {
        Board.LoadAnew(_core.Store, AcceptedReport.From);
        Feed.ForgetKept();
        Feed.Publish(null, "reset", new { });
        Dispatcher.ReportStored();
    }

    // Without the places nobody is to see.
    private void TellOf(DeviceStatus status, AcceptedReport? report) => Feed.Publish(status.Org, "device", new
    {
        deviceId = status.DeviceId,
        status = DeviceStatusView.Of(status, _core.Identity.Gate.Of(status.DeviceId)),
        fixes = report is null ? [] : _core.Identity.Shown(report).Select(fix => PositionView.Of(fix.ToPosition())).ToArray(),
    });

    private void TellAlert(string id)
    {
        if (_core.Database.Read(session => session.Alerts.Find(null, id) is { } found ? (found, AlertView.Of(session, found)) : default((Alert Alert, AlertView View)?)) is not { } told) return;
        Feed.Publish(told.Alert.Org, "alert", new { alert = told.View });
        if (told.Alert.WearerId is not null && Board.Find(null, told.Alert.DeviceId) is { } status) TellOf(status, null);
    }

    private void TellCommand(ServiceMessage message)
    {
        if (!long.TryParse(message.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return;
        if (_core.Database.Read(session => session.Commands.Find(number)) is not { } command) return;
        Feed.Publish(_core.Identity.Directory.OrgOf(command.DeviceId), "command", new { deviceId = command.DeviceId, command = CommandView.Of(command) });
    }

    private void TellUpdate(string deviceId)
    {
        if (_core.Database.Read(session => session.Updates.Find(deviceId)) is not { } update) return;
        Feed.Publish(_core.Identity.Directory.OrgOf(deviceId), "update", new { deviceId, update = UpdateView.Of(update) });
    }

    private void TellWearers(string org, object what)
    {
        Feed.ForgetKept();
        Feed.Publish(org, "wearers", what);
    }

    private void Notify(ServiceMessage message)
    {
        var told = 0;
        if (message.Detail?.Split(' ') is [var kind, var id] && _core.Database.Read(session => session.Alerts.Find(null, id)) is { } alert)
            told = Feed.Publish(alert.Org, "notification", new { kind, alert = _core.Views.Of(alert) });
        _core.Channel.Publish(new ServiceMessage(ServiceTopic.Notified, message.Key, string.Create(CultureInfo.InvariantCulture, $"{_core.Channel.Process} {told}")));
    }
}
