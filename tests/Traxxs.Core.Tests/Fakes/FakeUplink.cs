using Traxxs.Core.Ports;
using Traxxs.Core.Update;

namespace Traxxs.Core.Tests.Fakes;

/// <summary>A link to an <see cref="IdealServer"/> in virtual time, with coverage that comes and goes.</summary>
internal sealed class FakeUplink(IdealServer server) : IUplink
{
    private readonly Queue<int> _acknowledged = new();
    private readonly Queue<(int Token, byte[] Frame)> _underWay = new();
    private long _openAtMs;

    public long NowMs { get; set; }

    public bool Coverage { get; set; } = true;

    /// <summary>The server stores but its acknowledgement never arrives.</summary>
    public bool LosesAcknowledgements { get; set; }

    /// <summary>What the server answers arrives before its acknowledgement.</summary>
    public bool AnswersOvertake { get; set; }

    /// <summary>The link breaks with this packet (from 1).</summary>
    public int BreaksAtPacket { get; set; }

    /// <summary>What was under way when it broke reached the server; only the acknowledgement was lost.</summary>
    public bool StoresWhatBreaks { get; set; }

    public int WindowMax { get; set; } = 4;

    /// <summary>What takes blocks of an image.</summary>
    public Updater? Updater { get; set; }

    public int OpenDelayMs { get; set; } = 3000;

    public LinkState State { get; private set; }

    /// <summary>When what never returns was begun; null where all returns.</summary>
    public long? StuckSinceMs { get; set; }

    /// <summary>Frames in the order they were handed over.</summary>
    public List<byte[]> Handed { get; } = [];

    public int Opens { get; private set; }

    public long BusyMs(long nowMs) => StuckSinceMs is { } sinceMs ? NowMs - sinceMs : 0;

    public void Open()
    {
        if (State is LinkState.Opening or LinkState.Open) return;
        Opens++;
        State = LinkState.Opening;
        _openAtMs = NowMs + OpenDelayMs;
    }

    public void Close()
    {
        State = LinkState.Closed;
        _underWay.Clear();
        _acknowledged.Clear();
    }

    public bool TryPublish(int token, byte[] buffer, int offset, int count)
    {
        if (State != LinkState.Open || _underWay.Count + _acknowledged.Count >= WindowMax) return false;
        var frame = buffer.AsSpan(offset, count).ToArray();
        Handed.Add(frame);
        _underWay.Enqueue((token, frame));
        if (Handed.Count == BreaksAtPacket) Break();
        return true;
    }

    private void Break()
    {
        while (StoresWhatBreaks && _underWay.TryDequeue(out var sent)) server.Store(sent.Frame, NowMs);
        Close();
        State = LinkState.Failed;
    }

    public bool TryTakeAcknowledged(out int token)
    {
        token = 0;
        return !(AnswersOvertake && server.Downlink.Count > 0) && _acknowledged.TryDequeue(out token);
    }

    public int TakeDownlink(byte[] buffer)
    {
        while (State == LinkState.Open && server.Downlink.Count > 0)
        {
            var frame = server.Downlink[0];
            server.Downlink.RemoveAt(0);
            if (Updater?.TakeBlock(frame, frame.Length) == true) continue;
            frame.CopyTo(buffer, 0);
            return frame.Length;
        }

        return 0;
    }

    /// <summary>What happens between two steps: the link opens or breaks, the server stores and acknowledges.</summary>
    public void Advance(long nowMs)
    {
        NowMs = nowMs;
        if (!Coverage && State is LinkState.Open or LinkState.Opening)
        {
            Close();
            State = LinkState.Failed;
        }

        if (!Coverage) return;
        if (State == LinkState.Opening && nowMs >= _openAtMs) State = LinkState.Open;
        while (State == LinkState.Open && _underWay.TryDequeue(out var sent))
        {
            server.Store(sent.Frame, nowMs);
            if (!LosesAcknowledgements) _acknowledged.Enqueue(sent.Token);
        }
    }
}
