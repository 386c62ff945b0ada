using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Holds the alerts of a run against those expected.</summary>
internal static class AlertCheck
{
    public static ExpectationResult Check(AlertExpectation expected, DateTimeOffset start, IReadOnlyList<RaisedAlert> alerts)
    {
        var found = alerts.Where(a => expected.Concerns(a.DeviceId) && a.Rule == expected.Rule).ToList();
        var fitting = found.Count(a => Misfit(a, expected, start) is null);
        var passed = fitting == expected.Times && (expected.EventAtMs is not null || found.Count == expected.Times);
        var detail = found.Count == 0 ? "none raised" : string.Join("; ", found.Select(a => Describe(a, start) + (passed ? "" : $" ({Misfit(a, expected, start) ?? "fits"})")));
        return new ExpectationResult(expected.Text, passed, detail);
    }

    public static ExpectationResult NoOthers(Scenario scenario, IReadOnlyList<RaisedAlert> alerts)
    {
        var others = Others(scenario, alerts);
        return new ExpectationResult("no other alerts", others.Count == 0, others.Count == 0 ? "none" : string.Join("; ", others.Select(a => Describe(a, scenario.Start))));
    }

    public static List<RaisedAlert> Others(Scenario scenario, IReadOnlyList<RaisedAlert> alerts)
    {
        var expected = scenario.Expectations.OfType<AlertExpectation>().ToList();
        return [.. alerts.Where(a => !expected.Any(e => e.Concerns(a.DeviceId) && e.Rule == a.Rule && Misfit(a, e, scenario.Start) is null))];
    }

    public static string Span(TimeSpan span) => $"{(span < TimeSpan.Zero ? "-" : "")}{(int)span.Duration().TotalHours}:{span.Duration():mm\\:ss}";

    // Why an alert is not the one expected; null where it is.
    private static string? Misfit(RaisedAlert alert, AlertExpectation expected, DateTimeOffset start)
    {
        if (expected.EventAtMs is { } atMs && alert.EventTime is not { }) return $"it does not say when it happened, {Span(TimeSpan.FromMilliseconds(atMs))} was expected";
        if (expected.EventAtMs is { } planned && alert.EventTime is { } time && (time - start.AddMilliseconds(planned)).Duration() is var off && off > expected.Within)
        {
            return $"{Span(off)} away from {Span(TimeSpan.FromMilliseconds(planned))}, at most {Span(expected.Within)} was expected";
        }

        if (alert.Age is null && (expected.RaisedWithin ?? expected.AgeAtLeast) is not null) return "it has no age";
        if (alert.Age > expected.RaisedWithin) return $"raised {Span(alert.Age.Value)} after it happened, at most {Span(expected.RaisedWithin.Value)} was expected";
        if (alert.Age < expected.AgeAtLeast) return $"it says to be {Span(alert.Age.Value)} old, at least {Span(expected.AgeAtLeast.Value)} was expected";
        if (expected.Acknowledged is { } acknowledged && acknowledged != alert.AcknowledgedAt is not null) return acknowledged ? "nobody acknowledged it" : "somebody acknowledged it";
        if (expected.EndedBy is { } who && alert.EndedBy != who && alert.EndedBy != "rule:" + who) return alert.EndedBy is null ? $"it stands open, {who} was to end it" : $"{who} was to end it";
        return null;
    }

    // On the clock, and as scenarios count.
    private static string When(DateTimeOffset time, DateTimeOffset start) => $"{ExpectationWords.Clock((long)(time - start).TotalMilliseconds, start)} ({Span(time - start)})";

    private static string Describe(RaisedAlert alert, DateTimeOffset start)
    {
        var happened = alert.EventTime is { } time ? $"happened {When(time, start)}, " : "";
        var acknowledged = alert.AcknowledgedAt is { } at ? $", acknowledged {When(at, start)}" : "";
        var ended = alert.EndedBy is { } who ? $", ended by {who}" : "";
        return $"{alert.DeviceId} {alert.Rule}: {happened}raised {When(alert.RaisedAt, start)}{acknowledged}{ended}";
    }
}
