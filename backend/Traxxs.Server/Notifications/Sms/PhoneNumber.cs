namespace Traxxs.Server.Notifications.Sms;

/// <summary>Telephone numbers as gateways want them (ITU-T E.164): <c>+</c>, country and number, 7 to 15 digits.</summary>
public static class PhoneNumber
{
    /// <summary>What a number has, for people.</summary>
    public const string Rule = "must be a telephone number with its country, such as +491701234567";

    /// <summary>A number without the spaces and dashes people write; null where it is none.</summary>
    public static string? Normalise(string? text)
    {
        var number = new string([.. (text ?? "").Where(c => c is not (' ' or '-' or '/' or '(' or ')' or '.'))]);
        if (number.StartsWith("00", StringComparison.Ordinal)) number = "+" + number[2..];
        return number.Length is >= 8 and <= 16 && number[0] == '+' && number[1] is >= '1' and <= '9' && number.Skip(1).All(char.IsAsciiDigit) ? number : null;
    }
}
