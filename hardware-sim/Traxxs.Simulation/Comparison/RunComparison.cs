using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Comparison;

/// <summary>Two runs of one scenario, number by number: what a change of the firmware, of its settings or of the seed has done.</summary>
public sealed record RunComparison
{
    /// <summary>Alerts are raised at the server's heartbeat: a difference of two of them is none, s.</summary>
    private const double AgeSlackS = 10;

    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The first run: what the second is held against.</summary>
    public required string A { get; init; }

    /// <summary>The second run.</summary>
    public required string B { get; init; }

    /// <summary>Seed of the first.</summary>
    public required ulong SeedA { get; init; }

    /// <summary>Seed of the second.</summary>
    public required ulong SeedB { get; init; }

    /// <summary>Whether both came to the same bytes.</summary>
    public required bool SameBytes { get; init; }

    /// <summary>How much worse a number may get, %.</summary>
    public required double MaxWorsePercent { get; init; }

    /// <summary>The numbers.</summary>
    public required IReadOnlyList<ComparedNumber> Numbers { get; init; }

    /// <summary>The alerts.</summary>
    public required IReadOnlyList<ComparedAlert> Alerts { get; init; }

    /// <summary>Expectations that changed.</summary>
    public required IReadOnlyList<ComparedExpectation> Expectations { get; init; }

    /// <summary>Everything in which the second run is worse, a sentence each.</summary>
    public IReadOnlyList<string> Worse =>
    [
        .. Expectations.Where(e => e.Change == Change.Worse).Select(e => $"{e.Meaning}: {e.A} before, now {e.B} ({e.Detail})"),
        .. Alerts.Where(a => a.Change == Change.Worse).Select(a => $"{a.DeviceId}, {a.Rule} alert {a.Number}: {a.Note}"),
        .. Numbers.Where(n => n.Change == Change.Worse).Select(n => $"{(n.DeviceId is { } device ? device + ", " : "")}{n.Name}: {Text(n.A)} before, now {Text(n.B)}"),
    ];

    /// <summary>Holds a run against another. Throws <see cref="InvalidDataException"/> where they are of different scenarios.</summary>
    public static RunComparison Of(StoredRun a, StoredRun b, double maxWorsePercent)
    {
        if (a.Result.Scenario != b.Result.Scenario) throw new InvalidDataException($"{a.Name} is a run of {a.Result.Scenario}, {b.Name} of {b.Result.Scenario}: only runs of one scenario can be compared");
        return new RunComparison
        {
            Scenario = a.Result.Scenario,
            A = a.Name,
            B = b.Name,
            SeedA = a.Result.Seed,
            SeedB = b.Result.Seed,
            SameBytes = a.Result.Hash == b.Result.Hash,
            MaxWorsePercent = maxWorsePercent,
            Numbers = [.. ComparedNumbers.Of(a.Result, b.Result).Select(number => number.Judge(maxWorsePercent))],
            Alerts = CompareAlerts(a.Result, b.Result, maxWorsePercent),
            Expectations = CompareExpectations(a.Result, b.Result),
        };
    }

    /// <summary>A number as people read it.</summary>
    public static string Text(double? value) => value is not { } known ? "nothing" : PlotWords.Number(known, Math.Abs(known) >= 1000 ? "N0" : Math.Abs(known) >= 100 || known == Math.Floor(known) ? "0.#" : "0.00#");

    private static List<ComparedAlert> CompareAlerts(ScenarioResult a, ScenarioResult b, double maxWorsePercent)
    {
        var pairs = new List<ComparedAlert>();
        var (before, now) = (a.Alerts.ToLookup(Key), b.Alerts.ToLookup(Key));
        foreach (var key in before.Select(group => group.Key).Union(now.Select(group => group.Key)).Order())
        {
            var (olds, news) = (before[key].ToList(), now[key].ToList());
            for (var i = 0; i < Math.Max(olds.Count, news.Count); i++) pairs.Add(Pair(key, i + 1, olds.ElementAtOrDefault(i), news.ElementAtOrDefault(i), maxWorsePercent));
        }

        return pairs;

        static (string DeviceId, string Rule) Key(RaisedAlert alert) => (alert.DeviceId, alert.Rule);
    }

    private static ComparedAlert Pair((string DeviceId, string Rule) key, int number, RaisedAlert? a, RaisedAlert? b, double maxWorsePercent)
    {
        var (ageA, ageB) = (a?.Age?.TotalSeconds, b?.Age?.TotalSeconds);
        if (b is null) return new ComparedAlert(key.DeviceId, key.Rule, number, ageA, null, Change.Worse, "it is no longer raised");
        if (a is null) return new ComparedAlert(key.DeviceId, key.Rule, number, null, ageB, Change.Changed, "it was not raised before");
        var change = new ComparedNumber("age", null, ageA, ageB) { Wanted = Wanted.Less, Slack = AgeSlackS }.Judge(maxWorsePercent).Change;
        var note = change == Change.Same ? "" : $"raised {Age(ageB)} after it happened, before {Age(ageA)}";
        return new ComparedAlert(key.DeviceId, key.Rule, number, ageA, ageB, change, note);

        static string Age(double? seconds) => seconds is { } known ? PlotWords.Span(known) : "an unknown time";
    }

    private static List<ComparedExpectation> CompareExpectations(ScenarioResult a, ScenarioResult b)
    {
        var before = a.Expectations.ToLookup(e => e.Text);
        var changed = new List<ComparedExpectation>();
        foreach (var (text, now) in b.Expectations.GroupBy(e => e.Text).SelectMany(group => group.Select((e, index) => ((group.Key, index), e))))
        {
            var old = before[text.Key].ElementAtOrDefault(text.index);
            if (old is not null && old.Passed == now.Passed) continue;
            var change = now.Passed == false ? Change.Worse : old?.Passed == false && now.Passed == true ? Change.Better : Change.Changed;
            changed.Add(new ComparedExpectation(now.Meaning, old is null ? "not expected" : Word(old.Passed), Word(now.Passed), change, now.Detail));
        }

        return changed;

        static string Word(bool? passed) => passed switch { true => "holds", false => "fails", null => "not checked" };
    }
}
