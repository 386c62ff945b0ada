using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>
/// The JSON schema of scenario files, which editors use as it stands and against which every file is checked: which keys there
/// are, what each may hold. What names refer to and what a day's lines say is the reader's.
/// </summary>
public static class ScenarioSchema
{
    private static readonly JsonElement Root = JsonDocument.Parse(Text).RootElement;

    /// <summary>The schema, JSON Schema 2020-12.</summary>
    public static string Text
    {
        get
        {
            using var stream = typeof(ScenarioSchema).Assembly.GetManifestResourceStream("scenario.schema.json")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Checks a document. Throws <see cref="ScenarioException"/> at the first mistake.</summary>
    internal static void Check(YamlReading reading, YamlNode document) => new SchemaCheck(reading, Root).Check(Root, document, "a scenario");
}
