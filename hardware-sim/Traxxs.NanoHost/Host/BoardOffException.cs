namespace Traxxs.NanoHost;

/// <summary>The board has no power, or was told to restart: the firmware ends here.</summary>
public sealed class BoardOffException : Exception
{
    /// <summary>Made with its one message.</summary>
    public BoardOffException()
        : base("the board's power is cut, or it was restarted")
    {
    }
}
