using System.Globalization;

namespace Traxxs.Server.Api;

/// <summary>CSV as RFC 4180 has it. A text a spreadsheet would take for a formula gets an apostrophe before it: it may hold what somebody typed.</summary>
internal static class CsvText
{
    /// <summary>One line, CR LF at its end.</summary>
    public static string Line(params IEnumerable<object?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(object? value)
    {
        if (value is not string text) return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
