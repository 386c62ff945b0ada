using System.Globalization;

namespace Traxxs.Cli.Sim;

/// <summary>What a fleet came to. Null: not to be seen from here.</summary>
internal sealed record SimFleetResult
{
    public required int Insoles { get; init; }

    public required double Minutes { get; init; }

    public required double Speed { get; init; }

    public required ulong Seed { get; init; }

    public required double WallSeconds { get; init; }

    /// <summary>Reports that reached an insole's flash.</summary>
    public required long AcceptedReports { get; init; }

    /// <summary>Those that the server acknowledged and the insole deleted, where the store is not to be seen.</summary>
    public required long AcknowledgedReports { get; init; }

    public required long? StoredReports { get; init; }

    public required long? Duplicates { get; init; }

    public required long? Lost { get; init; }

    /// <summary>Reports that insoles dropped because their flash was full.</summary>
    public required long Dropped { get; init; }

    /// <summary>Reports that insoles still hold.</summary>
    public required long Waiting { get; init; }

    public required IReadOnlyList<SimFleetAlerts>? Alerts { get; init; }

    public required long Steps { get; init; }

    public required double LateStepsPercent { get; init; }

    public required double WorstLagMs { get; init; }

    public required long Connects { get; init; }

    public required long ConnectFailures { get; init; }

    public required string? Problem { get; init; }

    public required int ConnectionsMost { get; init; }

    /// <summary>Processor seconds a second, of the fleet and of its server.</summary>
    public required double FleetCpu { get; init; }

    public required double? ServerCpu { get; init; }

    public required double FleetMegabytes { get; init; }

    public required double? ServerMegabytes { get; init; }

    public required bool Stopped { get; init; }

    /// <summary>Whether it kept up and everything came through once.</summary>
    public bool Holds => !Stopped && Waiting == 0 && (Lost ?? 0) == 0 && (Duplicates ?? 0) == 0 && (StoredReports ?? AcceptedReports) == AcceptedReports
        && LateStepsPercent <= LateMaxPercent && (Alerts?.All(rule => rule.Holds) ?? true);

    /// <summary>Most steps that may run more than a second late, %.</summary>
    public required double LateMaxPercent { get; init; }

    public string InWords()
    {
        var line = CultureInfo.InvariantCulture;
        var words = new List<string>
        {
            string.Create(line, $"{Insoles} insoles lived {Minutes:0.#} minutes at {Speed:0.#} times real time in {WallSeconds:0} s{(Stopped ? ", stopped early" : "")}"),
            StoredReports is { } stored
                ? string.Create(line, $"reports: {AcceptedReports} accepted, {stored} stored, {Duplicates} doubled, {Lost} lost, {Waiting} still held, {Dropped} dropped by full insoles")
                : string.Create(line, $"reports: {AcceptedReports} accepted, {AcknowledgedReports} acknowledged, {Waiting} still held; the server's store is not seen from here"),
        };
        words.Add(Alerts is null ? "alerts: not seen from here (give --api and --token-file)"
            : Alerts.Count == 0 ? "alerts: none called for, none raised"
            : "alerts: " + string.Join(", ", Alerts.Select(rule => rule.Words)));
        words.Add(string.Create(line, $"pace: {Steps} steps of the firmware, {LateStepsPercent:0.###} % more than a second late, worst {WorstLagMs:0} ms"));
        words.Add(string.Create(line, $"connections: {Connects} made, {ConnectFailures} failed, {ConnectionsMost} at most at a time{(Problem is null ? "" : $"; last problem: {Problem}")}"));
        var server = ServerCpu is { } cpu ? string.Create(line, $", server {cpu * 100:0} % and {ServerMegabytes:0} MB") : "";
        words.Add(string.Create(line, $"cost: fleet {FleetCpu * 100:0} % of a core and {FleetMegabytes:0} MB{server}"));
        return string.Join(Environment.NewLine, words);
    }
}
