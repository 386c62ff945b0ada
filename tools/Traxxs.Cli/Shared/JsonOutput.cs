using System.Text.Json;

namespace Traxxs.Cli.Shared;

/// <summary>The one way a verb prints with <c>--json</c>: a single object on stdout, keys in camelCase, nothing else.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the object and a line end.</summary>
    public static void Write(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Options));
}
