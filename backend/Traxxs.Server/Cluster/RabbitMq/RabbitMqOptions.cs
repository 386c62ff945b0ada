using System.Security.Cryptography.X509Certificates;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>Where RabbitMQ is and who this server is there.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>Addresses of its nodes for services, <c>amqp://host:port</c> or <c>amqps://</c>; the first that answers is taken.</summary>
    public required IReadOnlyList<Uri> Amqp { get; init; }

    /// <summary>
    /// Addresses of its nodes for MQTT, <c>mqtt://host:port</c> or <c>mqtts://</c>. All of them: a node keeps the retained
    /// messages it was given for its own connections alone.
    /// </summary>
    public required IReadOnlyList<Uri> Mqtt { get; init; }

    /// <summary>User of this server, one of RabbitMQ's own and no device.</summary>
    public required string User { get; init; }

    /// <summary>Its password.</summary>
    public required string Password { get; init; }

    /// <summary>Virtual host.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary>PEM certificate of the authority that signed its certificates; null for those the machine knows.</summary>
    public string? Ca { get; init; }

    /// <summary>Part of the address at which RabbitMQ asks who may do what: whoever does not know it gets no answer. 16 characters or more.</summary>
    public string AuthSecret { get; init; } = "";

    /// <summary>Frames a listener holds unacknowledged: what it can have under way at the store. Bounds its memory to some megabytes.</summary>
    public ushort Prefetch { get; init; } = 2000;

    /// <summary>
    /// How long a listener holds frames its store does not take before it gives them back: a restart of the store is shorter, and a call for
    /// help may be among them. Doubled where nothing at all is stored between two returns, up to ten minutes.
    /// </summary>
    public TimeSpan HoldMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most frames that wait in the queue; beyond it RabbitMQ takes none and no device gets an acknowledgement: each sends again.</summary>
    public long QueueMax { get; init; } = 20_000_000;

    /// <summary>The machine's time, for waits between tries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The authorities in <see cref="Ca"/>; null for those the machine knows.</summary>
    internal X509Certificate2Collection? Authorities()
    {
        if (Ca is null) return null;
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(Ca);
        return found;
    }
}
