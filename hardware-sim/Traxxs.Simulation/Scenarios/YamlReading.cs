using System.Globalization;
using Traxxs.Simulation.Time;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>
/// Reads YAML nodes into values, after <see cref="ScenarioSchema"/> has seen to their shape; what still does not fit is a
/// <see cref="ScenarioException"/> at its line and column.
/// </summary>
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
        var document = stream.Documents[0].RootNode;
        ScenarioSchema.Check(reading, document);
        return reading.Mapping(document);
    }

    public YamlMapping Mapping(YamlNode node) => new(this, (YamlMappingNode)node);

    public IList<YamlNode> List(YamlNode node) => ((YamlSequenceNode)node).Children;

    public string Text(YamlNode node, string what)
        => node is YamlScalarNode { Value: { Length: > 0 } value } ? value : throw Error(node, $"{what} is a single value");

    public ScenarioException Error(YamlNode node, string problem) => new(file, node.Start.Line, node.Start.Column, problem);
}

/// <summary>The keys of one mapping, in the types that the schema has promised.</summary>
internal sealed class YamlMapping(YamlReading reading, YamlMappingNode node)
{
    public YamlReading Reading { get; } = reading;

    public YamlMappingNode Node { get; } = node;

    public YamlNode? Find(string key) => Node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public YamlNode Required(string key) => Find(key) ?? throw Reading.Error(Node, $"'{key}' is missing");

    public bool Has(string key) => Find(key) is not null;

    public IList<YamlNode> List(string key) => Find(key) is { } list ? Reading.List(list) : [];

    public string? Text(string key) => (Find(key) as YamlScalarNode)?.Value;

    public double? Number(string key) => Text(key) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    public int? Integer(string key) => Text(key) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public TimeSpan? Span(string key) => Text(key) is { } text && SpanText.TryParse(text, out var value) ? value : null;

    public long? SpanMs(string key) => Span(key) is { } span ? (long)span.TotalMilliseconds : null;
}
