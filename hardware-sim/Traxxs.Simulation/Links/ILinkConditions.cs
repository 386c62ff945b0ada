namespace Traxxs.Simulation.Links;

/// <summary>What the world does to a link.</summary>
public interface ILinkConditions
{
    /// <summary>Whether there is a network where the wearer is.</summary>
    bool HasNetwork(long timeMs);

    /// <summary>Whether the server can be reached over it.</summary>
    bool HasServer(long timeMs);

    /// <summary>Whether the acknowledgement of a frame gets lost on its way, and the connection with it.</summary>
    bool LosesAcknowledgement(long timeMs);

    /// <summary>Whether a frame gets lost on its way, and the connection with it.</summary>
    bool LosesFrame(long timeMs);

    /// <summary>What each way takes longer, ms.</summary>
    int ExtraWayMs(long timeMs);

    /// <summary>What the server's commit takes longer, ms.</summary>
    int ExtraCommitMs(long timeMs);
}
