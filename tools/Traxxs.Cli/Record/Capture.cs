using System.Text.Json.Serialization;

namespace Traxxs.Cli.Record;

/// <summary>First line of a capture. See FORMAT.md beside.</summary>
internal sealed record CaptureHeader
{
    public const string FormatName = "traxxs-capture";
    public const int NewestVersion = 1;

    public string? Format { get; init; }

    public int Version { get; init; }

    /// <summary>When it began: <see cref="CaptureRow.T"/> counts from here.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Where it comes from, without secrets.</summary>
    public string? Source { get; init; }
}

/// <summary>One message. Whose it is tells the topic, not who carried it.</summary>
internal sealed record CaptureRow
{
    /// <summary>ms since the capture began.</summary>
    public required long T { get; init; }

    /// <summary>The device whose topic it is; absent where it is nobody's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>"up" from a device or "down" from its server, where that was seen; "seen" by a subscriber.</summary>
    public required string Way { get; init; }

    public required string Topic { get; init; }

    [JsonPropertyName("qos")]
    public required int QoS { get; init; }

    public bool Retain { get; init; }

    /// <summary>Sent again, as its sender says.</summary>
    public bool Dup { get; init; }

    /// <summary>Payload, hexadecimal.</summary>
    public required string Payload { get; init; }

    /// <summary>Whether it is a device's report.</summary>
    [JsonIgnore]
    public bool IsReport => Device is not null && Way != "down" && Topic == $"xsole/v1/{Device}/up";

    /// <summary>The device of a topic below xsole/v1; null for another.</summary>
    public static string? DeviceOf(string topic) => topic.Split('/') is ["xsole", "v1", { Length: > 0 } device, ..] ? device : null;
}

/// <summary>A capture that cannot be read, or a tap that cannot be set: the message says why and what to do.</summary>
internal sealed class CaptureException(string message, Exception? inner = null) : Exception(message, inner);
