using System.Text;

namespace Traxxs.Server.Notifications.Sms;

/// <summary>
/// How long a text message is: in the GSM 7-bit alphabet (3GPP TS 23.038) 160 characters, or 153 a segment of several; with
/// one letter outside it all of it in UCS-2, 70 or 67. Segments are what is paid and what a network may lose.
/// </summary>
/// <param name="IsGsm7">Whether it fits the GSM alphabet.</param>
/// <param name="Units">Septets, or UTF-16 units.</param>
/// <param name="Segments">Messages it travels as.</param>
public readonly record struct SmsText(bool IsGsm7, int Units, int Segments)
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    // Behind an escape: two septets each.
    private const string Extended = "\f^{}\\[~]|€";

    private const string Ellipsis = "...";

    /// <summary>Counts a text.</summary>
    public static SmsText Of(string text)
    {
        if (text.All(c => Basic.Contains(c) || Extended.Contains(c)))
        {
            var septets = text.Sum(c => Extended.Contains(c) ? 2 : 1);
            return new SmsText(true, septets, septets <= 160 ? 1 : Parts(text, 153, c => Extended.Contains(c) ? 2 : 1));
        }

        return new SmsText(false, text.Length, text.Length <= 70 ? 1 : Parts(text, 67, _ => 1));
    }

    /// <summary>
    /// A text written with a value that may be shortened, so that it has at most so many segments: what stands around it, such
    /// as the link to the map, stays whole.
    /// </summary>
    public static string Fit(Func<string, string> write, string value, int segmentsMax)
    {
        for (var length = value.Length; ; length--)
        {
            if (length > 0 && length < value.Length && char.IsLowSurrogate(value[length])) continue;
            var text = write(length == value.Length ? value : value[..length].TrimEnd() + Ellipsis);
            if (length == 0 || Of(text).Segments <= segmentsMax) return text;
        }
    }

    /// <summary>Letters a phone in the GSM alphabet shows the same, for those that would make the message twice as long.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text) plain.Append(c switch { '–' or '—' => '-', '“' or '”' or '„' => '"', '‘' or '’' => '\'', '…' => '.', '\u00a0' or '\t' => ' ', _ => c });
        return plain.ToString();
    }

    // A character stands in one segment whole: an escape is not parted from its letter, nor a surrogate from its other half.
    private static int Parts(string text, int size, Func<char, int> unitsOf)
    {
        var (parts, used) = (1, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var units = unitsOf(text[i]);
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length)
            {
                units = 2;
                i++;
            }

            if (used + units > size) (parts, used) = (parts + 1, 0);
            used += units;
        }

        return parts;
    }
}
