using System.Globalization;
using Traxxs.Server.Firmware;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Expectations as sentences, for people who have not written the scenario.</summary>
internal static class ExpectationWords
{
    public static string Of(Expectation expectation, DateTimeOffset start) => expectation switch
    {
        AlertExpectation alert => Alert(alert, start),
        FeltExpectation felt => Felt(felt, start) + By(felt),
        QuantityExpectation quantity => Bound(quantity) + By(quantity),
        UpdateExpectation update => $"firmware {ImageVersion.Of(update.Version)} is {UpdateWords.Of(update.Outcome)}{(update.Within is { } soon ? $" within {PlotWords.Span(soon.TotalSeconds)} of its offer" : "")}" + By(update),
        NoOtherAlertsExpectation => "no alert but those expected here",
        _ => expectation.Text,
    };

    /// <summary>A time of the run on the wall's clock.</summary>
    public static string Clock(long timeMs, DateTimeOffset start)
        => start.AddMilliseconds(timeMs).ToString(start.Date == start.AddMilliseconds(timeMs).Date ? "HH:mm:ss" : "MMM d, HH:mm:ss", CultureInfo.InvariantCulture);

    private static string By(Expectation expectation) => expectation.DeviceId is { } device ? $" ({device})" : " (every insole)";

    private static string Alert(AlertExpectation alert, DateTimeOffset start)
    {
        if (alert.Times == 0) return $"no {alert.Rule} alert" + By(alert);
        List<string> parts = [alert.Times == 1 ? $"one {alert.Rule} alert" : $"{alert.Times} {alert.Rule} alerts"];
        if (alert.EventAtMs is { } atMs) parts[0] += $" for what happens at {Clock(atMs, start)} ({AlertCheck.Span(TimeSpan.FromMilliseconds(atMs))} ±{PlotWords.Span(alert.Within.TotalSeconds)})";
        if (alert.RaisedWithin is { } soon) parts.Add($"raised within {PlotWords.Span(soon.TotalSeconds)}");
        if (alert.AgeAtLeast is { } old) parts.Add($"owning up to an age of at least {PlotWords.Span(old.TotalSeconds)}");
        if (alert.Acknowledged is { } acknowledged) parts.Add(acknowledged ? "acknowledged by a person" : "acknowledged by nobody");
        if (alert.EndedBy is { } who) parts.Add($"ended by {who}");
        return string.Join(", ", parts) + By(alert);
    }

    private static string Felt(FeltExpectation felt, DateTimeOffset start)
    {
        var pattern = PlotWords.Plain(felt.Pattern);
        var when = (felt.AfterMs > 0, felt.BeforeMs < long.MaxValue) switch
        {
            (true, true) => $" between {Clock(felt.AfterMs, start)} and {Clock(felt.BeforeMs, start)}",
            (true, false) => $" after {Clock(felt.AfterMs, start)}",
            (false, true) => $" before {Clock(felt.BeforeMs, start)}",
            _ => "",
        };
        return felt.Times == 0 ? $"the wearer never feels \"{pattern}\"{when}"
            : $"the wearer feels \"{pattern}\"{(felt.Times > 1 ? $" at least {felt.Times} times" : "")}{when}";
    }

    private static string Bound(QuantityExpectation expected)
    {
        var least = expected.AtLeast is not null;
        var bound = expected.AtLeast ?? expected.AtMost ?? 0;
        var number = (least ? "at least " : "at most ") + PlotWords.Number(bound, "0.##");
        string Count(string one, string many) => $"{number} {(bound == 1 ? one : many)}";
        var share = expected.Percentile >= 100 ? "every" : $"{PlotWords.Number(expected.Percentile, "0.##")} % of the";
        return expected.Quantity switch
        {
            Quantity.Energy => $"{number} mAh used a day",
            Quantity.Battery => $"{number} % left in the cell at the end",
            Quantity.Fixes => Count("fix stored", "fixes stored"),
            Quantity.Reports => Count("report stored", "reports stored"),
            Quantity.Dropped => Count("report dropped for want of room", "reports dropped for want of room"),
            Quantity.Starts => Count("start of the firmware", "starts of the firmware"),
            Quantity.Searches => Count("search of the receiver", "searches of the receiver"),
            Quantity.PositionError => expected.Percentile >= 100 ? $"every stored fix within {PlotWords.Number(bound, "0.##")} m of the truth" : $"{share} stored fixes within {PlotWords.Number(bound, "0.##")} m of the truth",
            Quantity.PathCovered => $"{number} % of the way within {PlotWords.Number(expected.WithinM, "0.##")} m of the stored track",
            Quantity.Latency => expected.Percentile >= 100 ? $"every report stored within {PlotWords.Span(bound)}" : $"{share} reports stored within {PlotWords.Span(bound)}",
            Quantity.StepError => $"steps counted within {PlotWords.Number(bound, "0.##")} %",
            _ => expected.Text,
        };
    }
}
