namespace Traxxs.Server.Identity;

/// <summary>
/// Passwords that are guessed first. A short list of words people lengthen, and the ways they lengthen them: a list of
/// millions would say little more about passwords of ten characters and more.
/// </summary>
internal static class CommonPasswords
{
    // Digits and signs alone: a date or a number until there are more of them than either has.
    private const int DigitsMin = 16;

    private const string Rows = "1234567890 0987654321 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop 1q2w3e4r5t6z 1q2w3e4r5t6y 1qaz2wsx3edc 1qay2wsx3edc zaq12wsx qazwsxedc";

    private static readonly string[] KeyRows = Rows.Split(' ');

    private static readonly string[] Words =
    [
        "password", "passwort", "passw0rd", "p@ssw0rd", "pa55word", "motdepasse", "contraseña", "kennwort", "qwerty", "qwertz", "azerty", "iloveyou",
        "letmein", "welcome", "willkommen", "bienvenue", "admin", "administrator", "root", "user", "login", "monkey", "dragon", "football", "baseball",
        "basketball", "superman", "batman", "princess", "sunshine", "trustno1", "starwars", "whatever", "michael", "jennifer", "charlie", "michelle",
        "computer", "internet", "master", "shadow", "hello", "hallo", "freedom", "secret", "geheim", "changeme", "default", "test", "testing", "temp",
        "temporary", "guest", "summer", "winter", "spring", "autumn", "sommer", "herbst", "frühling", "january", "february", "march", "april", "june",
        "july", "august", "september", "october", "november", "december", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember",
        "monday", "friday", "montag", "freitag", "berlin", "münchen", "hamburg", "deutschland", "germany", "schatz", "traxxs", "xsole", "insole", "alert",
        "security", "sicherheit", "qwe", "asd", "abc", "123", "loveyou", "lovely", "flower", "cookie", "pokemon", "liverpool", "arsenal", "chelsea",
        "bayern", "schalke", "borussia", "hockey", "soccer", "ginger", "pepper", "buster", "killer", "jordan", "mustang", "corvette", "ferrari", "mercedes",
    ];

    /// <summary>Whether a password is a common word with digits and signs around it, a run along the keys, or one thing repeated.</summary>
    public static bool Contains(string password)
    {
        var text = password.ToLowerInvariant();
        if (IsRepeated(text) || IsRun(text)) return true;
        // What is left when the usual decoration goes: "Password2026!!", "!!summer-2025".
        var core = text.Trim("0123456789!?.,;:-_+*#$%&/()=@ ".ToCharArray());
        if (core.Length == 0) return text.Length < DigitsMin; // a date, a telephone number
        return Array.Exists(Words, word => core == word || IsRepetitionOf(core, word)) || IsRun(core);
    }

    private static bool IsRepeated(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (IsRepetitionOf(text, text[..length])) return true;
        }

        return false;
    }

    // The block again and again, the last time perhaps cut short: 12341234123.
    private static bool IsRepetitionOf(string text, string block)
    {
        if (text.Length <= block.Length) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != block[i % block.Length]) return false;
        }

        return true;
    }

    private static bool IsRun(string text)
    {
        foreach (var row in KeyRows)
        {
            var twice = row + row;
            if (twice.Contains(text, StringComparison.Ordinal) || Reverse(twice).Contains(text, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static string Reverse(string text)
    {
        var characters = text.ToCharArray();
        Array.Reverse(characters);
        return new string(characters);
    }
}
