using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>Notifications, commands and configurations, sent by one process at a time; the others stand by.</summary>
internal sealed class NotificationsPart : IServerPart, IReportConsumer, IAsyncDisposable
{
    private readonly ServerCore _core;
    private readonly Leased<NotificationsWork> _work;

    /// <summary>A part that stands still until it is started.</summary>
    /// <param name="core">What every process has.</param>
    /// <param name="notified">Told of each alert a channel took.</param>
    public NotificationsPart(ServerCore core, Action<Alert> notified)
    {
        var live = new LiveChannel(core.Channel, core.Roster, core.Machine);
        _work = new Leased<NotificationsWork>("notifications", core.Leases, () => new NotificationsWork(core, live, notified).Begin(), core.Machine, core.Log);
        _core = core;
    }

    /// <summary>Hears what is to be sent: behind those who show it, so that a page knows of an alert before it rings.</summary>
    public void Hear()
    {
        _core.Channel.Subscribe(ServiceTopic.Alert, _ => _work.Current?.Outbox.Wake());
        _core.Channel.Subscribe(ServiceTopic.Outbox, _ => _work.Current?.Outbox.Wake());
        _core.Channel.Subscribe(ServiceTopic.Configuration, _ => _work.Current?.Publisher.Wake());
        _core.Channel.Subscribe(ServiceTopic.Channel, message =>
        {
            if (_work.Current is { } work) _core.Channels.PutToWork(work.Outbox, message.Key);
        });
        _core.Channel.Missed += LookAll;
        _core.Identity.Watch.Changed += LookAll;
    }

    /// <summary>The work while this process does it.</summary>
    public NotificationsWork? Work => _work.Current;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => _work.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now)
    {
        if (_work.Current is not { } work) return;
        work.Outbox.Tick(now);
        work.Publisher.Tick(now);
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report)
    {
        // Reports need nothing from here.
    }

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        if (_work.Current is not { } work) return;
        work.Devices.ContactChanged(deviceId, connected, serverTime);
        work.Firmware.ContactChanged(deviceId, connected, serverTime);
    }

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks()
    {
        if (_work.Current is not { } work)
        {
            yield return new("notifications", _work.Idle == Leased<NotificationsWork>.Standby, _work.Idle, []);
            yield break;
        }

        yield return new("notifications", work.Outbox.Trouble is null, work.Outbox.Trouble, []);
        yield return new("configurations", work.Publisher.Trouble is null, work.Publisher.Trouble, []);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing() => [new(PartName.Notifications, _work.Current is { } work ? work.Outbox.Trouble : _work.Idle)];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _work.DisposeAsync();

    // Whatever was put in while nobody heard of it.
    private void LookAll()
    {
        if (_work.Current is not { } work) return;
        _core.Channels.PutAllToWork(work.Outbox);
        work.Outbox.Wake();
        work.Publisher.Wake();
    }
}
