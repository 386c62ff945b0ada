using System.Globalization;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>Makes and changes organisations.</summary>
public sealed class Organisations(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>An organisation was closed: whoever listens in it is to be cut off.</summary>
    public event Action<string>? Closed;

    /// <summary>Makes an organisation; null where the id is taken.</summary>
    public Organisation? Add(string id, string name, string who) => database.Write(session =>
    {
        if (session.Organisations.Find(id) is not null) return null;
        var now = clock.GetUtcNow();
        var made = new Organisation(id, name, now, null, new OrganisationSettings());
        session.Organisations.Put(made);
        session.Audit.Add(null, now, who, "organisation.created", WithdrawalTable.OrganisationSubject + id, name);
        return made;
    });

    /// <summary>Changes an organisation; null where there is none. The first one stays open: the operator acts in it.</summary>
    public Organisation? Change(string id, OrganisationChange wanted, string who)
    {
        var (before, after) = database.Write<(Organisation?, Organisation?)>(session =>
        {
            if (session.Organisations.Find(id) is not { } found) return (null, null);
            var now = clock.GetUtcNow();
            var next = Apply(found, wanted, now);
            if (next == found) return (found, found);
            session.Organisations.Put(next);
            var closes = found.ClosedAt is null && next.ClosedAt is not null; // the entry by which its devices lose their connections
            session.Audit.Add(id, now, who, closes ? WithdrawalTable.OrganisationClosed : "organisation.changed", WithdrawalTable.OrganisationSubject + id, WordsOf(found, next));
            return (found, next);
        });
        if (before is { ClosedAt: null } && after is { ClosedAt: not null }) Closed?.Invoke(id);
        return after;
    }

    private static Organisation Apply(Organisation organisation, OrganisationChange wanted, DateTimeOffset now)
    {
        var settings = organisation.Settings;
        if (wanted.TimeZone is { } zone) settings = settings with { TimeZone = zone };
        if (wanted.SetsRetention) settings = settings with { RetentionDays = wanted.RetentionDays };
        if (wanted.SetsAlertRetention) settings = settings with { AlertRetentionDays = wanted.AlertRetentionDays };
        var closed = organisation.ClosedAt;
        if (wanted.Closed is { } close && organisation.Id != OrganisationId.First) closed = close ? closed ?? now : null;
        return organisation with { Name = wanted.Name ?? organisation.Name, ClosedAt = closed, Settings = settings };
    }

    private static string WordsOf(Organisation before, Organisation after)
    {
        var words = new List<string>();
        if (before.Name != after.Name) words.Add($"name {before.Name} to {after.Name}");
        if (before.Settings.TimeZone != after.Settings.TimeZone) words.Add($"time zone {after.Settings.TimeZone}");
        if (before.Settings.RetentionDays != after.Settings.RetentionDays) words.Add($"reports kept {Days(after.Settings.RetentionDays)}");
        if (before.Settings.AlertRetentionDays != after.Settings.AlertRetentionDays) words.Add($"alerts kept {Days(after.Settings.AlertRetentionDays)}");
        if (before.ClosedAt is null != after.ClosedAt is null) words.Add(after.ClosedAt is null ? "opened" : "closed");
        return string.Join(", ", words);
    }

    private static string Days(int? days) => days is { } known ? known.ToString(CultureInfo.InvariantCulture) + " days" : "always";
}

/// <summary>What to set on an organisation; null leaves as is.</summary>
public sealed record OrganisationChange
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Time zone (IANA).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether to set <see cref="RetentionDays"/>, null among its values.</summary>
    public bool SetsRetention { get; init; }

    /// <summary>Days a report is kept.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Whether to set <see cref="AlertRetentionDays"/>, null among its values.</summary>
    public bool SetsAlertRetention { get; init; }

    /// <summary>Days a resolved alert is kept.</summary>
    public int? AlertRetentionDays { get; init; }

    /// <summary>Whether it is closed.</summary>
    public bool? Closed { get; init; }
}
