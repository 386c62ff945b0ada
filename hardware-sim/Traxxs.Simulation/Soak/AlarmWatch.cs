using Traxxs.Core.Uplink;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;
using Traxxs.Simulation.Rig;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Soak;

/// <summary>Holds the alerts in the server's database against the alarms the insoles accepted and the silence they kept.</summary>
internal sealed class AlarmWatch(SoakServer server, SpeakingTime speaking, SoakFindings findings, DateTimeOffset start)
{
    /// <summary>
    /// From acceptance to an alert, ms of unbroken speaking time: a wait after a failure while an alarm is queued, an attempt under
    /// way that still has to fail, a connection, frames under way before it, commit and rules; and a look at it every five seconds.
    /// </summary>
    public const long AlertMaxMs = UplinkPolicy.AlarmBackoffMaxMs + UplinkPolicy.OpenTimeoutMs + UplinkPolicy.AckTimeoutMs + 15_000;

    /// <summary>The same after so many failures that an insole spares its battery.</summary>
    public const long TiredAlertMaxMs = AlertMaxMs + 9 * UplinkPolicy.AlarmBackoffMaxMs;

    /// <summary>How long an insole may stay away after the server was, by its own stated back-off.</summary>
    public const long AwayMaxMs = UplinkPolicy.BackoffMaxMs + UplinkPolicy.OpenTimeoutMs;

    private const int ReadMax = 10_000;

    private readonly List<Pending> _pending = [];
    private readonly Dictionary<string, Alert> _known = new(StringComparer.Ordinal);
    private int _startsSeen;

    /// <summary>Alarms accepted so far.</summary>
    public int Alarms { get; private set; }

    /// <summary>Alerts as last seen, in the order raised.</summary>
    public IEnumerable<Alert> Alerts => _known.Values.OrderBy(alert => alert.RaisedAt).ThenBy(alert => alert.Id, StringComparer.Ordinal);

    /// <summary>Whether every alert has reached a channel.</summary>
    public bool AllTold => _known.Keys.All(id => server.Inbox.ToldOf(id) > 0);

    /// <summary>An insole accepted an alarm. <paramref name="mayBeLost"/> says whether a planned fault of its flash may have taken it.</summary>
    public void Note(InsoleRig rig, AcceptedAlarm alarm, Func<bool> mayBeLost)
    {
        Alarms++;
        _pending.Add(new Pending(rig, alarm, mayBeLost));
    }

    /// <summary>Looks at the alerts, and how long alarms have waited for one. <paramref name="couldSpeak"/> says so of a device since the last look.</summary>
    public void Look(StoreWatch store, Func<InsoleRig, bool> couldSpeak, long elapsedMs)
    {
        if (server.Process is not null && (server.AlertsChanged || server.Starts != _startsSeen || _pending.Count > 0)) ReadAlerts(store);
        _pending.RemoveAll(pending => pending.MayBeLost());
        foreach (var pending in _pending)
        {
            pending.SpokenMs = couldSpeak(pending.Rig) ? pending.SpokenMs + elapsedMs : 0;
            var most = pending.Rig.Link.Failures >= UplinkPolicy.AlarmPatience ? TiredAlertMaxMs : AlertMaxMs;
            findings.Require(pending.SpokenMs <= most, SoakInvariant.AlarmIsAlerted, () => Describe(pending) + $" could be told for {pending.SpokenMs / 1000} s, and no alert stands");
        }
    }

    /// <summary>All is healed and delivered: no alarm is left, every press is one alert, and each was told.</summary>
    public void LookAtEnd(StoreWatch store)
    {
        ReadAlerts(store);
        findings.Require(_pending.Count == 0, SoakInvariant.AlarmIsAlerted, () => Describe(_pending[0]) + " has no alert at the end");
        foreach (var alert in Alerts) findings.Require(server.Inbox.ToldOf(alert.Id) > 0, SoakInvariant.AlertIsTold, () => $"nobody was told of {alert.Rule} {alert.Id} of {alert.DeviceId}");
        var presses = store.Stored.Select(AcceptedReport.From).OfType<AcceptedReport>().SelectMany(report => report.Events
            .Select((item, index) => (item, index)).Where(one => one.item.Code == EventCode.Sos)
            .Select(one => (report.DeviceId, report.Epoch, report.DeviceTime is null ? $"#{report.Sequence}.{one.index}" : $"{one.item.Time:O}", one.item.Value))).Distinct().Count();
        var alerted = _known.Values.Count(alert => alert.Rule == AlertRuleName.Sos);
        findings.Require(presses == alerted, SoakInvariant.AlertedOnce, () => $"{presses} calls for help in the store, {alerted} alerts of them");
    }

    private void ReadAlerts(StoreWatch store)
    {
        server.AlertsChanged = false;
        _startsSeen = server.Starts;
        var now = server.Disk.Service.Read(session => session.Alerts.List(null, new AlertFilter(), null, ReadMax)).Select(row => row.Alert).ToDictionary(alert => alert.Id, StringComparer.Ordinal);
        foreach (var (id, before) in _known)
        {
            findings.Require(now.TryGetValue(id, out var alert), SoakInvariant.AlertedOnce, () => $"the alert {id} ({before.Rule} of {before.DeviceId}) is gone");
            findings.Require(alert is null || (alert.State >= before.State && alert.RaisedAt == before.RaisedAt), SoakInvariant.AlertedOnce,
                () => $"the alert {id} ({before.Rule} of {before.DeviceId}) was {before.State}, raised {before.RaisedAt:T}, and is {alert!.State}, raised {alert.RaisedAt:T}");
        }

        foreach (var alert in now.Values)
        {
            if (!_known.ContainsKey(alert.Id) && alert.Rule == AlertRuleName.MissedContact) CheckSilence(alert, store);
            _known[alert.Id] = alert;
        }

        _pending.RemoveAll(pending => IsAlerted(pending.Alarm, pending.Rig.DeviceId));
    }

    // An insole that has not been heard since the server was away may still be waiting after attempts in vain.
    private void CheckSilence(Alert alert, StoreWatch store)
    {
        if (speaking.ClocksJump || speaking.DeafUntilMs(alert.DeviceId, (long)(alert.RaisedAt - start).TotalMilliseconds) is not { } deafMs) return;
        var deafAt = start.AddMilliseconds(deafMs);
        findings.Require(store.WasHeard(alert.DeviceId, deafAt, alert.RaisedAt) || alert.RaisedAt >= deafAt.AddMilliseconds(AwayMaxMs), SoakInvariant.SilenceIsTheDevices,
            () => $"{alert.DeviceId} was missed {(alert.RaisedAt - deafAt).TotalSeconds:0} s after the server could hear again; it may stay away for {AwayMaxMs / 1000} s");
    }

    private bool IsAlerted(AcceptedAlarm alarm, string deviceId)
    {
        var rule = alarm.Code switch
        {
            EventCode.Sos => AlertRuleName.Sos,
            EventCode.ManDown => AlertRuleName.ManDown,
            EventCode.Immobile => AlertRuleName.Immobile,
            EventCode.CheckInMissed => AlertRuleName.CheckInMissed,
            _ => null,
        };
        return _known.Values.Any(alert => alert.DeviceId == deviceId && (rule is null || alert.Rule == rule)
            && ((alert.Epoch == alarm.Frame.Epoch && alert.Sequence == alarm.Frame.Sequence) || (alarm.Code != EventCode.Sos && alarm.Time is { } time && alert.EventTime == time)));
    }

    private static string Describe(Pending pending)
        => $"{pending.Alarm.Code} of {pending.Rig.DeviceId}, accepted at {TimeSpan.FromMilliseconds(pending.Alarm.Frame.TimeMs)} as report {pending.Alarm.Frame.Sequence},";

    private sealed record Pending(InsoleRig Rig, AcceptedAlarm Alarm, Func<bool> MayBeLost)
    {
        public long SpokenMs { get; set; }
    }
}
