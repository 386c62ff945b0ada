using System.Text.Json;
using System.Text.RegularExpressions;

namespace Traxxs.Server.Notifications.Texts;

/// <summary>
/// The words of an organisation's notifications. <c>{name}</c> stands for a value, see <see cref="NotificationValues"/>; a
/// line all of whose values are empty is left out. In HTML every value is escaped.
/// </summary>
public sealed partial record NotificationTemplates
{
    private const int LineMax = 300;
    private const int TextMax = 20_000;

    /// <summary>As the program brings them.</summary>
    public static NotificationTemplates Standard { get; } = new();

    /// <summary>Subject of an e-mail.</summary>
    public string Subject { get; init; } = "{severity}: {summary}";

    /// <summary>E-mail as plain text.</summary>
    public string Text { get; init; } =
        """
        {heading}

        {summary}

        Wearer: {wearer}
        Happened: {time} ({age} ago)
        Place: {position}
        Map: {map}
        Alert: {link}

        {others}
        """;

    /// <summary>E-mail as HTML.</summary>
    public string Html { get; init; } =
        """
        <!DOCTYPE html>
        <html><body style="font-family:sans-serif">
        <p>{heading}</p>
        <h2>{summary}</h2>
        <table>
        <tr><td>Wearer</td><td>{wearer}</td></tr>
        <tr><td>Happened</td><td>{time} ({age} ago)</td></tr>
        <tr><td>Place</td><td>{position}</td></tr>
        </table>
        <p><a href="{map}">Show on the map</a></p>
        <p><a href="{link}">Open the alert</a></p>
        <pre>{others}</pre>
        </body></html>
        """;

    /// <summary>Text message: <c>{summary}</c> is shortened to fit, the rest stays whole.</summary>
    public string Sms { get; init; } = "{severity}: {summary}, {age} ago {wearer} {map}";

    /// <summary>Address of a map: <c>{lat}</c> and <c>{lon}</c> in degrees.</summary>
    public string MapUrl { get; init; } = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}";

    /// <summary>Address of an alert on the page, with <c>{id}</c>; empty for none.</summary>
    public string AlertUrl { get; init; } = "";

    /// <summary>Reads templates; what is not named stays as the program brings it. What is wrong is named by its key.</summary>
    public static NotificationTemplates Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException("templates: must be an object");
        var result = Standard;
        foreach (var property in json.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) throw new FormatException($"{property.Name}: must be a text");
            var text = property.Value.GetString()!;
            result = property.Name switch
            {
                "subject" => result with { Subject = Checked(property.Name, text, LineMax) },
                "text" => result with { Text = Checked(property.Name, text, TextMax) },
                "html" => result with { Html = Checked(property.Name, text, TextMax) },
                "sms" => result with { Sms = Checked(property.Name, text, LineMax) },
                "mapUrl" => result with { MapUrl = Address(property.Name, text, "lat", "lon") },
                "alertUrl" => result with { AlertUrl = text.Length == 0 ? "" : Address(property.Name, text, "id") },
                _ => throw new FormatException($"{property.Name}: there is no such key"),
            };
        }

        return result;
    }

    /// <summary>Fills a template in.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values, Func<string, string>? escape = null)
    {
        var lines = template.ReplaceLineEndings("\n").Split('\n').Where(line => IsWanted(line, values));
        return Placeholder().Replace(string.Join('\n', lines), match =>
            values.TryGetValue(match.Groups[1].Value, out var value) ? escape?.Invoke(value) ?? value : match.Value);
    }

    private static bool IsWanted(string line, IReadOnlyDictionary<string, string> values)
    {
        var names = Placeholder().Matches(line);
        return names.Count == 0 || names.Any(match => !values.TryGetValue(match.Groups[1].Value, out var value) || value.Length > 0);
    }

    private static string Checked(string key, string text, int max)
    {
        if (text.Trim().Length == 0 || text.Length > max) throw new FormatException($"{key}: must have 1 to {max} characters");
        foreach (Match match in Placeholder().Matches(text))
        {
            if (!NotificationValues.Names.Contains(match.Groups[1].Value))
                throw new FormatException($"{key}: there is no value {match.Value}; there are {string.Join(", ", NotificationValues.Names.Select(name => $"{{{name}}}"))}");
        }

        return text;
    }

    private static string Address(string key, string text, params string[] names)
    {
        var filled = names.Aggregate(text, (url, name) => url.Replace($"{{{name}}}", "1", StringComparison.Ordinal));
        var named = names.All(name => text.Contains($"{{{name}}}", StringComparison.Ordinal));
        if (named && text.Length <= LineMax && !filled.Contains('{') && IsWeb(filled)) return text;
        throw new FormatException($"{key}: must be an address that begins with https:// and has {string.Join(" and ", names.Select(name => $"{{{name}}}"))}");
    }

    private static bool IsWeb(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is ("https" or "http");

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Placeholder();
}
