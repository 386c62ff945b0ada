using Traxxs.Server.Cluster;
using Traxxs.Server.Devices;
using Traxxs.Server.Firmware;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>What one process at a time sends out: the outbox, and configurations to devices. Begun from what is stored.</summary>
internal sealed class NotificationsWork : IAsyncDisposable
{
    /// <summary>Makes the work; it begins with <see cref="Begin"/>.</summary>
    public NotificationsWork(ServerCore core, INotificationChannel live, Action<Alert> notified)
    {
        var side = core.Side!;
        Devices = new DeviceChannel(core.Database, side, side.IsListening, core.Clock);
        Devices.Hastened += () => Outbox!.Wake();
        Firmware = new FirmwareChannel(core.Database, side, side.IsListening, core.Updates, core.Clock);
        Firmware.Hastened += () => Outbox!.Wake();
        List<INotificationChannel> channels = [live, new LogChannel(core.Log), Devices, Firmware];
        channels.AddRange(core.Options.Webhooks.Select(hook => new WebhookChannel(hook.Name, hook.Url, hook.Secret, core.Web, core.Views, core.Clock)));
        Outbox = new OutboxWorker(core.Database, channels, core.Clock, core.Log) { GivenUp = core.Escalator.GaveUp };
        Outbox.Changed += alert => core.Publish(ServiceTopic.AlertTold, alert);
        Outbox.Changed += notified;
        Publisher = new ConfigurationPublisher(core.Database, side, core.Clock, core.Log);
        core.Channels.PutAllToWork(Outbox);
    }

    public OutboxWorker Outbox { get; }

    public DeviceChannel Devices { get; }

    public FirmwareChannel Firmware { get; }

    public ConfigurationPublisher Publisher { get; }

    /// <summary>Begins to send.</summary>
    public NotificationsWork Begin()
    {
        Outbox.Start();
        Publisher.Start();
        return this;
    }

    /// <summary>Ends; an attempt under way is cut off and made again by who takes over.</summary>
    public async ValueTask DisposeAsync()
    {
        Devices.Dispose();
        Firmware.Dispose();
        await Outbox.DisposeAsync();
        await Publisher.DisposeAsync();
    }
}
