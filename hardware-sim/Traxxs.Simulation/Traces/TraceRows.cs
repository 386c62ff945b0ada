using System.Text.Json.Serialization;

namespace Traxxs.Simulation.Traces;

/// <summary>First line of a trace.</summary>
internal sealed record TraceHeader
{
    public const string FormatName = "traxxs-trace";
    public const int NewestVersion = 1;

    public string? Format { get; init; }

    public int Version { get; init; }

    public ulong Seed { get; init; }

    public DateTimeOffset Start { get; init; }

    public long EndMs { get; init; }

    /// <summary>File the scenario was in, for its errors, and its text.</summary>
    public string? File { get; init; }

    public string? Scenario { get; init; }
}

/// <summary>Any other line of a trace: what it has tells what it is.</summary>
internal sealed record TraceRow
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    // Presses and the charger, the first line of each insole.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TraceDeed>? Deeds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? OutOfReach { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? OffFoot { get; init; }

    // A stretch of motion.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FromMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UntilMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? StillMg { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Motion { get; init; }

    // Skies.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sky { get; init; }

    // The last line.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rows { get; init; }
}

/// <summary>A press or a plug at a time, by the name a scenario gives it.</summary>
internal sealed record TraceDeed(long AtMs, string Deed);
