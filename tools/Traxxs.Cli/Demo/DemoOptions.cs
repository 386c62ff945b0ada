using Traxxs.Cli.Server;

namespace Traxxs.Cli.Demo;

/// <summary>What the demo is asked for.</summary>
internal sealed record DemoOptions
{
    /// <summary>Shortest demo: the SOS story alone takes 23 minutes, and its alert one more.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMinutes(25);

    /// <summary>Longest demo.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromHours(24);

    /// <summary>Simulated time.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Simulated over real time; 0 for as fast as the machine and the server's acknowledgements allow.</summary>
    public double Speed { get; init; } = 60;

    /// <summary>Folder of the server's data; null for a new one that goes with the demo.</summary>
    public string? DataFolder { get; init; }

    /// <summary>MQTT server, as <see cref="BrokerChoice"/> names it.</summary>
    public string Broker { get; init; } = BrokerChoice.BuiltIn;

    /// <summary>Report store, as <see cref="StoreChoice"/> names it.</summary>
    public string Store { get; init; } = StoreChoice.Sqlite;

    /// <summary>Recorded tracks to walk, or none for the routes that come along.</summary>
    public IReadOnlyList<string> Tracks { get; init; } = [];

    /// <summary>Chance of everything simulated.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the server goes on after the end until Ctrl-C.</summary>
    public bool Keep { get; init; }
}
