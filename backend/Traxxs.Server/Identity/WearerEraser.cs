using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Erases what is kept of one person. Name, number and hours go at once, with the transaction that asks; reports follow in
/// the background, a slice at a time. What stays, and why, is said in the answer.
/// </summary>
public sealed class WearerEraser(ServiceDatabase database, IReportStore store, TimeProvider clock, ILogger log)
{
    private const int SliceReports = 1024;

    // A device that brings reports later than this was lying in a drawer.
    private static readonly TimeSpan LateMax = TimeSpan.FromDays(60);

    /// <summary>What goes.</summary>
    public static readonly string[] Erased =
    [
        "name, phone, working hours and time zone",
        "every report of the time a device was theirs: positions, steps, activity, battery",
        "place, comments' words and notifications' text of their alerts",
        "frames of their device that were refused",
        "what the alert rules remember of their device",
    ];

    /// <summary>What stays, and why.</summary>
    public static readonly string[] Kept =
    [
        "alerts without name and place: rule, times, who acknowledged and resolved them; the proof that help was given",
        "the audit log, which names the wearer by number alone: it is append-only so that it proves something",
        "which device carried that number and when: so that reports that come late are erased too",
        "a report across the moment a device changed hands goes as a whole: with it up to a batch of the next wearer's positions",
        "copies made before, such as backups and exports: they are out of reach of this server",
    ];

    /// <summary>Places of a device, or of all, are to be forgotten wherever they are remembered. Called after the commit.</summary>
    public event Action<string, string>? Forgotten;

    /// <summary>Asks for a wearer's erasure.</summary>
    public EraseAnswer Ask(string org, string wearerId, string? confirm, string who)
    {
        var answer = database.Write(session =>
        {
            if (session.Wearers.Find(org, wearerId) is not { ErasedAt: null } wearer) return EraseAnswer.NotFound;
            if (confirm?.Trim() != wearer.Name) return EraseAnswer.NotConfirmed;
            if (session.Alerts.OpenSince(wearerId, AlertSeverity.Info) is not null) return EraseAnswer.AlertOpen;
            var now = clock.GetUtcNow();
            session.Assignments.End(wearerId, now);
            foreach (var user in session.Users.OfWearer(wearerId)) session.Users.Put(user with { WearerId = null });
            session.Wearers.Put(wearer with
            {
                Name = "", Phone = null, WorkingHours = null, TimeZone = null, Policy = null, ErasedAt = now,
                ConsentWithdrawnAt = wearer.Consents ? now : wearer.ConsentWithdrawnAt,
            });
            session.Erasures.EraseAlertsOf(wearerId);
            session.Erasures.Add(wearerId, now, who);
            session.Audit.Add(org, now, who, "wearer.erasure-asked", $"wearer:{wearerId}");
            return EraseAnswer.Accepted;
        });
        if (answer == EraseAnswer.Accepted) Forget(org, wearerId);
        return answer;
    }

    /// <summary>Does one slice of the oldest erasure that waits; false where none does.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (erasure, org, assignments) = database.Read(session => session.Erasures.NextWaiting() is { } waiting
            ? (waiting, session.Wearers.Find(null, waiting.WearerId)?.Org, session.Assignments.OfWearer(waiting.WearerId))
            : (null, null, []));
        if (erasure is null) return false;
        var progress = ProgressOf(erasure);
        if (progress.Assignment < assignments.Count)
        {
            var slice = await store.EraseAsync(MeaningOf(assignments[progress.Assignment]), progress.Next, SliceReports, cancellationToken);
            progress = new Progress(progress.Assignment + (slice.Next is null ? 1 : 0), slice.Next, progress.Reports + slice.Erased);
            Note(erasure with { Progress = JsonSerializer.Serialize(progress, JsonSerializerOptions.Web) });
            return true;
        }

        var now = clock.GetUtcNow();
        database.Write(session =>
        {
            session.Erasures.Update(erasure with { DoneAt = now });
            session.Audit.Add(org, now, "system", "wearer.erased", $"wearer:{erasure.WearerId}", $"{progress.Reports} reports");
        });
        database.Checkpoint();
        if (org is not null) Forget(org, erasure.WearerId);
        log.LogInformation("the data of wearer {Wearer} is erased: {Reports} reports", erasure.WearerId, progress.Reports);
        return true;
    }

    /// <summary>Asks again for those erased lately: a device that was in a dead zone may have brought reports of that time since.</summary>
    public void SweepLate(DateTimeOffset now)
    {
        foreach (var wearerId in database.Read(session => session.Erasures.WearersSince(now - LateMax)))
        {
            var devices = database.Read(session => session.Assignments.OfWearer(wearerId));
            if (devices.Any(HasReports)) database.Write(session => session.Erasures.Add(wearerId, now, "system"));
        }
    }

    private bool HasReports(Assignment assignment) => store.ReadByFixTime(
        assignment.DeviceId, assignment.From.ToUnixTimeSeconds(), assignment.To?.ToUnixTimeSeconds() ?? uint.MaxValue, null, 1).Count > 0;

    private static ReportErasure MeaningOf(Assignment assignment) => new(assignment.DeviceId)
    {
        FromS = assignment.From.ToUnixTimeSeconds(),
        BeforeS = assignment.To is { } end ? (end.ToUnixTimeMilliseconds() + 999) / 1000 : null,
    };

    private void Note(Erasure erasure) => database.Write(session => session.Erasures.Update(erasure));

    private void Forget(string org, string wearerId)
    {
        foreach (var deviceId in database.Read(session => session.Assignments.OfWearer(wearerId)).Select(assignment => assignment.DeviceId).Distinct())
        {
            Forgotten?.Invoke(org, deviceId);
        }
    }

    // Where it cannot be read it is begun again: what is erased already is not there to be erased twice, and others wait behind it.
    private static Progress ProgressOf(Erasure erasure)
    {
        try
        {
            return (erasure.Progress is { } text ? JsonSerializer.Deserialize<Progress>(text, JsonSerializerOptions.Web) : null) ?? new Progress(0, null, 0);
        }
        catch (JsonException)
        {
            return new Progress(0, null, 0);
        }
    }

    private sealed record Progress(int Assignment, string? Next, long Reports);
}

/// <summary>What came of asking for an erasure.</summary>
public enum EraseAnswer
{
    /// <summary>It is done from now on.</summary>
    Accepted,

    /// <summary>The organisation has no such wearer.</summary>
    NotFound,

    /// <summary>The name given is another.</summary>
    NotConfirmed,

    /// <summary>An alert of the wearer is open.</summary>
    AlertOpen,
}
