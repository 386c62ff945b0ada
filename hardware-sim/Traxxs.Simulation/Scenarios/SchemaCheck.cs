using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>
/// Holds YAML against the part of JSON Schema that the scenario schema uses (<see cref="Keywords"/>; a test sees that it uses no
/// other). Own code, because a mistake must be named by line and column, in words a tester would use.
/// </summary>
internal sealed class SchemaCheck(YamlReading reading, JsonElement root)
{
    /// <summary>What of JSON Schema is understood.</summary>
    public static readonly string[] Keywords =
    [
        "$schema", "$defs", "$ref", "title", "description", "type", "required", "properties", "additionalProperties", "items", "prefixItems",
        "minItems", "maxItems", "minimum", "maximum", "pattern", "enum", "const", "oneOf",
    ];

    /// <summary>Checks a node; <paramref name="name"/> is what to call it where the schema has no title.</summary>
    public void Check(JsonElement schema, YamlNode node, string name)
    {
        schema = Resolve(schema);
        name = schema.TryGetProperty("title", out var title) ? title.GetString()! : name;
        if (schema.TryGetProperty("oneOf", out var branches))
        {
            Check(Choose(branches, node, name), node, name);
            return;
        }

        var types = TypesOf(schema);
        if (types.Contains("object") && node is YamlMappingNode mapping) CheckMapping(schema, mapping, name);
        else if (types.Contains("array") && node is YamlSequenceNode sequence) CheckSequence(schema, sequence, name);
        else if (node is YamlScalarNode scalar && types.Any(type => type is not ("object" or "array"))) CheckScalar(schema, scalar, types, name);
        else throw reading.Error(node, $"{name} is {Form(schema, types)}");
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            schema = reference.GetString()!.Split('/')[1..].Aggregate(root, static (at, part) => at.GetProperty(part));
        }

        return schema;
    }

    private static string[] TypesOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? ["string"]
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(static one => one.GetString()!)]
        : [type.GetString()!];

    private static string Form(JsonElement schema, string[] types)
        => schema.TryGetProperty("description", out var description) && !types.Contains("object") ? description.GetString()!
        : types[0] switch
        {
            "object" => "written as 'key: value' lines",
            "array" => "a list: lines that begin with '- ', or [a, b]",
            _ => "a single value",
        };

    private void CheckMapping(JsonElement schema, YamlMappingNode mapping, string name)
    {
        var hasProperties = schema.TryGetProperty("properties", out var properties);
        var others = schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.Object;
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = reading.Text(keyNode, "a key");
            if (hasProperties && properties.TryGetProperty(key, out var property)) Check(property, value, key);
            else if (others) Check(additional, value, key);
            else if (hasProperties) throw reading.Error(keyNode, $"{name} has no '{key}'; it may have {string.Join(", ", properties.EnumerateObject().Select(static p => p.Name))}");
        }

        foreach (var required in RequiredOf(schema))
        {
            if (Find(mapping, required) is null) throw reading.Error(mapping, $"{name} needs '{required}'");
        }
    }

    private void CheckSequence(JsonElement schema, YamlSequenceNode sequence, string name)
    {
        var count = sequence.Children.Count;
        if (schema.TryGetProperty("minItems", out var min) && count < min.GetInt32()) throw reading.Error(sequence, Amount($"at least {min}"));
        if (schema.TryGetProperty("maxItems", out var max) && count > max.GetInt32()) throw reading.Error(sequence, Amount($"at most {max}"));
        if (schema.TryGetProperty("items", out var items))
        {
            foreach (var item in sequence.Children) Check(items, item, $"an entry of {name}");
        }

        if (!schema.TryGetProperty("prefixItems", out var prefix)) return;
        foreach (var (item, itemSchema) in sequence.Children.Zip(prefix.EnumerateArray())) Check(itemSchema, item, name);

        string Amount(string bound) => schema.TryGetProperty("description", out var form) ? $"{name} is {form.GetString()}" : $"{name} needs {bound}, not {count}";
    }

    private void CheckScalar(JsonElement schema, YamlScalarNode scalar, string[] types, string name)
    {
        var text = reading.Text(scalar, name);
        if (schema.TryGetProperty("const", out var constant))
        {
            if (text != constant.GetString()) throw reading.Error(scalar, $"{name} is '{constant}', not '{text}'");
        }
        else if (schema.TryGetProperty("enum", out var values))
        {
            var known = values.EnumerateArray().Select(static value => value.GetString()!).ToList();
            if (!known.Contains(text)) throw NotOneOf(scalar, name, known);
        }
        else if (types.Contains("boolean"))
        {
            if (text is not ("true" or "false")) throw reading.Error(scalar, $"{name} is true or false, not '{text}'");
        }
        else if (types.Contains("number") || types.Contains("integer"))
        {
            CheckNumber(schema, scalar, types.Contains("integer"), name);
        }
        else if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.ECMAScript))
        {
            throw reading.Error(scalar, $"{name} is {schema.GetProperty("description").GetString()}, not '{text}'");
        }
    }

    private void CheckNumber(JsonElement schema, YamlScalarNode scalar, bool whole, string name)
    {
        var style = whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        var min = schema.TryGetProperty("minimum", out var least) ? least.GetDouble() : int.MinValue;
        var max = schema.TryGetProperty("maximum", out var most) ? most.GetDouble() : int.MaxValue;
        if (double.TryParse(scalar.Value, style, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return;
        throw reading.Error(scalar, string.Create(CultureInfo.InvariantCulture, $"{name} is a {(whole ? "whole " : "")}number from {min} to {max}, not '{scalar.Value}'"));
    }

    // The alternative that was meant: of those whose first required key is there, with a value it may have, the one with the most
    // of its keys. An error within it says more than "fits none of them".
    private JsonElement Choose(JsonElement branches, YamlNode node, string name)
    {
        var all = branches.EnumerateArray().Select(Resolve).ToList();
        if (node is not YamlMappingNode mapping)
        {
            return all.Find(branch => branch.TryGetProperty("const", out var constant) && (node as YamlScalarNode)?.Value == constant.GetString()) is { ValueKind: JsonValueKind.Object } literal
                ? literal
                : throw reading.Error(node, $"{name} is {Alternatives(all)}");
        }

        var keyed = all.Where(branch => RequiredOf(branch).FirstOrDefault() is { } first && Find(mapping, first) is not null).ToList();
        if (keyed.Count == 0)
        {
            var firsts = all.SelectMany(branch => RequiredOf(branch).Take(1)).Distinct().ToList();
            throw reading.Error(mapping, firsts.Count == 1 ? $"{name} needs '{firsts[0]}'" : $"{name} is {Alternatives(all)}");
        }

        var fitting = keyed.Where(branch => ValuesOf(branch) is not { } values || values.Contains((Find(mapping, RequiredOf(branch).First()) as YamlScalarNode)?.Value ?? "")).ToList();
        if (fitting.Count == 0) throw NotOneOf(Find(mapping, RequiredOf(keyed[0]).First())!, name, [.. keyed.SelectMany(branch => ValuesOf(branch)!)]);
        return fitting.MaxBy(branch => RequiredOf(branch).Count(key => Find(mapping, key) is not null));
    }

    private ScenarioException NotOneOf(YamlNode node, string name, List<string> known)
        => reading.Error(node, $"'{node}' is not {(name.Contains(' ') ? name : "a known " + name)}; it is {string.Join(", ", known[..^1])} or {known[^1]}");

    private static string Alternatives(List<JsonElement> branches)
        => string.Join(", ", branches.Select(static branch => RequiredOf(branch).FirstOrDefault() is { } key ? $"'{key}: ...'" : branch.GetProperty("title").GetString()));

    // What the first required key of an alternative may hold, where that is a list.
    private List<string>? ValuesOf(JsonElement branch)
        => branch.TryGetProperty("properties", out var properties) && properties.TryGetProperty(RequiredOf(branch).First(), out var first) && first.TryGetProperty("enum", out var values)
            ? [.. values.EnumerateArray().Select(static value => value.GetString()!)]
            : null;

    private static IEnumerable<string> RequiredOf(JsonElement schema)
        => schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(static key => key.GetString()!) : [];

    private static YamlNode? Find(YamlMappingNode mapping, string key) => mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
}
