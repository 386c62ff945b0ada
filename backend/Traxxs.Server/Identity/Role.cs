namespace Traxxs.Server.Identity;

/// <summary>What a token may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>See devices, positions and alerts.</summary>
    Viewer = 0,

    /// <summary>Deal with alerts, draw geofences, ask devices.</summary>
    Supervisor = 1,

    /// <summary>Provision devices, give out tokens, read the audit log and refused frames.</summary>
    Admin = 2,
}

/// <summary>Who acts.</summary>
/// <param name="TokenId">Public part of the token.</param>
/// <param name="Name">Name in the audit log.</param>
/// <param name="Role">What they may do.</param>
public sealed record Actor(string TokenId, string Name, Role Role);
