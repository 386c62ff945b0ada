using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Traxxs.Server.Api;

/// <summary>Turns "field: what is wrong" into a problem document, and JSON fields into what is to be changed.</summary>
internal static class FieldCheck
{
    /// <summary>Runs the work; a <see cref="FormatException"/> names the field it is about before its first colon.</summary>
    public static IResult Checked(Func<IResult> act)
    {
        try
        {
            return act();
        }
        catch (FormatException e)
        {
            var parts = e.Message.Split(": ", 2);
            return parts.Length == 2 ? ApiProblem.BadParameter(parts[0], parts[1]) : ApiProblem.Of(400, "body-invalid", e.Message);
        }
    }

    /// <summary>A text to change: null where the field is absent, empty where it is null or empty.</summary>
    public static string? Text(this JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new ApiException(ApiProblem.Of(400, "body-invalid", "Send an object."));
        if (!body.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            _ => throw QueryParsing.Bad(name, "must be a text"),
        };
    }

    /// <summary>A truth to change; null where the field is absent.</summary>
    public static bool? Truth(this JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw QueryParsing.Bad(name, "must be true or false"),
        };
    }

    /// <summary>A whole number to change: false where the field is absent, null where it is null.</summary>
    public static bool TryNumber(this JsonElement body, string name, int min, int max, out int? number)
    {
        number = null;
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(name, out var value)) return false;
        if (value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var given) || given < min || given > max) throw QueryParsing.Bad(name, $"must be {min} to {max}, or null");
        number = given;
        return true;
    }
}
