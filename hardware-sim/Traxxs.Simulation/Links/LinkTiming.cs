namespace Traxxs.Simulation.Links;

/// <summary>How long the radio takes for what it does.</summary>
public sealed record LinkTiming
{
    /// <summary>Association, address, TLS and CONNECT until the server accepts frames, ms. An upload of 2.5 s in all is what the energy table assumes.</summary>
    public int ConnectMs { get; init; } = 1800;

    /// <summary>Spread of the above by chance, ms.</summary>
    public int ConnectJitterMs { get; init; } = 600;

    /// <summary>How long the radio searches before it gives up where there is no network, ms.</summary>
    public int SearchMs { get; init; } = 8000;

    /// <summary>One way from radio to server or back, ms.</summary>
    public int OneWayMs { get; init; } = 60;

    /// <summary>Spread of the above by chance, ms.</summary>
    public int OneWayJitterMs { get; init; } = 60;

    /// <summary>How often an open link looks whether the network is still there and whether a downlink came, ms.</summary>
    public int WatchMs { get; init; } = 1000;

    /// <summary>Frames that may be under way at a time.</summary>
    public int InFlightMax { get; init; } = 4;
}
