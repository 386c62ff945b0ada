using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Soak;

/// <summary>Whether an ordinary scenario fails at an expectation.</summary>
/// <param name="expectation">The expectation's words, as <c>sim run</c> prints them.</param>
/// <param name="seed">Chance of everything.</param>
/// <param name="folder">Where track files that the scenario names are looked for.</param>
public sealed class ExpectationFailing(string expectation, ulong seed, string folder) : IScenarioFailing
{
    /// <summary>What does not hold in a scenario, in words. Throws <see cref="ScenarioException"/>.</summary>
    public static IReadOnlyList<string> FailuresOf(string text, ulong seed, string folder, CancellationToken cancellation)
    {
        using var finished = ScenarioRunner.Run(ScenarioFile.Parse("cut.yaml", text, folder), seed, cancellation: cancellation);
        return [.. finished.Result.Expectations.Where(one => one.Passed == false).Select(one => one.Text)];
    }

    /// <summary>
    /// What must not be cut for a failure to mean what it meant: the expectations, and where one speaks of an alert or of what the
    /// wearer felt, the day that is to bring it about.
    /// </summary>
    public static IReadOnlySet<string> KeptFor(string text, string expectation, string folder)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal) { "expect" };
        var meant = ScenarioFile.Parse("cut.yaml", text, folder).Expectations.FirstOrDefault(one => one.Text == expectation);
        if (meant is AlertExpectation or FeltExpectation or NoOtherAlertsExpectation) kept.UnionWith(["day", "duration"]);
        return kept;
    }

    /// <inheritdoc/>
    public bool StillFails(string text, CancellationToken cancellation)
    {
        try
        {
            return FailuresOf(text, seed, folder, cancellation).Contains(expectation);
        }
        catch (ScenarioException)
        {
            return false;
        }
    }
}
