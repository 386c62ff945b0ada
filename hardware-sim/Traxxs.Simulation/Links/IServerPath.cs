namespace Traxxs.Simulation.Links;

/// <summary>What a path knows of a server's answer.</summary>
public enum PathAnswer
{
    /// <summary>The server said yes.</summary>
    Yes,

    /// <summary>It said no, or is gone.</summary>
    No,

    /// <summary>It has not answered. Only paths that do not wait say so.</summary>
    NotYet,
}

/// <summary>
/// What lies between an insole's radio and a server. Driven from simulated time by <see cref="RadioLink"/>: a call may wait in
/// real time for a real server, so that nothing in a run depends on how fast the machine is.
/// </summary>
public interface IServerPath : IDisposable
{
    /// <summary>Connects and subscribes to the device's downlink. False: the server refused or is not there.</summary>
    bool Connect();

    /// <summary>The same where simulated time follows real time: may answer that it is not known yet, and is then asked again.</summary>
    PathAnswer TryConnect() => Connect() ? PathAnswer.Yes : PathAnswer.No;

    /// <summary><see cref="WaitAcknowledged"/> where simulated time follows real time: may answer that it is not known yet.</summary>
    PathAnswer AskAcknowledged(int token) => WaitAcknowledged(token) ? PathAnswer.Yes : PathAnswer.No;

    /// <summary>Hands a frame to the server. False: the connection is gone.</summary>
    bool Send(int token, ReadOnlyMemory<byte> frame);

    /// <summary>Waits until the server has acknowledged a frame sent on this connection. False: it is gone, nobody knows.</summary>
    bool WaitAcknowledged(int token);

    /// <summary>Takes one downlink frame that has come. Never waits.</summary>
    bool TryTakeDownlink(out byte[] frame);

    /// <summary>Whether a downlink frame waits.</summary>
    bool HasDownlink { get; }

    /// <summary>Whether a connection that was made is known to be gone. Only paths that do not wait learn it by themselves.</summary>
    bool IsBroken => false;

    /// <summary>Whether its acknowledgements come when the server has committed, in simulated time: then nothing is added for a slow disk.</summary>
    bool CommitsInItsOwnTime => false;

    /// <summary>Ends the connection: with a goodbye, or as a radio does that loses its network.</summary>
    void Disconnect(bool abrupt);
}
