using Traxxs.Cli.Replay;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Simulation.Fleet;

namespace Traxxs.Cli.Sim;

/// <summary>Alerts of one rule, counted by insoles: what their days called for, what they noticed, what the server made of that.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Called">Insoles whose day calls for one: a fall, a press of SOS.</param>
/// <param name="Alarmed">Insoles that noticed and put the alarm into a report. A fall may be one that the firmware does not take for one.</param>
/// <param name="Raised">Of those, insoles with an alert.</param>
/// <param name="Others">Insoles with an alert of the rule that have sent no such alarm; usual where the rule judges by something else.</param>
internal readonly record struct SimFleetAlerts(string Rule, int Called, int Alarmed, int Raised, int Others)
{
    private static readonly Dictionary<EventCode, string> Alarms = new()
    {
        [EventCode.Sos] = AlertRuleName.Sos,
        [EventCode.ManDown] = AlertRuleName.ManDown,
    };

    /// <summary>Whether every alarm became an alert, and every press of SOS an alarm.</summary>
    public bool Holds => Raised == Alarmed && (Rule != AlertRuleName.Sos || Alarmed >= Called);

    /// <summary>The row as a person reads it.</summary>
    internal string Words => Called + Alarmed == 0 ? $"{Rule} {Others}" : $"{Rule} {Raised} of {Alarmed} that insoles sent ({Called} in their days){(Others > 0 ? $" and {Others} others" : "")}";

    /// <summary>Holds the server's alerts against the fleet's days and reports, a row a rule.</summary>
    public static List<SimFleetAlerts> Of(FleetRun fleet, IReadOnlyList<ApiAlert> alerts)
    {
        var nowMs = fleet.Moment().FleetMs; // a fleet that was stopped has not lived all its days
        var called = fleet.Insoles.Where(insole => insole.Member.Emergency is not null && insole.Member.EmergencyMs <= nowMs).Select(insole => (insole.Member.Emergency!, insole.Rig.DeviceId)).ToHashSet();
        var alarmed = fleet.Insoles.SelectMany(AlarmsOf).ToHashSet();
        var ids = fleet.Insoles.Select(insole => insole.Rig.DeviceId).ToHashSet(StringComparer.Ordinal);
        var raised = alerts.Where(alert => ids.Contains(alert.DeviceId)).Select(alert => (alert.Rule, alert.DeviceId)).ToHashSet();
        var rules = called.Concat(alarmed).Concat(raised).Select(one => one.Item1).Distinct().Order(StringComparer.Ordinal);
        return [.. rules.Select(rule => Row(rule, OfRule(rule, called), OfRule(rule, alarmed), OfRule(rule, raised)))];

        static HashSet<string> OfRule(string rule, HashSet<(string Rule, string DeviceId)> all) => [.. all.Where(one => one.Rule == rule).Select(one => one.DeviceId)];
    }

    private static SimFleetAlerts Row(string rule, HashSet<string> called, HashSet<string> alarmed, HashSet<string> raised)
        => new(rule, called.Count, alarmed.Count, alarmed.Count(raised.Contains), raised.Count(id => !alarmed.Contains(id)));

    private static IEnumerable<(string Rule, string DeviceId)> AlarmsOf(FleetInsole insole)
    {
        var (reader, report) = (new ReportReader(), new Report());
        foreach (var frame in insole.Rig.Accepted)
        {
            if (reader.Read(frame.Frame, 0, frame.Frame.Length, report) != DecodeResult.Ok) continue;
            for (var i = 0; i < report.EventCount; i++)
            {
                if (Alarms.TryGetValue(report.EventCodes[i], out var rule)) yield return (rule, insole.Rig.DeviceId);
            }
        }
    }
}
