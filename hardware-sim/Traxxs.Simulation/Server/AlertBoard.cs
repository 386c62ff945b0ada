using Traxxs.Server.Alerts;
using Traxxs.Simulation.Scenarios;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Server;

/// <summary>
/// The alerts of a <see cref="ModelServer"/> and what became of each: ended by a rule, acknowledged and resolved by people, in the
/// steps that the server's own desk allows (first acknowledgement wins, what has ended stays so).
/// </summary>
internal sealed class AlertBoard
{
    private readonly List<Alert> _alerts = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public IReadOnlyList<Alert> All => _alerts;

    /// <summary>Takes in what an evaluation came to.</summary>
    public void Take(AlertBatch batch)
    {
        foreach (var alert in batch.Raised)
        {
            if (_index.TryAdd(alert.Id, _alerts.Count)) _alerts.Add(alert);
        }

        foreach (var end in batch.Ended) Change(end.AlertId, alert => Resolve(alert, "rule:" + end.Rule, batch.Now));
        foreach (var better in batch.Amended) Change(better.AlertId, alert => alert with { EventTime = better.EventTime, Position = better.Position ?? alert.Position });
    }

    /// <summary>Lets people do what they would have done by now. Returns the alerts that were acknowledged.</summary>
    public List<Alert> LetPeopleAct(IReadOnlyList<Supervisor> people, DateTimeOffset now)
    {
        var acknowledged = new List<Alert>();
        for (var i = 0; i < _alerts.Count && people.Count > 0; i++)
        {
            foreach (var person in people.Where(person => person.Minds(_alerts[i].DeviceId, _alerts[i].Rule)))
            {
                if (_alerts[i].State < AlertState.Acknowledged && IsTime(person.AcknowledgesAfter, _alerts[i], now))
                {
                    _alerts[i] = _alerts[i] with { State = AlertState.Acknowledged, AcknowledgedAt = now, AcknowledgedBy = person.Name };
                    acknowledged.Add(_alerts[i]);
                }

                if (IsTime(person.ResolvesAfter, _alerts[i], now)) _alerts[i] = Resolve(_alerts[i], person.Name, now);
            }
        }

        return acknowledged;
    }

    private void Change(string id, Func<Alert, Alert> change)
    {
        if (_index.TryGetValue(id, out var at)) _alerts[at] = change(_alerts[at]);
    }

    private static Alert Resolve(Alert alert, string who, DateTimeOffset now)
        => alert.State == AlertState.Resolved ? alert : alert with { State = AlertState.Resolved, ResolvedAt = now, ResolvedBy = who };

    private static bool IsTime(TimeSpan? after, Alert alert, DateTimeOffset now) => after is { } wait && now >= alert.RaisedAt + wait;
}
