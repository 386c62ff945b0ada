namespace Traxxs.Simulation.Links;

/// <summary>A path to a server in the same process and the same simulated time: what arrives is stored before anything else happens.</summary>
public sealed class DirectServerPath(string deviceId, IModelServer server) : IServerPath
{
    private readonly HashSet<int> _stored = [];
    private bool _connected;

    /// <inheritdoc/>
    public bool HasDownlink => _connected && server.HasDownlink(deviceId);

    /// <inheritdoc/>
    public bool Connect()
    {
        _connected = true;
        server.ContactChanged(deviceId, connected: true);
        return true;
    }

    /// <inheritdoc/>
    public bool Send(int token, ReadOnlyMemory<byte> frame)
    {
        if (!_connected) return false;
        server.Receive(deviceId, frame);
        _stored.Add(token);
        return true;
    }

    /// <inheritdoc/>
    public bool WaitAcknowledged(int token) => _stored.Remove(token);

    /// <inheritdoc/>
    public bool TryTakeDownlink(out byte[] frame)
    {
        frame = [];
        return _connected && server.TryTakeDownlink(deviceId, out frame);
    }

    /// <inheritdoc/>
    public void Disconnect(bool abrupt)
    {
        if (!_connected) return;
        _connected = false;
        _stored.Clear();
        server.ContactChanged(deviceId, connected: false);
    }

    /// <inheritdoc/>
    public void Dispose() => Disconnect(abrupt: true);
}

/// <summary>What <see cref="DirectServerPath"/> needs of a server.</summary>
public interface IModelServer
{
    /// <summary>Stores a frame; it is on disk, so to speak, when this returns.</summary>
    void Receive(string deviceId, ReadOnlyMemory<byte> frame);

    /// <summary>A device's connection came or went.</summary>
    void ContactChanged(string deviceId, bool connected);

    /// <summary>Whether a downlink frame waits for the device.</summary>
    bool HasDownlink(string deviceId);

    /// <summary>Takes it.</summary>
    bool TryTakeDownlink(string deviceId, out byte[] frame);
}
