namespace Traxxs.Store.Service;

/// <summary>What a device may be called: it becomes part of topics, addresses and file names.</summary>
public static class DeviceId
{
    /// <summary>Most characters.</summary>
    public const int LengthMax = 64;

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 64 characters of a-z, A-Z, 0-9, '-', '_', '.', the first a letter or digit";

    /// <summary>Whether a text is a device id.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: >= 1 and <= LengthMax } || !char.IsAsciiLetterOrDigit(id[0])) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        }

        return true;
    }
}
