using System.Net;
using System.Net.Sockets;
using System.Text;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Notifications;

/// <summary>Against a real mail server, and against one that misbehaves.</summary>
[TestClass]
public class MailChannelTests : IDisposable
{
    private static readonly OutboundGuard Here = new([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;

    public MailChannelTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _database.Write(session => session.Templates.Put("main", """{"text":".dot at the beginning\n{summary}\n.","subject":"{summary}"}""", Reports.Start));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    [DataRow("starttls", true)]
    [DataRow("implicit", true)]
    [DataRow("none", false)]
    public async Task An_alert_arrives_as_mail_in_text_and_html(string mode, bool tls)
    {
        await using var server = await MailServer.StartAsync(mode);
        const string words = "Bahnhofstraße: Sturz, keine Bewegung seit 60 s. Wo ist Wendy? Ein langer Satz, damit die Zeile umbrochen werden muss.";
        Assert.AreEqual(Delivery.Taken, await SendAsync(server, mode, words));
        var mail = await server.NextAsync();
        Assert.AreEqual("alerts@example.org", mail.GetProperty("from").GetString());
        Assert.AreEqual("ada@example.org", mail.GetProperty("to")[0].GetString());
        Assert.AreEqual("TRAXXs Büro <alerts@example.org>", mail.GetProperty("sender").GetString());
        Assert.AreEqual(words, mail.GetProperty("subject").GetString());
        Assert.AreEqual($".dot at the beginning\n{words}\n.", mail.GetProperty("text").GetString()!.Trim().ReplaceLineEndings("\n"));
        StringAssert.Contains(mail.GetProperty("html").GetString(), "Bahnhofstra&#223;e: Sturz");
        Assert.AreEqual(tls, mail.GetProperty("tls").GetBoolean());
        Assert.AreEqual(tls ? MailServer.User : "", mail.GetProperty("user").GetString());
        Assert.IsLessThanOrEqualTo(76, mail.GetProperty("longest").GetInt32());
        Assert.AreEqual("<mail.7@example.org>", mail.GetProperty("id").GetString());
    }

    [TestMethod]
    public async Task A_wrong_password_is_a_failure_that_names_no_password_and_is_tried_again()
    {
        await using var server = await MailServer.StartAsync("starttls");
        var error = await Assert.ThrowsExactlyAsync<SmtpException>(() => SendAsync(server, "starttls", "x", password: "sesame, open"));
        StringAssert.Contains(error.Message, "535");
        Assert.DoesNotContain("sesame", error.Message);
        Assert.IsEmpty(server.Mails);
    }

    [TestMethod]
    public async Task A_server_whose_certificate_is_not_trusted_gets_neither_password_nor_mail()
    {
        await using var server = await MailServer.StartAsync("starttls");
        await using var another = await MailServer.StartAsync("starttls");
        await Assert.ThrowsExactlyAsync<System.Security.Authentication.AuthenticationException>(() => SendAsync(server, "starttls", "x", certificate: another.Certificate));
        await Assert.ThrowsExactlyAsync<System.Security.Authentication.AuthenticationException>(() => SendAsync(server, "starttls", "x", certificate: ""));
        Assert.IsEmpty(server.Mails);
    }

    [TestMethod]
    public async Task A_mailbox_that_is_none_is_refused_for_good_and_one_that_is_busy_tried_again()
    {
        await using var server = await MailServer.StartAsync("implicit");
        var refused = await SendAsync(server, "implicit", "x", to: "nobody@example.org");
        Assert.AreEqual(DeliveryOutcome.Refused, refused.Outcome);
        StringAssert.Contains(refused.Reason, "550 5.1.1 no such mailbox");
        var later = await Assert.ThrowsExactlyAsync<SmtpException>(() => SendAsync(server, "implicit", "x", to: "later@example.org"));
        StringAssert.Contains(later.Message, "451");
        Assert.AreEqual(Delivery.Taken, await SendAsync(server, "implicit", "x"));
    }

    [TestMethod]
    [DataRow("220 hello\r\n|250 no extensions\r\n", "no STARTTLS is offered")]
    [DataRow("220 hello\r\n|250-mail\r\n250 STARTTLS\r\n|220 go\r\n250 put in by somebody else\r\n", "data before TLS")]
    [DataRow("554 not today\r\n", "554 not today")]
    [DataRow("HTTP/1.1 400 Bad Request\r\n", "no reply")]
    [DataRow("220", "hung up")]
    [DataRow("", "hung up")]
    public async Task A_server_that_does_not_speak_as_it_should_is_named(string answers, string reason)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var speaking = SpeakAsync(listener, answers.Split('|'));
        var error = await Assert.ThrowsExactlyAsync<SmtpException>(() => SendAsync(((IPEndPoint)listener.LocalEndpoint).Port, SmtpSecurity.StartTls, null, "x", "y", "ada@example.org"));
        StringAssert.Contains(error.Message, reason);
        await speaking;
    }

    private static async Task SpeakAsync(TcpListener listener, string[] answers)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var buffer = new byte[1000];
        for (var i = 0; i < answers.Length; i++)
        {
            if (i > 0) await client.GetStream().ReadAtLeastAsync(buffer, 1);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answers[i]));
        }
    }

    private Task<Delivery> SendAsync(
        MailServer server, string mode, string summary, string to = "ada@example.org", string password = MailServer.Password, string? certificate = null)
    {
        var security = mode switch { "starttls" => SmtpSecurity.StartTls, "implicit" => SmtpSecurity.Implicit, _ => SmtpSecurity.None };
        return SendAsync(server.Port, security, certificate switch { null => server.Certificate, "" => null, _ => certificate }, summary, password, to);
    }

    private Task<Delivery> SendAsync(int port, SmtpSecurity security, string? certificate, string summary, string password, string to)
    {
        var settings = new MailSettings("localhost", port, security, security == SmtpSecurity.None ? null : MailServer.User, "alerts@example.org", "TRAXXs Büro", certificate, []);
        var channel = new MailChannel("mail", settings, password, Here, new NotificationWriter(_database, new ManualClock()), TimeProvider.System);
        var alert = new Alert { Id = "a", Key = "a", Org = "main", DeviceId = "insole-1", Rule = "x", Severity = AlertSeverity.High, RaisedAt = Reports.Start, Summary = summary };
        var entry = new OutboxEntry { Id = 7, Key = "k", Channel = "mail", Recipient = to, Kind = "raised", AlertId = "a", DueAt = Reports.Start, CreatedAt = Reports.Start };
        return channel.DeliverAsync(entry, alert, CancellationToken.None);
    }
}
