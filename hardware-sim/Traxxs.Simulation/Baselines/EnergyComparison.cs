using Traxxs.Protocol;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Baselines;

/// <summary>Our firmware on a scenario's day beside other ways of tracking, all on the same chips, sky, radio and energy table.</summary>
public sealed record EnergyComparison
{
    /// <summary>Reports accepted this close together went over one contact, ms.</summary>
    private const long OneContactMs = 60_000;

    /// <summary>Scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Our firmware first, then the others, the oracle last.</summary>
    public required IReadOnlyList<BaselineResult> Ways { get; init; }

    /// <summary>Our firmware.</summary>
    public BaselineResult Ours => Ways[0];

    /// <summary>Our charge over the oracle's.</summary>
    public double OverOracle => Math.Round(Ours.MAhPerDay / Ways[^1].MAhPerDay, 3);

    /// <summary>Runs all of them. The scenario's first device is the one compared; its faults strike only ours.</summary>
    public static EnergyComparison Of(Scenario scenario, ulong seed, Action<string>? progress = null)
    {
        progress?.Invoke("our firmware");
        using var finished = ScenarioRunner.Run(scenario, seed);
        var ours = finished.Result.Devices[0];
        var contacts = new List<long>();
        foreach (var frame in finished.Run.Rigs[0].Accepted)
        {
            if (contacts.Count == 0 || frame.TimeMs - contacts[^1] >= OneContactMs) contacts.Add(frame.TimeMs);
        }

        var days = finished.Result.VirtualSeconds / 86400;
        var ways = new List<BaselineResult>
        {
            new()
            {
                Name = "our firmware",
                Reasoning = "The firmware as it stands, with the profile of the scenario.",
                MAhPerDay = ours.MAhPerDay,
                Days = ours.ProjectedDays,
                PathCoveredPercent = ours.PathCoveredPercent ?? 0,
                Fixes = ours.Fixes,
                BytesOnAirPerDay = ours.BytesOnAirPerDay,
                EnergyMAh = ours.EnergyMAh.ToDictionary(part => part.Key, part => Math.Round(part.Value / days, 3)),
            },
        };
        progress?.Invoke("always-on GNSS");
        ways.Add(Strategies.AlwaysOn(new BaselineBoard(scenario, seed)));
        progress?.Invoke("fixed intervals");
        ways.Add(Strategies.Interval(new BaselineBoard(scenario, seed), scenario.Devices[0].Profile[SettingCode.FixIntervalS]));
        ways.Add(Strategies.Interval(new BaselineBoard(scenario, seed), 600));
        progress?.Invoke("oracle");
        ways.Add(Strategies.Oracle(new BaselineBoard(scenario, seed), contacts));
        return new EnergyComparison { Scenario = scenario.Name, Seed = seed, Ways = ways };
    }
}
