using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Support;

/// <summary>An engine on its own: no database, no clock. Keeps what was raised and ended.</summary>
internal sealed class RuleBench : IFixHistory
{
    private readonly List<AcceptedReport> _stored = [];
    private readonly AlertEngine _engine;

    public RuleBench(RuleOptions? options = null, params Geofence[] fences)
    {
        Book = new Book { Rules = RuleSet.From(options ?? new RuleOptions()) };
        Fences.Current = fences;
        _engine = new AlertEngine(AlertRules.All(Book, Fences, this), [], 0);
    }

    public Book Book { get; }

    public GeofenceCatalog Fences { get; } = new();

    public Dictionary<string, Alert> Raised { get; } = new(StringComparer.Ordinal);

    public List<AlertEnd> Ended { get; } = [];

    public List<AlarmProof> Proofs { get; } = [];

    public IEnumerable<string> OpenRules => Raised.Values.Where(alert => Ended.All(end => end.AlertId != alert.Id)).Select(alert => alert.Rule);

    public RuleBench Take(AcceptedReport report)
    {
        _stored.Add(report);
        Keep(_engine.Evaluate([report], report.Position, report.ServerTime));
        return this;
    }

    public RuleBench Tick(double nowS, double listeningSinceS = -1e6)
    {
        Keep(_engine.Tick(Reports.At(nowS), Reports.At(listeningSinceS)));
        return this;
    }

    public IReadOnlyList<ReportFix> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, long throughPosition) =>
    [
        .. _stored.Where(report => report.DeviceId == deviceId && report.Position <= throughPosition)
            .SelectMany(report => report.Fixes).Where(fix => fix.FixTime >= from && fix.FixTime <= to).OrderBy(fix => fix.FixTime),
    ];

    private void Keep(AlertBatch batch)
    {
        foreach (var alert in batch.Raised) Raised.TryAdd(alert.Id, alert);
        foreach (var amendment in batch.Amended)
        {
            Raised[amendment.AlertId] = Raised[amendment.AlertId] with { EventTime = amendment.EventTime };
        }

        Ended.AddRange(batch.Ended);
        Proofs.AddRange(batch.Proofs);
        _engine.Confirm(batch);
    }
}

/// <summary>Rules and working hours a test may change between two reports.</summary>
internal sealed class Book : IRuleBook
{
    public RuleSet Rules { get; set; } = RuleSet.Default;

    public Schedule? Shift { get; set; }

    /// <summary>Changes one rule.</summary>
    public void Set(string rule, Func<RuleSettings, RuleSettings> change) =>
        Rules = new RuleSet(RuleCatalogue.All.Select(item => KeyValuePair.Create(item.Name, item.Name == rule ? change(Rules[rule]) : Rules[item.Name])));

    public RuleSet RulesOf(string deviceId) => Rules;

    public Schedule? ShiftOf(string deviceId, DateTimeOffset at) => Shift;
}
