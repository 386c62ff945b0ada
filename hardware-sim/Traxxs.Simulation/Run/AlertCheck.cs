using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Run;

/// <summary>Holds the alerts of a run against those expected.</summary>
internal static class AlertCheck
{
    public static ExpectationResult Check(AlertExpectation expected, DateTimeOffset start, IReadOnlyList<RaisedAlert> alerts)
    {
        var found = alerts.Where(a => expected.Concerns(a.DeviceId) && a.Rule == expected.Rule).ToList();
        var fitting = found.Count(a => Fits(a, expected, start));
        var detail = found.Count == 0 ? "none raised" : string.Join("; ", found.Select(a => Describe(a, start)));
        return new ExpectationResult(expected.Text, fitting == expected.Times && (expected.EventAtMs is not null || found.Count == expected.Times), detail);
    }

    public static ExpectationResult NoOthers(Scenario scenario, IReadOnlyList<RaisedAlert> alerts)
    {
        var expected = scenario.Expectations.OfType<AlertExpectation>().ToList();
        var others = alerts.Where(a => !expected.Any(e => e.Concerns(a.DeviceId) && e.Rule == a.Rule && Fits(a, e, scenario.Start))).ToList();
        return new ExpectationResult("no other alerts", others.Count == 0, others.Count == 0 ? "none" : string.Join("; ", others.Select(a => Describe(a, scenario.Start))));
    }

    public static string Span(TimeSpan span) => $"{(span < TimeSpan.Zero ? "-" : "")}{(int)span.Duration().TotalHours}:{span.Duration():mm\\:ss}";

    private static bool Fits(RaisedAlert alert, AlertExpectation expected, DateTimeOffset start)
    {
        if (expected.EventAtMs is { } atMs && (alert.EventTime is not { } time || (time - start.AddMilliseconds(atMs)).Duration() > expected.Within)) return false;
        if (expected.Acknowledged is { } acknowledged && acknowledged != alert.AcknowledgedAt is not null) return false;
        if (expected.EndedBy is { } who && alert.EndedBy != who && alert.EndedBy != "rule:" + who) return false;
        return !(alert.Age > expected.RaisedWithin) && !(alert.Age < expected.AgeAtLeast) && !(alert.Age is null && (expected.RaisedWithin ?? expected.AgeAtLeast) is not null);
    }

    private static string Describe(RaisedAlert alert, DateTimeOffset start)
    {
        var happened = alert.EventTime is { } time ? $"happened {Span(time - start)}, " : "";
        var acknowledged = alert.AcknowledgedAt is { } at ? $", acknowledged {Span(at - start)}" : "";
        var ended = alert.EndedBy is { } who ? $", ended by {who}" : "";
        return $"{alert.DeviceId} {alert.Rule}: {happened}raised {Span(alert.RaisedAt - start)}{acknowledged}{ended}";
    }
}
