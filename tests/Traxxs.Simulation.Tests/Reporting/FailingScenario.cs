using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Reporting;

/// <summary>A run in which much goes wrong by plan, and nearly nothing comes as expected.</summary>
internal static class FailingScenario
{
    private const string Text = """
        name: fails
        about: What must not be & is.
        start: 2026-03-02T08:00:00Z
        places:
          - { name: "cellar <b>", kind: dead-zone, centre: [52.0060, 5.1020], radius: 90 }
          - { name: yard, kind: geofence, area: [[51.99, 5.09], [52.02, 5.09], [52.02, 5.12]] }
        people:
          - name: "Cleo <i>"
            route: { end: back, points: [[52.0000, 5.1000], [52.0060, 5.1020], [52.007, 5.109]] }
            day: [ stand 2m, walk 30m, press sos, stand 4m, run 10m, sit 30m ]
        devices: [ { id: cleo, wearer: "Cleo <i>" } ]
        faults:
          - { fault: gnss-lies, from: 20m, to: 26m, north: 300 }
          - { fault: power-cut, at: 28m }
          - { fault: link-loss, from: 5m, to: 50m, percent: 60 }
        supervisors: [ { name: Sam, alert: sos, acknowledges-after: 5m } ]
        expect:
          - { alert: sos, device: cleo, at: 20m, within: 15s, raised-within: 2m }
          - { alert: man-down, device: cleo, at: 40m }
          - no other alerts
          - { felt: alarm-acknowledged, device: cleo, after: 33m, before: 34m }
          - { energy-at-most: 3 }
          - { path-covered-at-least: 99.9 }
          - { position-error-at-most: 5, percentile: 95 }
          - { latency-at-most: 1s }
          - { starts-at-most: 1 }
        """;

    public static FinishedRun Run(ulong seed = 1) => ScenarioRunner.Run(ScenarioFile.Parse("fails.yaml", Text), seed);
}
