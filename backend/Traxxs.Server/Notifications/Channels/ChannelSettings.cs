using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Traxxs.Server.Notifications.Mail;
using Traxxs.Server.Notifications.Sms;

namespace Traxxs.Server.Notifications.Channels;

/// <summary>
/// Reads what a channel needs, checked and as it is kept. What is wrong throws <see cref="FormatException"/> with a sentence
/// that begins with the key. Secrets are not among it.
/// </summary>
internal sealed class ChannelSettings
{
    private const int TextMax = 200;
    private const int AddressesMax = 50;
    private const int CertificateMax = 20_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(new LowerCase()) } };

    private readonly JsonElement _json;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private ChannelSettings(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException("settings: must be an object");
        _json = json;
    }

    /// <summary>A kind's settings, as the record to be kept.</summary>
    public static object Read(string kind, JsonElement json)
    {
        var reader = new ChannelSettings(json);
        object settings = kind switch
        {
            ChannelKinds.Smtp => reader.Mail(),
            ChannelKinds.SmsTwilio => reader.Twilio(),
            ChannelKinds.SmsWebhook => new SmsWebhookSettings(reader.Url("url"), reader.Whole("segmentsMax", 1, 10, 3), reader.Numbers()),
            ChannelKinds.Webhook => new WebhookSettings(reader.Url("url")),
            _ => new { },
        };
        foreach (var property in json.EnumerateObject())
        {
            if (!reader._read.Contains(property.Name)) throw new FormatException($"settings.{property.Name}: there is no such key");
        }

        return settings;
    }

    /// <summary>A record as it is kept and shown; read again it is the same.</summary>
    public static string ToJson(object settings) => JsonSerializer.Serialize(settings, settings.GetType(), Json);

    /// <summary>Settings as kept, as their record.</summary>
    public static object Parse(string kind, string stored)
    {
        using var document = JsonDocument.Parse(stored);
        return Read(kind, document.RootElement);
    }

    private MailSettings Mail()
    {
        var security = Text("security", "starttls") switch
        {
            "starttls" => SmtpSecurity.StartTls,
            "implicit" => SmtpSecurity.Implicit,
            "none" => SmtpSecurity.None,
            _ => throw new FormatException("settings.security: must be starttls, implicit or none"),
        };
        var host = Text("host", null);
        // A password and people's positions in the clear: between two programs of one machine at most.
        if (security == SmtpSecurity.None && host is not ("127.0.0.1" or "::1" or "localhost")) throw new FormatException("settings.security: none is for a mail server on this machine (127.0.0.1)");
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new FormatException("settings.host: must be a host name or an address");
        return new MailSettings(
            host, Whole("port", 1, 65535, security == SmtpSecurity.Implicit ? 465 : 587), security, Text("user", "") is { Length: > 0 } user ? user : null,
            MailAddress.Normalise(Text("from", null)) ?? throw new FormatException($"settings.from: {MailAddress.Rule}"), Text("fromName", "TRAXXs"),
            Certificate(), Addresses(MailAddress.Normalise, MailAddress.Rule));
    }

    private TwilioSettings Twilio()
    {
        var sid = Text("accountSid", null);
        if (!sid.All(char.IsAsciiLetterOrDigit)) throw new FormatException("settings.accountSid: must be letters and digits");
        var from = Text("from", null);
        // A number, a name of up to eleven letters, or a messaging service.
        if (PhoneNumber.Normalise(from) is { } number) from = number;
        else if (!from.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') || (from.Length > 11 && !from.StartsWith("MG", StringComparison.Ordinal))) throw new FormatException($"settings.from: {PhoneNumber.Rule}, a name of at most 11 letters, or a messaging service MG…");
        return new TwilioSettings(_json.TryGetProperty("url", out _) ? Url("url") : new Uri("https://api.twilio.com"), sid, from, Whole("segmentsMax", 1, 10, 3), Numbers());
    }

    private IReadOnlyList<string> Numbers() => Addresses(PhoneNumber.Normalise, PhoneNumber.Rule);

    private IReadOnlyList<string> Addresses(Func<string?, string?> normalise, string rule)
    {
        _read.Add("to");
        if (!_json.TryGetProperty("to", out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > AddressesMax) throw new FormatException($"settings.to: must be a list of at most {AddressesMax}");
        return [.. list.EnumerateArray().Select((item, i) => normalise(item.ValueKind == JsonValueKind.String ? item.GetString() : null)
            ?? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"settings.to[{i}]: {rule}"))).Distinct()];
    }

    private Uri Url(string name)
    {
        var text = Text(name, null);
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("https" or "http") && url.UserInfo.Length == 0) return url;
        throw new FormatException($"settings.{name}: must be an address that begins with https:// or http://, without a password in it");
    }

    private string Text(string name, string? usual)
    {
        _read.Add(name);
        if ((!_json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) && usual is not null) return usual;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
        if (text.Length > TextMax || text.Any(char.IsControl) || (text.Length == 0 && usual != "")) throw new FormatException($"settings.{name}: must have 1 to {TextMax} characters");
        return text;
    }

    private int Whole(string name, int min, int max, int usual)
    {
        _read.Add(name);
        if (!_json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return usual;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"settings.{name}: must be a whole number of {min} to {max}"));
    }

    private string? Certificate()
    {
        _read.Add("trustedCertificate");
        if (!_json.TryGetProperty("trustedCertificate", out var value) || value.ValueKind == JsonValueKind.Null) return null;
        var pem = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        try
        {
            var found = new X509Certificate2Collection();
            if (pem.Length <= CertificateMax) found.ImportFromPem(pem);
            if (found.Count > 0) return pem;
        }
        catch (CryptographicException)
        {
            // Told below, with the others.
        }

        throw new FormatException("settings.trustedCertificate: must be a certificate as PEM");
    }
}

/// <summary>Enumerations as one lower-case word.</summary>
file sealed class LowerCase : JsonNamingPolicy
{
    public override string ConvertName(string name) => name.ToLowerInvariant();
}

/// <summary>E-mail over a mail server.</summary>
internal sealed record MailSettings(
    string Host, int Port, SmtpSecurity Security, string? User, string From, string FromName, string? TrustedCertificate, IReadOnlyList<string> To);

/// <summary>A gateway with Twilio's form.</summary>
internal sealed record TwilioSettings(Uri Url, string AccountSid, string From, int SegmentsMax, IReadOnlyList<string> To);

/// <summary>A gateway that takes JSON.</summary>
internal sealed record SmsWebhookSettings(Uri Url, int SegmentsMax, IReadOnlyList<string> To);

/// <summary>A program.</summary>
internal sealed record WebhookSettings(Uri Url);
