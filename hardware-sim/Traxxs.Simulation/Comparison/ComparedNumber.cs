using System.Text.Json.Serialization;

namespace Traxxs.Simulation.Comparison;

/// <summary>Which way a number should go.</summary>
public enum Wanted
{
    /// <summary>The less, the better.</summary>
    Less,

    /// <summary>The more, the better.</summary>
    More,

    /// <summary>Neither: it is shown, not judged.</summary>
    Neither,
}

/// <summary>What became of a number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Change>))]
public enum Change
{
    /// <summary>As it was, within the bounds.</summary>
    [JsonStringEnumMemberName("same")]
    Same,

    /// <summary>Better beyond the bounds.</summary>
    [JsonStringEnumMemberName("better")]
    Better,

    /// <summary>Worse beyond the bounds.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,

    /// <summary>Another, and nobody judges it.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,
}

/// <summary>A number of two runs.</summary>
/// <param name="Name">What, with its unit.</param>
/// <param name="DeviceId">Of which insole; null for the run.</param>
/// <param name="A">Of the first run; null where it had nothing to measure.</param>
/// <param name="B">Of the second.</param>
public sealed record ComparedNumber(string Name, string? DeviceId, double? A, double? B)
{
    /// <summary>Which way it should go.</summary>
    [JsonIgnore]
    public Wanted Wanted { get; init; }

    /// <summary>A difference up to this is chance or rounding, whatever its share.</summary>
    public double Slack { get; init; }

    /// <summary>What became of it.</summary>
    public Change Change { get; init; }

    /// <summary>Change from A to B, % of A; null where that says nothing.</summary>
    public double? Percent => A is { } a && B is { } b && a != 0 ? Math.Round(100 * (b - a) / Math.Abs(a), 2) : null;

    /// <summary>
    /// The same with what became of it: worse or better only by more than the slack and by more than a share of A, %.
    /// </summary>
    internal ComparedNumber Judge(double maxWorsePercent)
    {
        if (A is not { } a || B is not { } b) return this with { Change = A == B ? Change.Same : A is not null && Wanted != Wanted.Neither ? Change.Worse : Change.Changed };
        if (Wanted == Wanted.Neither) return this with { Change = a == b ? Change.Same : Change.Changed };
        var worseBy = Wanted == Wanted.Less ? b - a : a - b;
        var beyond = Math.Abs(worseBy) > Slack && Math.Abs(worseBy) > Math.Abs(a) * maxWorsePercent / 100;
        return this with { Change = !beyond ? Change.Same : worseBy > 0 ? Change.Worse : Change.Better };
    }
}

/// <summary>An alert of two runs: the n-th of its rule at an insole.</summary>
/// <param name="DeviceId">Insole.</param>
/// <param name="Rule">Rule.</param>
/// <param name="Number">Which of its kind, from 1.</param>
/// <param name="AgeA">How old the news was in the first run, s; null where it did not say, or there was none.</param>
/// <param name="AgeB">The same in the second.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Note">In words, where it is not the same.</param>
public sealed record ComparedAlert(string DeviceId, string Rule, int Number, double? AgeA, double? AgeB, Change Change, string Note);

/// <summary>An expectation that the two runs do not answer alike.</summary>
/// <param name="Meaning">In words.</param>
/// <param name="A">How it stood in the first run.</param>
/// <param name="B">How it stands in the second.</param>
/// <param name="Change">Worse where it no longer holds.</param>
/// <param name="Detail">What the second run found.</param>
public sealed record ComparedExpectation(string Meaning, string A, string B, Change Change, string Detail);
