using System.Text;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>Quoted-printable (RFC 2045 section 6.7): text that stays readable and within 76 characters a line.</summary>
internal static class QuotedPrintable
{
    private const int LineMax = 76;

    /// <summary>Encodes text as UTF-8; line ends become CR LF.</summary>
    public static string Encode(string text)
    {
        var result = new StringBuilder();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0) result.Append("\r\n");
            Append(result, Encoding.UTF8.GetBytes(lines[i]));
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, byte[] line)
    {
        var column = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var isLast = i == line.Length - 1;
            // A space at the end of a line would be lost on the way.
            var plain = line[i] is >= 33 and <= 126 and not (byte)'=' || (line[i] is (byte)' ' or (byte)'\t' && !isLast);
            var length = plain ? 1 : 3;
            if (column + length > LineMax - (isLast ? 0 : 1))
            {
                result.Append("=\r\n");
                column = 0;
            }

            if (plain) result.Append((char)line[i]);
            else result.Append($"={line[i]:X2}");
            column += length;
        }
    }
}
