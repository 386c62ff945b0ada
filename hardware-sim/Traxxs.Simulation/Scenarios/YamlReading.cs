using System.Globalization;
using Traxxs.Simulation.Time;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>Reads YAML nodes into values; whatever does not fit is a <see cref="ScenarioException"/> at its line and column.</summary>
internal sealed class YamlReading(string file)
{
    public static YamlMapping Load(string file, string text)
    {
        var reading = new YamlReading(file);
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            throw new ScenarioException(file, problem.Start.Line, problem.Start.Column, $"not YAML: {problem.Message}");
        }
        catch (InvalidOperationException)
        {
            // What the parser says of a text that ends inside a list or a mapping.
            throw new ScenarioException(file, text.Count(c => c == '\n') + 1, 1, "not YAML: it ends inside a list or a mapping");
        }

        if (stream.Documents.Count != 1) throw new ScenarioException(file, 0, 0, "one YAML document is expected, with name, people and devices");
        return reading.Mapping(stream.Documents[0].RootNode, "a scenario");
    }

    public YamlMapping Mapping(YamlNode node, string what)
        => node is YamlMappingNode mapping ? new YamlMapping(this, mapping, what) : throw Error(node, $"{what} is written as 'key: value' lines");

    public IList<YamlNode> List(YamlNode node, string what)
        => node is YamlSequenceNode sequence ? sequence.Children : throw Error(node, $"{what} is a list: lines that begin with '- ', or [a, b]");

    public string Text(YamlNode node, string what)
        => node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Error(node, $"{what} is a single value");

    public double Number(YamlNode node, string what, double min, double max)
        => double.TryParse(Text(node, what), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Error(node, $"{what} is a number from {min.ToString(CultureInfo.InvariantCulture)} to {max.ToString(CultureInfo.InvariantCulture)}, not '{node}'");

    public int Integer(YamlNode node, string what, int min, int max)
        => int.TryParse(Text(node, what), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Error(node, $"{what} is a whole number from {min} to {max}, not '{node}'");

    public TimeSpan Duration(YamlNode node, string what)
        => SpanText.TryParse(Text(node, what), out var value) ? value : throw Error(node, $"{what} is a span such as 30s, 20m or 6h30m, not '{node}'");

    public ScenarioException Error(YamlNode node, string problem) => new(file, node.Start.Line, node.Start.Column, problem);
}

/// <summary>The keys of one mapping; a key nobody asked for is an error.</summary>
internal sealed class YamlMapping(YamlReading reading, YamlMappingNode node, string what)
{
    private readonly HashSet<string> _asked = [];

    public YamlReading Reading { get; } = reading;

    public YamlNode Node { get; } = node;

    public YamlNode Required(string key) => Find(key) ?? throw Reading.Error(Node, $"{what} needs '{key}'");

    public YamlNode? Find(string key)
    {
        _asked.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    public IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> All()
    {
        foreach (var (key, value) in node.Children)
        {
            _asked.Add(Reading.Text(key, "a key"));
            yield return (Reading.Text(key, "a key"), key, value);
        }
    }

    public void RefuseOthers()
    {
        foreach (var key in node.Children.Keys)
        {
            if (!_asked.Contains(Reading.Text(key, "a key"))) throw Reading.Error(key, $"{what} has no '{key}'; it may have {string.Join(", ", _asked)}");
        }
    }
}
