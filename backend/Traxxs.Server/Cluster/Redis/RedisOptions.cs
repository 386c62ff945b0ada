namespace Traxxs.Server.Cluster.Redis;

/// <summary>Where Redis is, for servers that share sign-ins, rate limits and the last live events.</summary>
public sealed record RedisOptions
{
    /// <summary><c>host:port</c> of each server; more than one is a cluster.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>
    /// User; null for the default one. It may read and write keys and publish and hear channels that begin with <see cref="Prefix"/>,
    /// run scripts, and ask INFO.
    /// </summary>
    public string? User { get; init; }

    /// <summary>Password; null for none, which only loopback gets.</summary>
    public string? Password { get; init; }

    /// <summary>Whether it speaks TLS: everywhere but on loopback.</summary>
    public bool Tls { get; init; }

    /// <summary>PEM certificate of the authority that signed Redis's; null for those the machine knows.</summary>
    public string? Ca { get; init; }

    /// <summary>What our keys begin with, so that others may share the server.</summary>
    public string Prefix { get; init; } = "traxxs:";

    /// <summary>How long an answer is waited for, before whoever asked goes on without: it holds up a person's request.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMilliseconds(500);
}
