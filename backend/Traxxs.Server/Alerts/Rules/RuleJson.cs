using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Rules;

/// <summary>
/// Rules as JSON: <c>{rules: [{name, enabled, severity, parameters: {NAME: NUMBER…}, schedule}]}</c>. What is not named stands
/// as the catalogue, or the server's configuration, has it. What is wrong throws <see cref="FormatException"/> with a
/// sentence that begins with the key.
/// </summary>
public static class RuleJson
{
    /// <summary>
    /// Reads settings over those that hold otherwise. A schedule that was <paramref name="stored"/> in a time zone this machine does not
    /// know counts as none: the rule holds always.
    /// </summary>
    public static RuleSet Read(JsonElement json, RuleSet usual, bool stored = false)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("rules", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("rules: must be a list");
        }

        var rules = RuleCatalogue.All.ToDictionary(rule => rule.Name, rule => usual[rule.Name], StringComparer.Ordinal);
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var key = $"rules[{index++}]";
            var name = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            if (RuleCatalogue.Find(name) is not { } rule) throw new FormatException($"{key}.name: there is no rule \"{name}\"");
            rules[name] = ReadRule(item, rule, usual[name], key, stored);
        }

        return new RuleSet(rules);
    }

    /// <summary>Settings as the API and the database write them. Schedules stand as they were written.</summary>
    public static JsonArray Write(RuleSet rules, JsonElement? written = null) =>
    [
        .. RuleCatalogue.All.Select(rule => (JsonNode)new JsonObject
        {
            ["name"] = rule.Name,
            ["enabled"] = rules[rule.Name].Enabled,
            ["severity"] = AlertWords.Of(rules[rule.Name].Severity),
            ["parameters"] = new JsonObject(rule.Parameters.Select(item => KeyValuePair.Create(item.Name, (JsonNode?)rules[rule.Name].Of(item.Name)))),
            ["schedule"] = ScheduleIn(written, rule.Name),
        }),
    ];

    /// <summary>The catalogue as the API writes it.</summary>
    public static object Describe() => new
    {
        rules = RuleCatalogue.All.Select(rule => new
        {
            name = rule.Name,
            title = rule.Title,
            enabled = rule.Enabled,
            mayBeDisabled = !rule.Required,
            mayHaveSchedule = !rule.Required,
            severity = rule.SeverityIsElsewhere ? null : AlertWords.Of(rule.Severity),
            severityMin = AlertWords.Of(rule.SeverityMin),
            endsBy = rule.EndsBy,
            parameters = rule.Parameters.Select(item => new { name = item.Name, unit = item.Unit, min = item.Min, max = item.Max, @default = item.Default, meaning = item.Meaning }),
        }),
    };

    private static RuleSettings ReadRule(JsonElement json, RuleDescription rule, RuleSettings usual, string key, bool stored)
    {
        var settings = usual;
        foreach (var property in json.EnumerateObject())
        {
            settings = property.Name switch
            {
                "name" => settings,
                "enabled" => settings with { Enabled = ReadEnabled(property.Value, rule, key) },
                "severity" => settings with { Severity = ReadSeverity(property.Value, rule, key) },
                "parameters" => settings with { Parameters = ReadParameters(property.Value, rule, usual.Parameters, key) },
                "schedule" => settings with { Schedule = ScheduleJson.Read(property.Value, $"{key}.schedule", stored) },
                _ => throw new FormatException($"{key}.{property.Name}: there is no such key"),
            };
        }

        if (rule.Required && settings.Schedule is not null) throw new FormatException($"{key}.schedule: {rule.Name} holds at all times");
        if (rule.Name == AlertRuleName.LowBattery && settings.Of("recoveredPercent") <= settings.Of("lowPercent"))
        {
            throw new FormatException($"{key}.parameters.recoveredPercent: must be more than lowPercent");
        }

        return settings;
    }

    private static bool ReadEnabled(JsonElement value, RuleDescription rule, string key) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False when !rule.Required => false,
        JsonValueKind.False => throw new FormatException($"{key}.enabled: {rule.Name} cannot be turned off"),
        _ => throw new FormatException($"{key}.enabled: must be true or false"),
    };

    private static AlertSeverity ReadSeverity(JsonElement value, RuleDescription rule, string key)
    {
        if (!AlertWords.TryParseSeverity(value.ValueKind == JsonValueKind.String ? value.GetString() : null, out var severity))
            throw new FormatException($"{key}.severity: must be info, warning, high or critical");
        return severity >= rule.SeverityMin ? severity : throw new FormatException($"{key}.severity: {rule.Name} is {AlertWords.Of(rule.SeverityMin)} at least");
    }

    private static ImmutableDictionary<string, int> ReadParameters(JsonElement json, RuleDescription rule, ImmutableDictionary<string, int> usual, string key)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException($"{key}.parameters: must be an object");
        var numbers = usual;
        foreach (var property in json.EnumerateObject())
        {
            var parameter = rule.Parameters.FirstOrDefault(item => item.Name == property.Name) ?? throw new FormatException($"{key}.parameters.{property.Name}: there is no such key");
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var number) || number < parameter.Min || number > parameter.Max)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{key}.parameters.{property.Name}: must be a whole number of {parameter.Min} to {parameter.Max}"));
            }

            numbers = numbers.SetItem(property.Name, number);
        }

        return numbers;
    }

    private static JsonNode? ScheduleIn(JsonElement? written, string name)
    {
        if (written is not { } json) return null;
        var rule = json.GetProperty("rules").EnumerateArray().LastOrDefault(item => item.GetProperty("name").ValueEquals(name));
        return rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("schedule", out var schedule) ? JsonNode.Parse(schedule.GetRawText()) : null;
    }
}
