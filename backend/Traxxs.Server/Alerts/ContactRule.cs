using System.Globalization;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Missed contact, judged by the device's own contract of silence: it is missing when the time it named, and a grace on
/// top, have passed. Planned sleep is in the contract and raises nothing. A contract that comes late moves nothing back:
/// only a newer one replaces it. A device heard just now is not missing, however old its words. With a schedule, silence
/// counts from when that begins. After a time in which the server could hear nobody, a device gets as long as it may wait
/// after attempts in vain. Ends when it speaks.
/// </summary>
public sealed class ContactRule(IRuleBook book) : IAlertRule
{
    /// <summary>
    /// How long a device may stay away once the server is back: its longest wait after attempts in vain (900 s) and the attempt
    /// that ends it (45 s), as the firmware's <c>UplinkPolicy</c> states them, and 15 s for the way.
    /// </summary>
    public static readonly TimeSpan AwayMax = TimeSpan.FromSeconds(960);

    /// <inheritdoc/>
    public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
    {
        if (state.Contact?.AlertId is { } open) batch.Ended.Add(new AlertEnd(open, EndRule.DeviceSpokeAgain));

        // A device clock that runs ahead must not stretch the contract.
        var madeAt = report.DeviceTime is { } deviceTime && deviceTime < report.ServerTime ? deviceTime : report.ServerTime;
        var known = state.Contact;
        var heardAt = known is not null && known.HeardAt > report.ServerTime ? known.HeardAt : report.ServerTime;
        if (known is not null && !IsNewer(report, madeAt, known)) return state with { Contact = known with { HeardAt = heardAt, AlertId = null } };
        return state with
        {
            Contact = new ContactState(report.Epoch, report.Sequence, madeAt, madeAt + report.NextContact, heardAt, null),
        };
    }

    /// <inheritdoc/>
    public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch)
    {
        if (state.Contact is not { DueAt: { } dueAt, AlertId: null } contact) return state;
        var from = Latest(Latest(dueAt, contact.HeardAt), context.ListeningSince);
        if (context.Now <= from) return state;
        if (contact.HeardAt <= context.ListeningSince && context.Now <= context.ListeningSince + AwayMax) return state;
        var settings = book.RulesOf(deviceId)[AlertRuleName.MissedContact];
        if (!settings.RaisesAt(context.Now)) return state;
        if (settings.Schedule?.ActiveSince(context.Now) is { } scheduled) from = Latest(from, scheduled);
        if (context.Now <= from + settings.SpanOf("graceS")) return state;

        var silence = context.Now - contact.HeardAt;
        // The key names when it was last heard too: a device that breaks the same contract twice is missed twice.
        var cause = string.Create(CultureInfo.InvariantCulture, $"{contact.MadeAt.ToUnixTimeSeconds()}|{contact.HeardAt.ToUnixTimeMilliseconds()}");
        var id = batch.Raise(AlertRuleName.MissedContact, deviceId, cause, settings.Severity,
            $"{deviceId}: no contact, last heard {(long)silence.TotalMinutes} min ago", new AlertCause(dueAt, state.LastPosition));
        return state with { Contact = contact with { AlertId = id } };
    }

    private static bool IsNewer(AcceptedReport report, DateTimeOffset madeAt, ContactState known) =>
        report.Epoch == known.Epoch ? report.Sequence > known.Sequence : madeAt >= known.MadeAt;

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
