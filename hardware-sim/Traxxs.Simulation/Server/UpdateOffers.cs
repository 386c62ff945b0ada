using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Updates;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Server;

/// <summary>
/// The model server's side of updates: offers what the scenario plans, sends what devices ask for, and lets the server's own
/// <see cref="UpdateProgress"/> say what their words make of it.
/// </summary>
internal sealed class UpdateOffers(Scenario scenario, Func<DateTimeOffset> now, Func<uint> nextCommandId)
{
    /// <summary>Between two blocks, ms: 64 of them are some seconds of a slow link.</summary>
    public const int BlockEveryMs = 50;

    // As the server's: a block that has waited longer than the device asks again after is of no use.
    private static readonly TimeSpan BlockValidFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OfferValidFor = TimeSpan.FromDays(7);

    private readonly List<Offer> _offers = [];
    private readonly Dictionary<string, Offer> _current = new(StringComparer.Ordinal);
    private readonly HashSet<PlannedUpdate> _made = [];

    /// <summary>Every update in the order offered, as it stands.</summary>
    public IReadOnlyList<DeviceUpdate> All => [.. _offers.Select(offer => offer.Update)];

    /// <summary>Time has passed: what is due is offered, in the place of what was offered before.</summary>
    public void Tick()
    {
        var sinceMs = (long)(now() - scenario.Start).TotalMilliseconds;
        foreach (var planned in scenario.Updates.Where(planned => planned.AtMs <= sinceMs && _made.Add(planned)))
        {
            var file = SimulatedImage.Make(planned.Version, planned.Size, planned.Health);
            foreach (var device in scenario.Devices.Where(device => planned.DeviceId is null || planned.DeviceId == device.Id)) Make(device.Id, planned.Version, file);
        }
    }

    /// <summary>A device is back: an offer that it has not answered goes out again, under its number.</summary>
    public void Arrived(string deviceId)
    {
        if (_current.TryGetValue(deviceId, out var offer) && offer.Update.State == UpdateState.Offered) offer.Waits = true;
    }

    /// <summary>Takes a report's words on its device's update.</summary>
    public void Heed(AcceptedReport report)
    {
        if (!_current.TryGetValue(report.DeviceId, out var offer)) return;
        for (var i = 0; i < report.Events.Length; i++)
        {
            var after = UpdateProgress.After(offer.Update, report.Events[i], UpdateProgress.VersionOf(report.Events, i), now());
            if (after != offer.Update && report.Events[i].Code == EventCode.UpdateWants) Send(offer, after.Progress);
            offer.Update = after;
            if (!after.IsTaking) offer.Blocks.Clear();
        }
    }

    /// <summary>Whether a frame is due to a device.</summary>
    public bool HasFrame(string deviceId) => _current.TryGetValue(deviceId, out var offer) && (offer.Waits || NextBlock(offer) is not null);

    /// <summary>Takes it; null where there is none.</summary>
    public byte[]? TakeFrame(string deviceId)
    {
        if (!_current.TryGetValue(deviceId, out var offer)) return null;
        if (offer.Waits)
        {
            offer.Waits = false;
            return Frame(new Command { Id = (uint)offer.Update.Offer, Code = CommandCode.Update, ImageVersion = (uint)offer.Update.Version, ImageSize = offer.File.Length });
        }

        if (NextBlock(offer) is not { } at) return null;
        offer.Blocks.Dequeue();
        var block = new Command { Id = (uint)offer.Update.Version, Code = CommandCode.UpdateBlock, BlockOffset = at, BlockLength = Math.Min(Command.BlockSizeMax, offer.File.Length - at) };
        offer.File.AsSpan(at, block.BlockLength).CopyTo(block.Block);
        return Frame(block);
    }

    private void Make(string deviceId, uint version, byte[] file)
    {
        if (_current.TryGetValue(deviceId, out var before) && before.Update.IsUnderWay) before.Update = before.Update with { State = UpdateState.Withdrawn, EndedAt = now() };
        var offer = new Offer(file)
        {
            Update = new DeviceUpdate { DeviceId = deviceId, Version = version, Size = file.Length, Offer = nextCommandId(), AskedAt = now(), AskedBy = scenario.Name, ExpiresAt = now() + OfferValidFor },
            Waits = true,
        };
        _offers.Add(offer);
        _current[deviceId] = offer;
    }

    private void Send(Offer offer, int from)
    {
        offer.Blocks.Clear();
        var end = Math.Min(from + FirmwareChannel.PartSizeMax, offer.File.Length);
        var due = now();
        for (var at = from; at < end; at += Command.BlockSizeMax) offer.Blocks.Enqueue((at, due = due.AddMilliseconds(BlockEveryMs)));
    }

    private int? NextBlock(Offer offer)
    {
        while (offer.Blocks.TryPeek(out var old) && old.Due + BlockValidFor < now()) offer.Blocks.Dequeue();
        return offer.Blocks.TryPeek(out var next) && next.Due <= now() ? next.At : null;
    }

    private static byte[] Frame(Command command)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        return buffer[..CommandFrame.Write(command, buffer, 0)];
    }

    private sealed class Offer(byte[] file)
    {
        public byte[] File { get; } = file;

        public required DeviceUpdate Update { get; set; }

        public bool Waits { get; set; }

        public Queue<(int At, DateTimeOffset Due)> Blocks { get; } = new();
    }
}
