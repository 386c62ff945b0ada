namespace Traxxs.Simulation.Soak;

/// <summary>One device's connection as the server's process has it. Ends with the process, a takeover, or a report it could not keep.</summary>
/// <param name="deviceId">Whose.</param>
internal sealed class SoakSession(string deviceId)
{
    private readonly HashSet<int> _underWay = [];
    private readonly HashSet<int> _acknowledged = [];

    /// <summary>Whose it is.</summary>
    public string DeviceId { get; } = deviceId;

    /// <summary>Whether it stands.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>A frame came.</summary>
    public void Begin(int token) => _underWay.Add(token);

    /// <summary>The server has stored a frame: its acknowledgement goes out.</summary>
    public void Acknowledge(int token)
    {
        if (IsAlive && _underWay.Remove(token)) _acknowledged.Add(token);
    }

    /// <summary>Whether a frame waits for its acknowledgement.</summary>
    public bool IsUnderWay(int token) => IsAlive && _underWay.Contains(token);

    /// <summary>Takes an acknowledgement that has come.</summary>
    public bool TakeAcknowledged(int token) => IsAlive && _acknowledged.Remove(token);

    /// <summary>The connection is over; what is under way on it is acknowledged to nobody.</summary>
    public void End() => IsAlive = false;
}
