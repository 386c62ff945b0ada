using System.Text.Json;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Wearers: their record, their device, consent and working hours. Each change is one transaction with its audit entry,
/// which names the wearer by id alone, so that an erased name stands nowhere.
/// </summary>
public sealed class WearerBook(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>Most wearers of an organisation.</summary>
    public const int WearersMax = 20_000;

    private const int NameMax = 100;

    /// <summary>Something about a wearer of an organisation changed: places may be shown or hidden now that were not before.</summary>
    public event Action<string, string>? Changed;

    /// <summary>Makes a record. <see cref="FormatException"/> names what is wrong.</summary>
    public Wearer Add(string org, WearerChange wanted, string who)
    {
        var now = clock.GetUtcNow();
        var wearer = database.Write(session =>
        {
            if (session.Wearers.Count(org) >= WearersMax) throw new FormatException($"name: an organisation has at most {WearersMax} wearers");
            var made = Apply(new Wearer { Id = Guid.CreateVersion7(now).ToString("N"), Org = org, Name = "", CreatedAt = now }, wanted with { Name = wanted.Name ?? "" });
            RequirePolicy(session, made);
            session.Wearers.Put(made);
            session.Audit.Add(org, now, who, "wearer.created", $"wearer:{made.Id}");
            return made;
        });
        Changed?.Invoke(org, wearer.Id);
        return wearer;
    }

    /// <summary>Changes a record; null where the organisation has none such. <see cref="FormatException"/> names what is wrong.</summary>
    public Wearer? Change(string org, string id, WearerChange wanted, string who) => Act(org, id, (session, wearer, now) =>
    {
        var next = Apply(wearer, wanted);
        if (next == wearer) return wearer;
        RequirePolicy(session, next);
        session.Wearers.Put(next);
        session.Audit.Add(org, now, who, "wearer.changed", $"wearer:{id}", WordsOf(wearer, next));
        return next;
    });

    /// <summary>
    /// Notes that consent to being located was given or withdrawn; null where the organisation has no such wearer. Given anew
    /// it holds from now on: places of the time before stay hidden.
    /// </summary>
    public Wearer? Consent(string org, string id, bool given, string who) => Act(org, id, (session, wearer, now) =>
    {
        if (wearer.Consents == given) return wearer;
        var next = given ? wearer with { ConsentAt = now, ConsentWithdrawnAt = null } : wearer with { ConsentWithdrawnAt = now };
        session.Wearers.Put(next);
        session.Audit.Add(org, now, who, given ? "wearer.consent-given" : "wearer.consent-withdrawn", $"wearer:{id}");
        return next;
    });

    /// <summary>
    /// Gives a wearer a device, or none; null where the organisation has no such wearer. Whoever had the device has it no
    /// more. <see cref="FormatException"/> where the organisation has no such device.
    /// </summary>
    public Wearer? GiveDevice(string org, string id, string? deviceId, string who) => Act(org, id, (session, wearer, now) =>
    {
        if (deviceId is not null && session.Devices.Find(org, deviceId) is null) throw new FormatException("deviceId: there is no such device");
        var open = session.Assignments.OfWearer(id).Where(assignment => assignment.To is null).ToList();
        if (deviceId is null ? open.Count == 0 : open is [{ } one] && one.DeviceId == deviceId) return wearer;
        session.Assignments.End(id, now);
        if (deviceId is not null)
        {
            if (session.Assignments.Open(deviceId) is { } earlier) session.Audit.Add(org, now, who, "wearer.device-taken", $"wearer:{earlier.WearerId}", deviceId);
            session.Assignments.Assign(deviceId, id, now);
        }

        session.Audit.Add(org, now, who, deviceId is null ? "wearer.device-taken" : "wearer.device-given", $"wearer:{id}", deviceId);
        return wearer;
    });

    /// <summary>Removes a record that never had a device nor an alert; false where it had. Others are erased instead.</summary>
    public bool? Remove(string org, string id, string who)
    {
        var removed = database.Write<bool?>(session =>
        {
            if (session.Wearers.Find(org, id) is null) return null;
            if (session.Assignments.OfWearer(id).Count > 0 || session.Alerts.List(org, new AlertFilter { WearerId = id }, null, 1).Count > 0) return false;
            foreach (var user in session.Users.OfWearer(id)) session.Users.Put(user with { WearerId = null });
            session.Wearers.Remove(org, id);
            session.Audit.Add(org, clock.GetUtcNow(), who, "wearer.removed", $"wearer:{id}");
            return true;
        });
        if (removed == true) Changed?.Invoke(org, id);
        return removed;
    }

    private Wearer? Act(string org, string id, Func<ServiceSession, Wearer, DateTimeOffset, Wearer> act)
    {
        var wearer = database.Write(session =>
            session.Wearers.Find(org, id) is { ErasedAt: null } found ? act(session, found, clock.GetUtcNow()) : null);
        if (wearer is not null) Changed?.Invoke(org, id);
        return wearer;
    }

    private static void RequirePolicy(ServiceSession session, Wearer wearer)
    {
        if (wearer.Policy is { } policy && session.Policies.Find(wearer.Org, policy) is null) throw new FormatException("policy: there is no such escalation policy");
    }

    private static Wearer Apply(Wearer wearer, WearerChange wanted)
    {
        if (wanted.Name is { } nameText)
        {
            var name = nameText.Trim();
            if (name.Length is 0 or > NameMax || name.Any(char.IsControl)) throw new FormatException($"name: must have 1 to {NameMax} characters");
            wearer = wearer with { Name = name };
        }

        if (wanted.Phone is { } phone) wearer = wearer with { Phone = UserAccounts.ReadPhone(phone) };

        if (wanted.TimeZone is { } zone)
        {
            if (zone.Length > 0 && TimeZones.Find(zone) is null) throw new FormatException("timeZone: must be an IANA name, such as Europe/Berlin");
            wearer = wearer with { TimeZone = zone.Length == 0 ? null : zone };
        }

        if (wanted.WorkingHours is { } hours)
        {
            ScheduleJson.Read(hours, "workingHours");
            wearer = wearer with { WorkingHours = hours.ValueKind == JsonValueKind.Null ? null : hours.GetRawText() };
        }

        if (wanted.Policy is { } policy) wearer = wearer with { Policy = policy.Length == 0 ? null : policy };
        return wearer;
    }

    private static string WordsOf(Wearer before, Wearer after)
    {
        var words = new List<string>();
        if (before.Name != after.Name) words.Add("name");
        if (before.Phone != after.Phone) words.Add("phone");
        if (before.TimeZone != after.TimeZone) words.Add("time zone");
        if (before.WorkingHours != after.WorkingHours) words.Add("working hours");
        if (before.Policy != after.Policy) words.Add("escalation policy");
        return string.Join(", ", words);
    }
}

/// <summary>What to set on a wearer; null leaves as is, an empty text takes away.</summary>
public sealed record WearerChange
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Number to call.</summary>
    public string? Phone { get; init; }

    /// <summary>Time zone (IANA).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Working hours; JSON null for always.</summary>
    public JsonElement? WorkingHours { get; init; }

    /// <summary>Escalation policy.</summary>
    public string? Policy { get; init; }
}
