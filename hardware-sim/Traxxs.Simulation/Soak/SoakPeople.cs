using Traxxs.Simulation.Scenarios;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Soak;

/// <summary>Lets people do with alerts, at the server's own desk, what they would have done by now; what it cannot keep they try again.</summary>
internal static class SoakPeople
{
    /// <summary>All people of a scenario.</summary>
    public static void Act(SoakServer server, Scenario scenario, SoakWatch watch)
    {
        if (server.Process is not { } process || scenario.Supervisors.Count == 0) return;
        var now = server.Time.GetUtcNow();
        foreach (var alert in watch.Alarms.Alerts.Where(alert => alert.State != AlertState.Resolved).ToList())
        {
            foreach (var person in scenario.Supervisors.Where(person => person.Minds(alert.DeviceId, alert.Rule)))
            {
                if (alert.State < AlertState.Acknowledged && IsTime(person.AcknowledgesAfter)) server.AlertsChanged |= process.Act(person.Name, alert.Id, ends: false);
                if (IsTime(person.ResolvesAfter)) server.AlertsChanged |= process.Act(person.Name, alert.Id, ends: true);
            }

            bool IsTime(TimeSpan? after) => after is { } wait && now >= alert.RaisedAt + wait;
        }
    }
}
