using System.Text.Json;
using System.Text.Json.Nodes;

namespace Traxxs.Server.Tests.Support;

/// <summary>
/// Holds JSON against a schema (the words of JSON Schema 2020-12 that the API's schemas use), and stricter in one thing: a
/// member the schema does not name is an error.
/// </summary>
internal static class JsonSchemaCheck
{
    public static void Assert(JsonNode document, JsonNode schema, JsonNode? value, string where)
    {
        if (Problem(document, schema, value, "$") is { } problem)
            Microsoft.VisualStudio.TestTools.UnitTesting.Assert.Fail($"{where}: {problem}");
    }

    public static JsonNode? Resolve(JsonNode document, string reference)
    {
        var node = document;
        foreach (var part in reference.TrimStart('#', '/').Split('/', StringSplitOptions.RemoveEmptyEntries)) node = node?[part.Replace("~1", "/").Replace("~0", "~")];
        return node;
    }

    private static string? Problem(JsonNode document, JsonNode schema, JsonNode? value, string path)
    {
        if (schema is not JsonObject rules) return null; // true: anything
        if (rules["$ref"] is { } reference)
        {
            return Problem(document, Resolve(document, (string)reference!)!, value, path);
        }

        if (rules["type"] is { } type && !Types(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(type).Contains("number")))
            return $"{path} is {TypeOf(value)}, described as {type.ToJsonString()}";
        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) return $"{path} is {value}, not one of {words.ToJsonString()}";
        return value switch
        {
            JsonObject item => Members(document, rules, item, path),
            JsonArray list when rules["items"] is { } items => list.Select((one, i) => Problem(document, items, one, $"{path}[{i}]")).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    private static string? Members(JsonNode document, JsonObject rules, JsonObject item, string path)
    {
        var named = rules["properties"] as JsonObject;
        var others = rules["additionalProperties"];
        foreach (var required in rules["required"]?.AsArray() ?? [])
        {
            if (!item.ContainsKey((string)required!)) return $"{path} lacks {required}";
        }

        foreach (var (name, value) in item)
        {
            var schema = named?[name] ?? others;
            if (schema is null && named is not null) return $"{path}.{name} is not described";
            if (schema is not null && Problem(document, schema, value, $"{path}.{name}") is { } problem) return problem;
        }

        return null;
    }

    private static List<string> Types(JsonNode type) => type is JsonArray several ? [.. several.Select(one => (string)one!)] : [(string)type!];

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value!.ToJsonString().AsSpan().IndexOfAny(".eE") < 0 ? "integer" : "number",
    };
}
