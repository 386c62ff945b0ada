namespace Traxxs.Server.Identity;

/// <summary>What somebody may do; each role may do what those before it may. The words stand in the database.</summary>
public enum Role
{
    /// <summary>See devices, positions and alerts.</summary>
    Viewer = 0,

    /// <summary>Deal with alerts.</summary>
    Responder = 1,

    /// <summary>Draw geofences, ask and configure devices, set wearers' hours.</summary>
    Supervisor = 2,

    /// <summary>Users, keys, rules, devices, audit log, export and erasure of an organisation.</summary>
    Admin = 3,

    /// <summary>Organisations and the server itself. Only by the token file in the data folder, or the command line.</summary>
    Operator = 4,
}

/// <summary>Roles as the API and the database write them.</summary>
public static class Roles
{
    private static readonly (Role Role, string Word)[] Words =
    [
        (Role.Viewer, "viewer"), (Role.Responder, "responder"), (Role.Supervisor, "supervisor"), (Role.Admin, "admin"), (Role.Operator, "operator"),
    ];

    /// <summary>A role's word.</summary>
    public static string WordOf(Role role) => Array.Find(Words, pair => pair.Role == role).Word;

    /// <summary>A role from its word.</summary>
    public static bool TryParse(string? word, out Role role)
    {
        var found = Array.FindIndex(Words, pair => pair.Word == word);
        role = found < 0 ? Role.Viewer : Words[found].Role;
        return found >= 0;
    }

    /// <summary>A role an organisation may give away: all but the operator's.</summary>
    public static bool TryParseGiven(string? word, out Role role) => TryParse(word, out role) && role < Role.Operator;
}
