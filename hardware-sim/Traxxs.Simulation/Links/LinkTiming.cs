namespace Traxxs.Simulation.Links;

/// <summary>
/// How long the radio takes for what it does. A join is made of parts; each is assumed within what people report of ESP32s on a
/// network they have joined before, and their sum is the 1.8 s that, with sending and listening, the energy table's upload of 2.5 s
/// stands for. To be measured on a board (BOARD.md, bring-up 7).
/// </summary>
public sealed record LinkTiming
{
    /// <summary>Ways between insole and server before the first frame may go: TCP 2, TLS 4, CONNECT 2, SUBSCRIBE 2.</summary>
    public const int HandshakeWays = 10;

    /// <summary>Radio on, association and key exchange with a network whose channel is known, ms.</summary>
    public int AssociateMs { get; init; } = 500;

    /// <summary>An address by DHCP, ms.</summary>
    public int AddressMs { get; init; } = 300;

    /// <summary>The controller's own reckoning in a TLS handshake with an ECDSA certificate, ms.</summary>
    public int TlsMs { get; init; } = 400;

    /// <summary>One way from radio to server or back, ms.</summary>
    public int OneWayMs { get; init; } = 60;

    /// <summary>Spread of the above by chance, ms.</summary>
    public int OneWayJitterMs { get; init; } = 60;

    /// <summary>Association, address, TLS and CONNECT until the server accepts frames, ms.</summary>
    public int ConnectMs => AssociateMs + AddressMs + TlsMs + HandshakeWays * OneWayMs;

    /// <summary>Spread of the above by chance, ms.</summary>
    public int ConnectJitterMs { get; init; } = 600;

    /// <summary>How long the radio searches before it gives up where there is no network, ms.</summary>
    public int SearchMs { get; init; } = 8000;

    /// <summary>How often an open link looks whether the network is still there and whether a downlink came, ms.</summary>
    public int WatchMs { get; init; } = 1000;

    /// <summary>Frames that may be under way at a time.</summary>
    public int InFlightMax { get; init; } = 4;
}
