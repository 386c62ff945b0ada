using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Traxxs.Engines;

namespace Traxxs.Server.Tests.Support;

/// <summary>
/// A real mail server, aiosmtpd, in a process of its own on a free port of loopback. It signs in <c>traxxs</c> with <c>open
/// sesame</c>, refuses mail to <c>nobody@</c> for good and to <c>later@</c> for now, and tells of what it took.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string User = "traxxs";
    public const string Password = "open sesame";

    // Mail is read by Python's own parser, so what it finds is what a mail program would.
    private const string Script = """
        import asyncio, email, email.policy, json, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        mode, cert, key = sys.argv[1:4]
        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody@"): return "550 5.1.1 no such mailbox"
                if address.startswith("later@"): return "451 4.7.1 try again later"
                envelope.rcpt_tos.append(address)
                return "250 OK"
            async def handle_DATA(self, server, session, envelope):
                mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
                print(json.dumps({
                    "from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": mail["subject"], "sender": mail["from"], "id": mail["message-id"],
                    "text": mail.get_body(("plain",)).get_content(), "html": mail.get_body(("html",)).get_content(),
                    "tls": session.ssl is not None or mode == "implicit", "user": getattr(session.auth_data, "login", b"").decode(),
                    "longest": max(len(line) for line in envelope.content.split(b"\r\n")),
                }), flush=True)
                return "250 OK"
        def authenticate(server, session, envelope, mechanism, data):
            ok = data.login == b"traxxs" and data.password == b"open sesame"
            return AuthResult(success=ok, handled=False, auth_data=data)
        async def main():
            context = None
            if mode != "none":
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(cert, key)
            def factory():
                return SMTP(Handler(), hostname="mail.test", authenticator=authenticate, auth_required=mode != "none", auth_require_tls=mode == "starttls",
                            tls_context=context if mode == "starttls" else None, require_starttls=mode == "starttls")
            server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=context if mode == "implicit" else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<JsonElement> _mails = new();
    private readonly SemaphoreSlim _came = new(0);
    private readonly Process _process;

    private MailServer(string mode)
    {
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3"; // Debian's own has Debian's packages
        Certificate = DayCertificate.WriteSelfSigned(_folder.Path);
        File.WriteAllText(_folder.File("mail.py"), Script);
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[_folder.File("mail.py"), mode, _folder.File("cert.pem"), _folder.File("key.pem")]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>The certificate it shows, PEM.</summary>
    public string Certificate { get; }

    public int Port { get; private set; }

    public IReadOnlyCollection<JsonElement> Mails => _mails;

    /// <summary>Starts one: <c>starttls</c>, <c>implicit</c> or <c>none</c>. Where it is not to be had the test says so.</summary>
    public static async Task<MailServer> StartAsync(string mode)
    {
        MailServer server;
        try
        {
            server = new MailServer(mode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("skipped: no Python here to run a mail server with");
            throw;
        }

        if (!int.TryParse(await server._process.StandardOutput.ReadLineAsync(), out var port))
        {
            var error = await server._process.StandardError.ReadToEndAsync();
            await server.DisposeAsync();
            if (error.Contains("aiosmtpd", StringComparison.Ordinal)) Assert.Inconclusive("skipped: no mail server here; Debian's package python3-aiosmtpd has it");
            Assert.Fail(error);
        }

        server.Port = port;
        _ = server.ReadAsync();
        return server;
    }

    /// <summary>The next mail that comes.</summary>
    public async Task<JsonElement> NextAsync()
    {
        Assert.IsTrue(await _came.WaitAsync(TimeSpan.FromSeconds(30)), "no mail came");
        return _mails.Last();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _mails.Enqueue(JsonSerializer.Deserialize<JsonElement>(line));
            _came.Release();
        }
    }
}
