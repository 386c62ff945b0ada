namespace Traxxs.Simulation.Tests.Soak;

/// <summary>Plans that bring one thing about.</summary>
internal static class SoakPlans
{
    /// <summary>An hour of one wearer who calls for help twice, with faults as given, one a line.</summary>
    public static string WithFaults(params string[] faults) => $$"""
        name: planted
        seed: 7
        store: memory
        duration: 1h
        people:
          - name: Ann
            route: { end: back, points: [[52.0, 5.1], [52.01, 5.11]] }
            day: [ stand 5m, walk 10m, press sos, sit 15m, press sos, walk 10m, sit 20m ]
        devices:
          - { id: ann, wearer: Ann, profile: { batchAgeS: 60, heartbeatS: 120, stopReportS: 30, alarmRetryS: 30 } }
        faults: [{{string.Join(", ", faults.Select(fault => $"{{ {fault} }}"))}}]
        """ + "\n";
}
