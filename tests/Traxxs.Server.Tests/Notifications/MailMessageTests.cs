using System.Text;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public sealed class MailMessageTests
{
    [TestMethod]
    [DataRow("plain words", "plain words")]
    [DataRow("a=b", "a=3Db")]
    [DataRow("Größe", "Gr=C3=B6=C3=9Fe")]
    [DataRow("ends with a space ", "ends with a space=20")]
    [DataRow("two\nlines\r\nof\rtext", "two\r\nlines\r\nof\r\ntext")]
    [DataRow("\u0007 bell", "=07 bell")]
    public void Text_stays_readable_and_survives_the_way(string text, string expected) => Assert.AreEqual(expected, QuotedPrintable.Encode(text));

    [TestMethod]
    public void No_line_is_longer_than_76_characters_and_none_loses_a_character()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(300)).Select(_ => "a =ü.€"[random.Next(6)]));
            var encoded = QuotedPrintable.Encode(text);
            Assert.IsTrue(encoded.Split("\r\n").All(line => line.Length <= 76), encoded);
            Assert.AreEqual(text, Decode(encoded));
        }
    }

    [TestMethod]
    [DataRow("HIGH: no movement", "HIGH: no movement")]
    [DataRow("Sturz: Müller", "=?utf-8?B?U3R1cno6IE3DvGxsZXI=?=")]
    [DataRow("one\r\nBcc: everybody@example.org", "one  Bcc: everybody@example.org")] // a line end must not make a header
    [DataRow("=?utf-8?B?eA==?=", "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=")]
    public void A_header_holds_what_it_was_given_and_nothing_else(string text, string expected) => Assert.AreEqual(expected, HeaderText.Encode(text, 9));

    [TestMethod]
    public void A_long_header_is_folded_between_whole_characters()
    {
        var subject = string.Concat(Enumerable.Repeat("Höhe 😀 ", 30)).Trim();
        var encoded = HeaderText.Encode(subject, 9);
        var words = encoded.Split("\r\n ");
        Assert.IsTrue(words.All(word => word.Length <= 75) && words[0].Length <= 76 - 9, encoded);
        Assert.AreEqual(subject, string.Concat(words.Select(word => new UTF8Encoding(false, true).GetString(Convert.FromBase64String(word[10..^2])))));
    }

    [TestMethod]
    public void A_message_has_both_texts_and_is_ascii()
    {
        var mime = new MailMessage("alerts@example.org", "TRAXXs Büro", "ada@example.org", "Sturz", "Über", "<p>Über</p>", "c.7", Reports.Start).ToMime();
        Assert.IsTrue(mime.All(c => c is '\r' or '\n' or (>= ' ' and <= '~')));
        Assert.DoesNotContain("\n", mime.Replace("\r\n", ""));
        StringAssert.Contains(mime, "Message-ID: <c.7@example.org>\r\n");
        StringAssert.Contains(mime, "Date: Sun, 01 Mar 2026 08:00:00 +0000\r\n");
        StringAssert.Contains(mime, "Content-Type: multipart/alternative;");
        Assert.IsLessThan(mime.IndexOf("text/html", StringComparison.Ordinal), mime.IndexOf("text/plain", StringComparison.Ordinal));
        StringAssert.Contains(mime, "<p>=C3=9Cber</p>");
    }

    [TestMethod]
    [DataRow("ada@example.org", "ada@example.org")]
    [DataRow("ada+work@büro.example", "ada+work@xn--bro-hoa.example")]
    [DataRow("ädä@example.org", null)]
    [DataRow("ada", null)]
    [DataRow("@example.org", null)]
    [DataRow("ada@", null)]
    [DataRow("ada@exa mple.org", null)]
    [DataRow("ada@example.org\r\nRCPT TO:<x@y>", null)]
    [DataRow("<ada@example.org>", null)]
    public void An_address_is_checked(string text, string? expected) => Assert.AreEqual(expected, MailAddress.Normalise(text));

    [TestMethod]
    public void A_line_that_begins_with_a_dot_is_stuffed() =>
        Assert.AreEqual("..\r\n..a\r\nb.\r\n", SmtpSession.Stuffed(".\r\n.a\r\nb.\r\n"));

    private static string Decode(string encoded)
    {
        var bytes = new List<byte>();
        encoded = encoded.Replace("=\r\n", "");
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '=') bytes.Add((byte)encoded[i]);
            else bytes.Add(Convert.ToByte(encoded.Substring((i += 2) - 1, 2), 16));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
