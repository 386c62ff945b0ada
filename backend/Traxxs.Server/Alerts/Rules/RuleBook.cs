using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>
/// Keeps what organisations set of their rules: in the database for good, in memory for the rules. Working hours are read
/// from the wearers and kept for half a minute, so that a rule that looks four times a second costs no reading.
/// </summary>
public sealed class RuleBook : IRuleBook
{
    private static readonly TimeSpan ShiftsKept = TimeSpan.FromSeconds(30);

    private readonly ServiceDatabase _database;
    private readonly DeviceDirectory _directory;
    private readonly RuleSet _usual;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Shifts> _shifts = new(StringComparer.Ordinal);
    private volatile IReadOnlyDictionary<string, RuleSet> _rules = new Dictionary<string, RuleSet>();

    /// <summary>A book over what is stored.</summary>
    /// <param name="database">Where settings are kept.</param>
    /// <param name="directory">Whose a device is.</param>
    /// <param name="usual">What holds where an organisation set nothing.</param>
    /// <param name="clock">Dates changes.</param>
    public RuleBook(ServiceDatabase database, DeviceDirectory directory, RuleSet usual, TimeProvider clock)
    {
        (_database, _directory, _usual, _clock) = (database, directory, usual, clock);
        Refresh();
    }

    /// <summary>An organisation's rules changed. Called after the commit.</summary>
    public event Action<string>? Changed;

    /// <inheritdoc/>
    public RuleSet RulesOf(string deviceId) => _rules.GetValueOrDefault(_directory.OrgOf(deviceId), _usual);

    /// <inheritdoc/>
    public Schedule? ShiftOf(string deviceId, DateTimeOffset at)
    {
        var now = _clock.GetUtcNow();
        if (!_shifts.TryGetValue(deviceId, out var shifts) || now - shifts.ReadAt > ShiftsKept || now < shifts.ReadAt)
        {
            shifts = _shifts[deviceId] = Read(deviceId, now, shifts);
        }

        return shifts.Spans.FirstOrDefault(span => span.Assignment.Covers(at)).Hours;
    }

    /// <summary>An organisation's rules as they hold, with the version they have.</summary>
    public (int Version, JsonArray Rules) Get(string org)
    {
        var record = _database.Read(session => session.RuleSettings.Find(org));
        if (record is null) return (0, RuleJson.Write(_usual));
        using var written = JsonDocument.Parse(record.Definition);
        return (record.Version, RuleJson.Write(RuleJson.Read(written.RootElement, _usual, stored: true), written.RootElement));
    }

    /// <summary>Sets an organisation's rules; <see cref="FormatException"/> names what is wrong. False where another version holds than the one meant.</summary>
    public bool Set(string org, JsonElement json, int? meant, string who)
    {
        var rules = RuleJson.Read(json, _usual);
        var before = _rules.GetValueOrDefault(org, _usual);
        var changed = RuleCatalogue.All.Select(rule => rule.Name).Where(name => !Same(before[name], rules[name]));
        var set = _database.Write(session =>
        {
            var known = session.RuleSettings.Find(org);
            if (meant is { } version && version != (known?.Version ?? 0)) return false;
            var definition = new JsonObject { ["rules"] = RuleJson.Write(rules, json) }.ToJsonString();
            session.RuleSettings.Put(new RuleSettingsRecord(org, (known?.Version ?? 0) + 1, definition, _clock.GetUtcNow()));
            session.Audit.Add(org, _clock.GetUtcNow(), who, "rules.changed", $"organisation:{org}", string.Join(", ", changed));
            return true;
        });
        if (!set) return false;
        Refresh();
        Changed?.Invoke(org);
        return true;
    }

    // A schedule written again is taken for a changed one: the audit log rather names a rule too many.
    private static bool Same(RuleSettings a, RuleSettings b) =>
        a.Enabled == b.Enabled && a.Severity == b.Severity && ReferenceEquals(a.Schedule, b.Schedule) && a.Parameters.All(pair => b.Of(pair.Key) == pair.Value);

    /// <summary>Reads anew what is stored: another process may have changed it.</summary>
    public void Refresh() => _rules = _database.Read(session => session.RuleSettings.List(null)).ToDictionary(record => record.Org, record =>
    {
        using var json = JsonDocument.Parse(record.Definition);
        return RuleJson.Read(json.RootElement, _usual, stored: true);
    }, StringComparer.Ordinal);

    private Shifts Read(string deviceId, DateTimeOffset now, Shifts? before) => _database.Read(session => new Shifts(now,
    [
        .. session.Assignments.OfDevice(deviceId).Select(assignment =>
        {
            var text = session.Wearers.Find(null, assignment.WearerId)?.WorkingHours;
            var known = before?.Spans.FirstOrDefault(span => span.Assignment.Number == assignment.Number) ?? default;
            // The same schedule stays the same object: it remembers its last answer.
            return (assignment, text, text is null ? null : known.Text == text ? known.Hours : Parse(text));
        }),
    ]));

    private static Schedule? Parse(string text)
    {
        using var json = JsonDocument.Parse(text);
        return ScheduleJson.Read(json.RootElement, "workingHours", stored: true);
    }

    private sealed record Shifts(DateTimeOffset ReadAt, IReadOnlyList<(Assignment Assignment, string? Text, Schedule? Hours)> Spans);
}
