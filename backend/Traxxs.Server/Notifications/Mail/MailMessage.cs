using System.Globalization;
using System.Text;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>One message: a text and the same as HTML.</summary>
/// <param name="From">Address of the sender, ASCII.</param>
/// <param name="FromName">Name of the sender; empty for none.</param>
/// <param name="To">Address of the recipient, ASCII.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">The same as an HTML document.</param>
/// <param name="Id">Left part of the message's id: the same in every attempt, so that a mailbox tells repeats.</param>
/// <param name="Date">When it is sent.</param>
public sealed record MailMessage(string From, string FromName, string To, string Subject, string Text, string Html, string Id, DateTimeOffset Date)
{
    private const string Boundary = "=_traxxs_part"; // "=_" can stand in no quoted-printable line (RFC 2045 section 6.7)

    /// <summary>The message as it travels (RFC 5322, 2045 to 2047): ASCII, lines of at most 76 characters that end in CR LF.</summary>
    public string ToMime()
    {
        var domain = From[(From.LastIndexOf('@') + 1)..];
        var mime = new StringBuilder();
        Line("From: " + (FromName.Length == 0 ? From : $"{HeaderText.Encode(FromName, "From: ".Length)} <{From}>"));
        Line($"To: {To}");
        Line("Subject: " + HeaderText.Encode(Subject, "Subject: ".Length));
        Line("Date: " + Date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Line($"Message-ID: <{Id}@{domain}>");
        Line("Auto-Submitted: auto-generated"); // RFC 3834: no vacation notice answers it
        Line("MIME-Version: 1.0");
        Line($"Content-Type: multipart/alternative; boundary=\"{Boundary}\"");
        Line("");
        Part("text/plain", Text);
        Part("text/html", Html); // the last alternative is the one preferred (RFC 2046 section 5.1.4)
        Line($"--{Boundary}--");
        return mime.ToString();

        void Line(string text) => mime.Append(text).Append("\r\n");

        void Part(string type, string content)
        {
            Line($"--{Boundary}");
            Line($"Content-Type: {type}; charset=utf-8");
            Line("Content-Transfer-Encoding: quoted-printable");
            Line("");
            Line(QuotedPrintable.Encode(content));
        }
    }
}
