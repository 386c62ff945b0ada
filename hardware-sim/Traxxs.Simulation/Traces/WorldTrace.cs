using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Traces;

/// <summary>
/// What the world did to the insoles of one run, at their chips: motion, sky, network, presses. Replayed it does the same to another
/// firmware, another configuration, another chance of chips and link.
/// </summary>
public sealed record WorldTrace
{
    /// <summary>Chance of the run that was recorded.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How long was recorded, ms.</summary>
    public required long EndMs { get; init; }

    /// <summary>What was run: its people are the truth that fixes are held against, its faults strike again.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The world of each insole.</summary>
    public required IReadOnlyDictionary<string, RigWorld> Worlds { get; init; }

    /// <summary>
    /// The run to replay: all of the recorded scenario, with the insoles' settings and batteries, the supervisors and the expectations of
    /// another one where one is given.
    /// </summary>
    /// <exception cref="InvalidDataException">The other scenario has an insole that was not recorded.</exception>
    public Scenario With(Scenario? other)
    {
        if (other is null) return Scenario;
        foreach (var device in other.Devices)
        {
            if (!Worlds.ContainsKey(device.Id)) throw new InvalidDataException($"the trace has no insole '{device.Id}'; it has {string.Join(", ", Worlds.Keys)}");
        }

        return Scenario with
        {
            Name = other.Name,
            About = other.About,
            Supervisors = other.Supervisors,
            Expectations = other.Expectations,
            Devices = [.. other.Devices.Select(device => device with { Wearer = Scenario.Devices.First(recorded => recorded.Id == device.Id).Wearer })],
        };
    }
}
