using System.Text.Json;
using Traxxs.Core.Ports;
using Traxxs.Server.Alerts;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Scenarios;

[TestClass]
public sealed class ScenarioSchemaTests
{
    // Names of properties and definitions are not keywords.
    private static readonly string[] Maps = ["properties", "$defs"];

    [TestMethod]
    public void The_schema_uses_only_what_the_checker_understands()
    {
        var unknown = new List<string>();
        Walk(JsonDocument.Parse(ScenarioSchema.Text).RootElement, named: false, unknown);
        Assert.IsEmpty(unknown, string.Join(", ", unknown));
    }

    [TestMethod]
    public void Every_pattern_the_insole_can_play_can_be_expected()
    {
        var patterns = Values("expectation", "felt").Select(name => Enum.Parse<IndicatorPattern>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true));
        CollectionAssert.AreEquivalent(Enum.GetValues<IndicatorPattern>().Where(p => p != IndicatorPattern.None).ToArray(), patterns.ToArray());
    }

    [TestMethod]
    public void Every_rule_of_the_server_can_be_expected()
    {
        var rules = typeof(AlertRuleName).GetFields().Select(field => (string)field.GetRawConstantValue()!);
        var named = JsonDocument.Parse(ScenarioSchema.Text).RootElement.GetProperty("$defs").GetProperty("rule").GetProperty("enum").EnumerateArray().Select(value => value.GetString());
        CollectionAssert.AreEquivalent(rules.ToArray(), named.ToArray());
    }

    private static List<string> Values(string definition, string key)
        => [.. JsonDocument.Parse(ScenarioSchema.Text).RootElement.GetProperty("$defs").GetProperty(definition).GetProperty("oneOf").EnumerateArray()
            .Where(branch => branch.TryGetProperty("properties", out var properties) && properties.TryGetProperty(key, out _))
            .SelectMany(branch => branch.GetProperty("properties").GetProperty(key).GetProperty("enum").EnumerateArray().Select(value => value.GetString()!))];

    private static void Walk(JsonElement element, bool named, List<string> unknown)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Walk(item, named: false, unknown);
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var property in element.EnumerateObject())
        {
            if (!named && !SchemaCheck.Keywords.Contains(property.Name)) unknown.Add(property.Name);
            Walk(property.Value, !named && Maps.Contains(property.Name), unknown);
        }
    }
}
