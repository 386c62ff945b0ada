using System.Globalization;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>Addresses of mailboxes, checked so that nothing in one can end a command or a header.</summary>
public static class MailAddress
{
    /// <summary>What an address has, for people.</summary>
    public const string Rule = "must be an e-mail address in ASCII letters, such as ada@example.org";

    private const int Max = 254; // RFC 5321 section 4.5.3.1.3
    private const int LocalMax = 64;
    private const string LocalMarks = "!#$%&'*+-/=?^_`{|}~."; // RFC 5322 section 3.2.3

    /// <summary>An address with its domain in ASCII; null where it is none, or its mailbox has letters only SMTPUTF8 carries.</summary>
    public static string? Normalise(string? text)
    {
        var at = text?.LastIndexOf('@') ?? -1;
        if (text is null || at < 1 || at > LocalMax || text.Length > Max) return null;
        var local = text[..at];
        if (!local.All(c => char.IsAsciiLetterOrDigit(c) || LocalMarks.Contains(c))) return null;
        try
        {
            var domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[(at + 1)..]);
            return $"{local}@{domain}";
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
