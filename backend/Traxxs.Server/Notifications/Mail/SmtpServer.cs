namespace Traxxs.Server.Notifications.Mail;

/// <summary>A mail server to hand messages to.</summary>
/// <param name="Host">Its name, as in its certificate.</param>
/// <param name="Port">Its port: 587 for STARTTLS, 465 for TLS from the start.</param>
/// <param name="Security">How the connection is secured.</param>
/// <param name="User">Name to sign in with; null for no sign-in.</param>
/// <param name="Password">Password to sign in with.</param>
/// <param name="TrustedCertificate">PEM of a certificate to trust in the place of the machine's own: of a private authority, or the server's itself.</param>
public sealed record SmtpServer(string Host, int Port, SmtpSecurity Security, string? User, string? Password, string? TrustedCertificate);

/// <summary>How a connection to a mail server is secured.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS by STARTTLS before anything else; a server that does not offer it is refused.</summary>
    StartTls,

    /// <summary>TLS from the start.</summary>
    Implicit,

    /// <summary>None. Only to this machine itself.</summary>
    None,
}

/// <summary>The server answered with a refusal, or not as SMTP.</summary>
/// <param name="reply">What it said: the code, 0 where it was none, and its words.</param>
/// <param name="step">What was asked.</param>
public sealed class SmtpException(SmtpReply reply, string step) : IOException($"{step}: the mail server answered {reply}")
{
    /// <summary>Whether it refuses for good and not for now (RFC 5321 section 4.2.1), and for this recipient or message, not for the sign-in.</summary>
    public bool IsFinal => reply.Code is >= 500 and < 600 && step is RecipientStep or MessageStep;

    internal const string RecipientStep = "RCPT TO";

    internal const string MessageStep = "message";
}

/// <summary>A reply.</summary>
/// <param name="Code">Three digits; 0 where what came is no reply.</param>
/// <param name="Lines">Its text.</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>The code and the first line.</summary>
    public override string ToString() => $"{Code} {Lines.FirstOrDefault()}".Trim();
}
