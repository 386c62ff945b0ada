using Traxxs.Simulation.Links;

namespace Traxxs.Simulation.Soak;

/// <summary>A device's way to the soak's server: an acknowledgement comes when the server gives it, or never.</summary>
internal sealed class SoakPath(string deviceId, SoakServer server) : IServerPath
{
    private readonly Dictionary<int, byte[]> _sent = [];
    private SoakSession? _session;

    /// <summary>An acknowledgement reached the device.</summary>
    public event Action<byte[]>? Acknowledged;

    /// <inheritdoc/>
    public bool IsBroken => !IsAlive;

    /// <inheritdoc/>
    public bool CommitsInItsOwnTime => true;

    /// <inheritdoc/>
    public bool HasDownlink
    {
        get
        {
            server.Advance();
            return IsAlive && server.HasDownlink(deviceId);
        }
    }

    /// <inheritdoc/>
    public bool Connect()
    {
        _sent.Clear();
        _session = server.Connect(deviceId);
        return IsAlive;
    }

    /// <inheritdoc/>
    public bool Send(int token, ReadOnlyMemory<byte> frame)
    {
        server.Advance();
        if (_session is not { IsAlive: true } session) return false;
        _sent[token] = frame.ToArray();
        return server.Receive(session, token, _sent[token]);
    }

    /// <inheritdoc/>
    public PathAnswer AskAcknowledged(int token)
    {
        server.Advance();
        if (_session?.IsUnderWay(token) == true) return PathAnswer.NotYet;
        if (!WaitAcknowledged(token)) return PathAnswer.No;
        if (_sent.Remove(token, out var frame)) Acknowledged?.Invoke(frame);
        return PathAnswer.Yes;
    }

    /// <summary>Asked by a radio that gives up: what has come by now comes too late.</summary>
    public bool WaitAcknowledged(int token) => _session?.TakeAcknowledged(token) == true;

    /// <inheritdoc/>
    public bool TryTakeDownlink(out byte[] frame)
    {
        server.Advance();
        frame = [];
        return IsAlive && server.TryTakeDownlink(deviceId, out frame);
    }

    /// <inheritdoc/>
    public void Disconnect(bool abrupt)
    {
        server.Advance();
        // A radio that loses its network says nothing: the server has the session until the device comes again.
        if (_session is { } session && !abrupt) server.Disconnect(session);
        _session = null;
    }

    /// <inheritdoc/>
    public void Dispose() => _session = null;

    private bool IsAlive => _session is { IsAlive: true };
}
