namespace Traxxs.Store.Service;

/// <summary>What an organisation may be called by programs: it stands in headers, addresses and file names.</summary>
public static class OrganisationId
{
    /// <summary>The organisation that is there from the beginning; what stood before there were organisations is its.</summary>
    public const string First = "main";

    /// <summary>Most characters.</summary>
    public const int LengthMax = 40;

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 40 characters of a-z, 0-9 and '-'";

    /// <summary>Whether a text is an organisation's id.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: >= 1 and <= LengthMax }) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        }

        return true;
    }
}
