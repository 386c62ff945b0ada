using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Traxxs.Server.Notifications.Mail;

/// <summary>One conversation with a mail server (RFC 5321): greet, secure, sign in, hand over one message, part.</summary>
internal sealed class SmtpSession(Stream stream, SmtpServer server) : IAsyncDisposable
{
    private const int LineMax = 2048; // RFC 5321 says 512; servers say more
    private const int LinesMax = 100;
    private const int ForwardedCode = 251; // "User not local; will forward": taken, too

    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream = stream;
    private IReadOnlyList<string> _extensions = [];
    private int _from;
    private int _to;

    /// <summary>Greets, secures the connection and signs in, as the server's settings say.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (server.Security == SmtpSecurity.Implicit) await SecureAsync(cancellationToken);
        await ExpectAsync("greeting", 220, cancellationToken);
        await GreetAsync(cancellationToken);
        if (server.Security == SmtpSecurity.StartTls)
        {
            if (!_extensions.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase)) throw new SmtpException(new SmtpReply(0, ["no STARTTLS is offered"]), "EHLO");
            await AskAsync("STARTTLS", "STARTTLS", 220, cancellationToken);
            // What came in the clear behind the answer was put there by somebody else (CVE-2011-0411).
            if (_from != _to) throw new SmtpException(new SmtpReply(0, ["data before TLS"]), "STARTTLS");
            await SecureAsync(cancellationToken);
            await GreetAsync(cancellationToken);
        }

        if (server.User is not null) await SignInAsync(server.User, server.Password ?? "", cancellationToken);
    }

    /// <summary>Hands over one message.</summary>
    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        await AskAsync($"MAIL FROM:<{message.From}>", "MAIL FROM", 250, cancellationToken);
        await AskAsync($"RCPT TO:<{message.To}>", SmtpException.RecipientStep, 250, cancellationToken);
        await AskAsync("DATA", "DATA", 354, cancellationToken);
        await WriteAsync(Stuffed(message.ToMime()) + ".\r\n", cancellationToken);
        await ExpectAsync(SmtpException.MessageStep, 250, cancellationToken);
    }

    /// <summary>Parts politely; a server that does not answer that has the message all the same.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("QUIT", "QUIT", 221, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It hung up first, or takes its time: the message is with it.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>A line that begins with a dot gets a second one, which the server takes off (RFC 5321 section 4.5.2).</summary>
    internal static string Stuffed(string mime) => (mime.StartsWith('.') ? "." + mime : mime).Replace("\r\n.", "\r\n..", StringComparison.Ordinal);

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync("EHLO [127.0.0.1]", "EHLO", 250, cancellationToken);
        _extensions = [.. reply.Lines.Skip(1)];
    }

    private async Task SignInAsync(string user, string password, CancellationToken cancellationToken)
    {
        var ways = _extensions.FirstOrDefault(line => line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.ToUpperInvariant().Split(' ') ?? [];
        if (ways.Contains("PLAIN"))
        {
            await AskAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}"), "AUTH", 235, cancellationToken);
        }
        else if (ways.Contains("LOGIN"))
        {
            await AskAsync("AUTH LOGIN", "AUTH", 334, cancellationToken);
            await AskAsync(Base64(user), "AUTH", 334, cancellationToken);
            await AskAsync(Base64(password), "AUTH", 235, cancellationToken);
        }
        else
        {
            throw new SmtpException(new SmtpReply(0, ["neither PLAIN nor LOGIN is offered"]), "AUTH");
        }
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = server.Host };
        if (server.TrustedCertificate is { } pem)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(pem);
        }

        var secured = new SslStream(_stream);
        _stream = secured;
        await secured.AuthenticateAsClientAsync(options, cancellationToken);
    }

    private async Task<SmtpReply> AskAsync(string command, string step, int wanted, CancellationToken cancellationToken)
    {
        await WriteAsync(command + "\r\n", cancellationToken);
        return await ExpectAsync(step, wanted, cancellationToken);
    }

    private async Task<SmtpReply> ExpectAsync(string step, int wanted, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(step, cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code) || (line.Length > 3 && line[3] is not (' ' or '-')) || lines.Count == LinesMax)
            {
                throw new SmtpException(new SmtpReply(0, ["something that is no reply"]), step);
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-') continue;
            var reply = new SmtpReply(code, lines);
            return code == wanted || (code == ForwardedCode && wanted == 250) ? reply : throw new SmtpException(reply, step);
        }
    }

    private async Task<string> ReadLineAsync(string step, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_from == _to)
            {
                (_from, _to) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
                if (_to == 0) throw new SmtpException(new SmtpReply(0, ["nothing and hung up"]), step);
            }

            var next = (char)_buffer[_from++];
            if (next == '\n') return line.ToString().TrimEnd('\r');
            if (line.Length == LineMax) throw new SmtpException(new SmtpReply(0, ["a line too long"]), step);
            line.Append(next is >= ' ' and <= '~' or '\r' ? next : '?');
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
