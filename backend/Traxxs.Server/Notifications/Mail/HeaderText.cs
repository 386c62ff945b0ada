using System.Text;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>Text in headers: as it is where it is plain ASCII, in encoded words (RFC 2047) where it is not.</summary>
internal static class HeaderText
{
    // An encoded word has at most 75 characters, a line that holds one 76 (RFC 2047 section 2); "=?utf-8?B?" and "?=" are 12.
    private const int WordMax = 75;
    private const int WordFrame = 12;
    private const int LineMax = 76;

    /// <summary>A header's value behind so many characters of its name. Control characters, line ends among them, become spaces.</summary>
    public static string Encode(string text, int before)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        if (line.All(c => c is >= ' ' and <= '~') && before + line.Length <= LineMax && !NeedsQuotes(line)) return line;
        return string.Join("\r\n ", Words(line, LineMax - before).Select(word => $"=?utf-8?B?{Convert.ToBase64String(word)}?="));
    }

    // What means something between the words of an address, or looks like an encoded word.
    private static bool NeedsQuotes(string line) => line.AsSpan().IndexOfAny("()<>@,;:\\\".[]") >= 0 && !line.Contains(' ') || line.Contains("=?", StringComparison.Ordinal);

    private static IEnumerable<byte[]> Words(string line, int firstMax)
    {
        var bytesMax = BytesIn(firstMax);
        var word = new List<byte>();
        foreach (var rune in line.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > bytesMax)
            {
                yield return [.. word];
                word.Clear();
                bytesMax = BytesIn(WordMax);
            }

            word.AddRange(bytes); // a character stands in one word whole
        }

        yield return [.. word];
    }

    private static int BytesIn(int length) => (Math.Min(length, WordMax) - WordFrame) / 4 * 3;
}
