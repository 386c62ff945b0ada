using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Channels;

/// <summary>The kinds of channels an organisation may make, and what sets them apart.</summary>
public static class ChannelKinds
{
    /// <summary>E-mail.</summary>
    public const string Smtp = "smtp";

    /// <summary>Text messages over a gateway with Twilio's form.</summary>
    public const string SmsTwilio = "sms-twilio";

    /// <summary>Text messages over a gateway that takes JSON.</summary>
    public const string SmsWebhook = "sms-webhook";

    /// <summary>Signed JSON to a program.</summary>
    public const string Webhook = "webhook";

    /// <summary>JSON on the organisation's MQTT topic.</summary>
    public const string Mqtt = "mqtt";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Smtp, SmsTwilio, SmsWebhook, Webhook, Mqtt];

    /// <summary>Whether it reaches people by an address of theirs.</summary>
    public static bool IsPersonal(string kind) => kind is Smtp or SmsTwilio or SmsWebhook;

    /// <summary>Whether a program listens that wants to hear what became of an alert too.</summary>
    public static bool FollowsUp(string kind) => kind is Webhook or Mqtt;

    /// <summary>A user's address on a kind of channel; null where it is none of theirs, or not known.</summary>
    public static string? AddressOf(string kind, User user) => kind switch
    {
        Smtp => Mail.MailAddress.Normalise(user.Email),
        SmsTwilio or SmsWebhook or "sms" => Sms.PhoneNumber.Normalise(user.Phone),
        _ => null,
    };

    /// <summary>The addresses a channel reaches by itself.</summary>
    public static IReadOnlyList<string> OwnAddresses(ChannelRecord channel)
    {
        if (!IsPersonal(channel.Kind)) return [];
        using var settings = JsonDocument.Parse(channel.Settings);
        return settings.RootElement.TryGetProperty("to", out var to) ? [.. to.EnumerateArray().Select(item => item.GetString()!)] : [];
    }

    /// <summary>The limit a new channel has: a text message is paid and read on a telephone, a program takes what comes.</summary>
    public static RateLimit? UsualLimit(string kind) => kind switch
    {
        SmsTwilio or SmsWebhook => new RateLimit(10, TimeSpan.FromMinutes(10)),
        Smtp => new RateLimit(30, TimeSpan.FromMinutes(10)),
        _ => null,
    };
}
