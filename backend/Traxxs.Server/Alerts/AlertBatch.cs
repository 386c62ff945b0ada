using System.Security.Cryptography;
using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// What one evaluation came to: to be committed whole, in one transaction, or not at all.
/// </summary>
/// <param name="now">Server time of the evaluation.</param>
/// <param name="cursorBefore">Position the engine had read to before.</param>
public sealed class AlertBatch(DateTimeOffset now, long cursorBefore)
{
    private readonly Dictionary<string, DeviceRuleState> _states = new(StringComparer.Ordinal);

    /// <summary>Server time of the evaluation.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Position read to before this batch.</summary>
    public long CursorBefore { get; } = cursorBefore;

    /// <summary>Position read to with this batch.</summary>
    public long Cursor { get; internal set; } = cursorBefore;

    /// <summary>New alerts.</summary>
    public List<Alert> Raised { get; } = [];

    /// <summary>Alerts that end by a written rule.</summary>
    public List<AlertEnd> Ended { get; } = [];

    /// <summary>Alerts whose true time became better known.</summary>
    public List<AlertAmendment> Amended { get; } = [];

    /// <summary>Reports whose alarms stand as alerts with this batch: the device gets its proof.</summary>
    public List<AlarmProof> Proofs { get; } = [];

    /// <summary>Devices a rule failed on as time passed: nothing of them is in the batch.</summary>
    public List<(string DeviceId, Exception Error)> Failed { get; } = [];

    /// <summary>Devices whose remembered state changed, with the new one.</summary>
    public IReadOnlyDictionary<string, DeviceRuleState> States => _states;

    /// <summary>Whether there is nothing to commit.</summary>
    public bool IsEmpty => Cursor == CursorBefore && _states.Count == 0 && Raised.Count == 0 && Ended.Count == 0 && Amended.Count == 0;

    /// <summary>Raises an alert and gives its id. The same key gives the same id, and the database keeps the first.</summary>
    internal string Raise(string rule, string deviceId, string cause, AlertSeverity severity, string summary, AlertCause origin)
    {
        var key = KeyOf(rule, deviceId, cause);
        var alert = new Alert
        {
            Id = IdOf(key),
            Key = key,
            DeviceId = deviceId,
            Rule = rule,
            Severity = severity,
            RaisedAt = Now,
            EventTime = origin.EventTime,
            Position = origin.Position,
            Epoch = origin.Epoch,
            Sequence = origin.Sequence,
            Subject = origin.Subject,
            Summary = summary,
        };
        Raised.Add(alert);
        return alert.Id;
    }

    /// <summary>The id an alert of this cause has.</summary>
    internal static string IdOf(string rule, string deviceId, string cause) => IdOf(KeyOf(rule, deviceId, cause));

    /// <summary>How much is in it, for <see cref="Back"/>.</summary>
    internal (int Raised, int Ended, int Amended, int Proofs) Mark() => (Raised.Count, Ended.Count, Amended.Count, Proofs.Count);

    /// <summary>Takes out what was put in since.</summary>
    internal void Back((int Raised, int Ended, int Amended, int Proofs) mark)
    {
        Raised.RemoveRange(mark.Raised, Raised.Count - mark.Raised);
        Ended.RemoveRange(mark.Ended, Ended.Count - mark.Ended);
        Amended.RemoveRange(mark.Amended, Amended.Count - mark.Amended);
        Proofs.RemoveRange(mark.Proofs, Proofs.Count - mark.Proofs);
    }

    internal void Put(string deviceId, DeviceRuleState state) => _states[deviceId] = state;

    internal bool TryGet(string deviceId, out DeviceRuleState state) => _states.TryGetValue(deviceId, out state!);

    private static string KeyOf(string rule, string deviceId, string cause) => $"{rule}|{deviceId}|{cause}";

    // 80 bits: two causes would have to meet by chance among 10^12 alerts; short enough to read out over a telephone.
    private static string IdOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 10));
}

/// <summary>Where an alert comes from, as far as known.</summary>
internal readonly record struct AlertCause(DateTimeOffset? EventTime, AlertPosition? Position)
{
    public int? Epoch { get; init; }

    public long? Sequence { get; init; }

    public string? Subject { get; init; }
}

/// <summary>An alert ends by a written rule.</summary>
/// <param name="AlertId">Which.</param>
/// <param name="Rule">One of <see cref="EndRule"/>.</param>
public sealed record AlertEnd(string AlertId, string Rule);

/// <summary>Late fixes put an alert's event at another time than first known.</summary>
/// <param name="AlertId">Which.</param>
/// <param name="EventTime">The better time.</param>
/// <param name="Position">The position at that time.</param>
public sealed record AlertAmendment(string AlertId, DateTimeOffset EventTime, AlertPosition? Position);

/// <summary>The alarms of this report stand as alerts.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="Epoch">Report.</param>
/// <param name="Sequence">Report.</param>
public sealed record AlarmProof(string DeviceId, int Epoch, long Sequence);
