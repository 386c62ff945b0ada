using Traxxs.Core.Ports;
using Traxxs.Simulation.Chips;

namespace Traxxs.Device.Tests;

/// <summary>The single lines, wired to the simulated chips.</summary>
internal sealed class FakeSignals(Lis2dw12Chip accelerometer, MaxM10Chip gnss) : IBoardSignals
{
    public long RtcMs => NowMs;

    public int Sos { get; set; }

    public int Cancel { get; set; }

    public long NowMs { get; set; }

    public bool ChargerConnected { get; set; }

    public bool TakeMotionInterrupt() => accelerometer.Int1Active;

    public int TakeSosPresses()
    {
        var presses = Sos;
        Sos = 0;
        return presses;
    }

    public int TakeCancelPresses()
    {
        var presses = Cancel;
        Cancel = 0;
        return presses;
    }

    public void SetGnssSupply(bool on) => gnss.SetSupply(on, NowMs);
}

/// <summary>Remembers what was shown.</summary>
internal sealed class FakeIndicator : IIndicator
{
    public List<IndicatorPattern> Shown { get; } = [];

    public void Show(IndicatorPattern pattern) => Shown.Add(pattern);
}

/// <summary>A link that opens at once where there is coverage, and a server that stores and acknowledges.</summary>
internal sealed class FakeUplink : IUplink
{
    private readonly Queue<int> _acknowledged = new();

    public bool Coverage { get; set; } = true;

    public List<byte[]> Stored { get; } = [];

    public Queue<byte[]> Downlink { get; } = new();

    public LinkState State { get; private set; }

    public long BusyMs(long nowMs) => 0;

    public void Open() => State = Coverage ? LinkState.Open : LinkState.Failed;

    public void Close() => State = LinkState.Closed;

    public bool TryPublish(int token, byte[] buffer, int offset, int count)
    {
        if (State != LinkState.Open) return false;
        Stored.Add(buffer.AsSpan(offset, count).ToArray());
        _acknowledged.Enqueue(token);
        return true;
    }

    public bool TryTakeAcknowledged(out int token) => _acknowledged.TryDequeue(out token);

    public int TakeDownlink(byte[] buffer)
    {
        if (!Downlink.TryDequeue(out var frame)) return 0;
        frame.CopyTo(buffer, 0);
        return frame.Length;
    }
}
