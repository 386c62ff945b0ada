using Traxxs.Protocol;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Firmware;

/// <summary>A device that takes an image as the firmware does: asks, writes what continues what it has, asks again. Over as many connections as that takes.</summary>
internal sealed class UpdatingDevice(TestServer server, string id) : IAsyncDisposable
{
    private readonly string _secret = server.Host.Provision(id);
    private TestDevice? _device;
    private uint _sequence;

    /// <summary>What it has of the image.</summary>
    public List<byte> Have { get; } = [];

    /// <summary>The last offer it heard.</summary>
    public Command? Offer { get; private set; }

    /// <summary>The live connection.</summary>
    public TestDevice Live => _device!;

    public async Task ConnectAsync(bool deaf = false)
    {
        await DisconnectAsync();
        _device = deaf ? await TestDevice.ConnectDeafAsync(server.Host, id, _secret) : await TestDevice.ConnectAsync(server.Host, id, _secret);
    }

    public async Task DisconnectAsync()
    {
        if (_device is not null) await _device.DisposeAsync();
        _device = null;
    }

    /// <summary>Waits for an offer.</summary>
    public async Task<Command> NextOfferAsync()
    {
        while ((Offer = await _device!.NextCommandAsync()).Code != CommandCode.Update)
        {
        }

        return Offer;
    }

    /// <summary>Says something of an update, as if now, or so long ago.</summary>
    public Task SayAsync(EventCode code, long value, TimeSpan ago = default) => ReportAsync(server.Host.Options.Clock.GetUtcNow() - ago, report =>
        (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (code, report.DeviceTimeS, unchecked((int)value), 1));

    /// <summary>Sends a report that is closed at a time.</summary>
    public async Task ReportAsync(DateTimeOffset closed, Action<Report> fill) => await _device!.SendAsync(_device.Frame(closed, report =>
    {
        report.Sequence = ++_sequence; // one numbering over all connections
        fill(report);
    }));

    /// <summary>Asks for a part and takes it, but no more blocks than so many; gives how many there were.</summary>
    public async Task<int> TakePartAsync(int blocksMax = 64)
    {
        await SayAsync(EventCode.UpdateWants, Have.Count);
        var expected = Math.Min(blocksMax, (Math.Min(8192, Offer!.ImageSize - Have.Count) + 127) / 128);
        for (var taken = 0; taken < expected;)
        {
            var block = await _device!.NextCommandAsync();
            if (block.Code != CommandCode.UpdateBlock || block.Id != Offer.ImageVersion || block.BlockOffset != Have.Count) continue;
            Have.AddRange(block.Block.AsSpan(0, block.BlockLength));
            taken++;
        }

        return expected;
    }

    /// <summary>Takes all that is missing.</summary>
    public async Task TakeRestAsync()
    {
        while (Have.Count < Offer!.ImageSize) await TakePartAsync();
    }

    public async ValueTask DisposeAsync() => await DisconnectAsync();
}
