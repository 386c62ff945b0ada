using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>
/// Policies as JSON: <c>{name, escalateFrom: "high", tiers: [{notify: [{user: ID}|{role: "responder"}|{channel: ID}],
/// acknowledgeWithinS, repeat}], quietHours: [{below: "high", from: "22:00", to: "06:00", timeZone}]}</c>. What is wrong throws
/// <see cref="FormatException"/> with a sentence that begins with the key.
/// </summary>
public static class EscalationJson
{
    private const int NameMax = 100;
    private const int TiersMax = 10;
    private const int TargetsMax = 20;
    private const int QuietMax = 5;
    private const int RepeatMax = 20;
    private const int WithinMinS = 30;
    private const int WithinMaxS = 24 * 3600;

    /// <summary>
    /// Reads a policy. Whether the users and channels it names exist is for the book to say. Quiet hours that were <paramref name="stored"/>
    /// in a time zone this machine does not know are never on.
    /// </summary>
    public static EscalationPolicy Read(JsonElement json, bool stored = false)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException("policy: must be an object");
        Known(json, "policy", "id", "version", "name", "default", "builtIn", "escalateFrom", "tiers", "quietHours", "changedAt");
        var name = Text(json, "name")?.Trim();
        if (name is not { Length: >= 1 and <= NameMax }) throw new FormatException($"name: must have 1 to {NameMax} characters");
        var tiers = List(json, "tiers", "tiers", TiersMax).Select((tier, i) => ReadTier(tier, $"tiers[{i}]")).ToImmutableArray();
        if (tiers.IsEmpty) throw new FormatException("tiers: there must be one at least");
        return new EscalationPolicy(name, tiers)
        {
            EscalateFrom = json.TryGetProperty("escalateFrom", out _) ? ReadSeverity(json, "escalateFrom", "escalateFrom") : AlertSeverity.High,
            Quiet = [.. List(json, "quietHours", "quietHours", QuietMax).Select((quiet, i) => ReadQuiet(quiet, $"quietHours[{i}]", stored))],
        };
    }

    /// <summary>A policy from its stored text.</summary>
    public static EscalationPolicy Read(string definition)
    {
        using var document = JsonDocument.Parse(definition);
        return Read(document.RootElement, stored: true);
    }

    /// <summary>A policy as the API and the database write it.</summary>
    public static object ToJson(EscalationPolicy policy) => new
    {
        name = policy.Name,
        escalateFrom = AlertWords.Of(policy.EscalateFrom),
        tiers = policy.Tiers.Select(tier => new
        {
            notify = tier.Notify.Select(target => new Dictionary<string, string> { [WordOf(target.Kind)] = target.Value }),
            acknowledgeWithinS = (int)tier.AcknowledgeWithin.TotalSeconds,
            repeat = tier.Repeat,
        }),
        quietHours = policy.Quiet.Select(quiet => new { below = AlertWords.Of(quiet.Below), from = quiet.Text.From, to = quiet.Text.To, timeZone = quiet.Text.TimeZone }),
    };

    private static EscalationTier ReadTier(JsonElement json, string key)
    {
        Known(json, key, "notify", "acknowledgeWithinS", "repeat");
        var targets = List(json, "notify", $"{key}.notify", TargetsMax).Select((target, i) => ReadTarget(target, $"{key}.notify[{i}]")).ToImmutableArray();
        if (targets.IsEmpty) throw new FormatException($"{key}.notify: must name somebody");
        return new EscalationTier(targets, TimeSpan.FromSeconds(Whole(json, "acknowledgeWithinS", key, WithinMinS, WithinMaxS, null)), Whole(json, "repeat", key, 0, RepeatMax, 0));
    }

    private static EscalationTarget ReadTarget(JsonElement json, string key)
    {
        var properties = json.EnumerateObject().ToList();
        foreach (var kind in Enum.GetValues<TargetKind>())
        {
            if (properties is not [{ Value.ValueKind: JsonValueKind.String } only] || only.Name != WordOf(kind)) continue;
            var value = only.Value.GetString()!;
            if (kind == TargetKind.Role && !Roles.TryParseGiven(value, out _)) throw new FormatException($"{key}.role: must be viewer, responder, supervisor or admin");
            return new EscalationTarget(kind, value);
        }

        throw new FormatException($"{key}: must be {{\"user\": ID}}, {{\"role\": WORD}} or {{\"channel\": ID}}");
    }

    private static QuietHours ReadQuiet(JsonElement json, string key, bool stored)
    {
        Known(json, key, "below", "from", "to", "timeZone");
        var span = new DaySpan(ScheduleJson.ReadMinute(json, "from", key) % (24 * 60), ScheduleJson.ReadMinute(json, "to", key));
        var week = Enum.GetValues<DayOfWeek>().Select(day => new WeekSpan(day, span)).ToImmutableArray();
        var times = ScheduleJson.ReadZone(json, $"{key}.timeZone", stored) is { } zone
            ? new Schedule(zone, week, ImmutableDictionary<DateOnly, ImmutableArray<DaySpan>>.Empty)
            : Schedule.Never;
        var below = ReadSeverity(json, "below", $"{key}.below");
        if (span.FromMinute == span.ToMinute % (24 * 60)) throw new FormatException($"{key}.to: must not be the same as from: quiet hours end");
        return new QuietHours(below, times, (Text(json, "from")!, Text(json, "to")!, Text(json, "timeZone")!));
    }

    private static AlertSeverity ReadSeverity(JsonElement json, string name, string key) =>
        AlertWords.TryParseSeverity(Text(json, name), out var severity) ? severity : throw new FormatException($"{key}: must be info, warning, high or critical");

    private static string WordOf(TargetKind kind) => kind switch { TargetKind.User => "user", TargetKind.Role => "role", _ => "channel" };

    private static void Known(JsonElement json, string key, params string[] names)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException($"{key}: must be an object");
        foreach (var property in json.EnumerateObject())
        {
            if (!names.Contains(property.Name)) throw new FormatException($"{key}.{property.Name}: there is no such key");
        }
    }

    private static JsonElement[] List(JsonElement json, string name, string key, int max)
    {
        if (!json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > max || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            throw new FormatException($"{key}: must be a list of at most {max} objects");
        }

        return [.. list.EnumerateArray()];
    }

    private static int Whole(JsonElement json, string name, string key, int min, int max, int? usual)
    {
        if (!json.TryGetProperty(name, out var value) && usual is { } given) return given;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{key}.{name}: must be a whole number of {min} to {max}"));
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
