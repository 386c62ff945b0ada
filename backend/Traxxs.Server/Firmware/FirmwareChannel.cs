using Traxxs.Protocol;
using Traxxs.Server.Ingest;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>
/// Offers of images, and the parts of them that devices ask for: each entry of a part is some frames, in order. At least once: a device
/// writes a block only where it continues what it has, so that one sent twice does no harm.
/// </summary>
public sealed class FirmwareChannel : INotificationChannel, IReportConsumer, IDisposable
{
    /// <summary>Bytes sent for one wish of a device: 64 blocks, some seconds of a slow link.</summary>
    public const int PartSizeMax = 64 * Command.BlockSizeMax;

    // A block that waits at a broker longer than the device asks again after is of no use.
    private static readonly TimeSpan BlockValidFor = TimeSpan.FromMinutes(2);

    private readonly ServiceDatabase _database;
    private readonly IDownlink _downlink;
    private readonly Func<string, bool> _isListening;
    private readonly UpdateDesk _desk;
    private readonly TimeProvider _clock;
    private readonly Hastener _hastener;

    /// <summary>A channel over a way to devices.</summary>
    public FirmwareChannel(ServiceDatabase database, IDownlink downlink, Func<string, bool> isListening, UpdateDesk desk, TimeProvider clock)
    {
        (_database, _downlink, _isListening, _desk, _clock) = (database, downlink, isListening, desk, clock);
        _hastener = new Hastener(database, UpdateCommand.Channel, isListening, clock);
    }

    /// <summary>A device is back and something waits for it.</summary>
    public event Action? Hastened
    {
        add => _hastener.Hastened += value;
        remove => _hastener.Hastened -= value;
    }

    /// <inheritdoc/>
    public string Name => UpdateCommand.Channel;

    /// <summary>Some devices beside each other, so that one with a slow link does not hold up the rest.</summary>
    public int AtOnce => 4;

    /// <summary>2 s, 4 s … 1 h, for longer than an offer stands. Seldom, since thousands may be offered an image at once: who comes back is served at once.</summary>
    public RetryPolicy Retry { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromHours(1), 200);

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (entry.DeviceId is not { } deviceId || UpdateCommand.Read(entry) is not { } asked) return Delivery.Skipped("not of an update");
        var now = _clock.GetUtcNow();
        var update = _database.Read(session => session.Updates.Find(deviceId));
        if (update is not { IsTaking: true } || update.Version != asked.Version || update.ExpiresAt <= now) return Delivery.Skipped("the update has ended");
        if (asked.Offset is null && update.Offer != entry.Id) return Delivery.Skipped("offered again meanwhile");
        if (!_isListening(deviceId)) return Delivery.Failed("the device is not connected");
        if (asked.Offset is { } offset) return await SendPartAsync(deviceId, update, offset, cancellationToken);
        var offer = new Command { Id = (uint)entry.Id, Code = CommandCode.Update, ImageVersion = asked.Version, ImageSize = update.Size };
        await _downlink.SendCommandAsync(deviceId, offer, update.ExpiresAt - now, cancellationToken);
        return Delivery.Taken;
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report)
    {
        // Its words on updates are read behind a cursor, by the desk.
    }

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        if (connected) _hastener.Arrived(deviceId, _desk.Repeat);
    }

    /// <summary>Stops to hasten.</summary>
    public void Dispose() => _hastener.Dispose();

    private async Task<Delivery> SendPartAsync(string deviceId, DeviceUpdate update, int offset, CancellationToken cancellationToken)
    {
        var file = _database.Read(session => session.Devices.OrgOf(deviceId) is { } org ? session.Firmware.Read(org, update.Version) : null);
        if (file is null) return Delivery.Refused("the image is no more");
        var end = Math.Min(offset + PartSizeMax, file.Length);
        for (var at = offset; at < end; at += Command.BlockSizeMax)
        {
            var block = new Command { Id = (uint)update.Version, Code = CommandCode.UpdateBlock, BlockOffset = at, BlockLength = Math.Min(Command.BlockSizeMax, end - at) };
            file.AsSpan(at, block.BlockLength).CopyTo(block.Block);
            await _downlink.SendCommandAsync(deviceId, block, BlockValidFor, cancellationToken);
        }

        return Delivery.Taken;
    }
}
