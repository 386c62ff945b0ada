namespace Traxxs.Store.Postgres;

/// <summary>Text in PostgreSQL is UTF-8 without a zero character; what C# holds may be neither.</summary>
internal static class PostgresText
{
    /// <summary>Whether the server can hold a text.</summary>
    public static bool IsValid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i])) return false;
            if (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i]))) return false;
        }

        return true;
    }

    /// <summary>The text, with a sign of replacement for what the server cannot hold: for what somebody else wrote.</summary>
    public static string Cleaned(string text) => IsValid(text) ? text : string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
}
