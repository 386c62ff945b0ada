namespace Traxxs.Core.Ports
{
    /// <summary>Where the way to the server stands.</summary>
    public enum LinkState : byte
    {
        /// <summary>Radio off.</summary>
        Closed = 0,

        /// <summary>Joining the network, then the server.</summary>
        Opening = 1,

        /// <summary>The server accepts frames.</summary>
        Open = 2,

        /// <summary>The last attempt failed or the connection broke; <c>Open</c> tries again, when to is the caller's choice.</summary>
        Failed = 3,
    }
}
