namespace Traxxs.Server.Identity;

/// <summary>Who acts, and for whom. Everything they see and do is their organisation's.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Id">Identity of the user or of the token.</param>
/// <param name="Name">Name in the audit log.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Org">Organisation they act in.</param>
/// <param name="WearerId">The wearer they are; null where they wear no device.</param>
public sealed record Actor(ActorKind Kind, string Id, string Name, Role Role, string Org, string? WearerId = null)
{
    /// <summary>Whether they may do what wants a role.</summary>
    public bool Has(Role role) => Role >= role;

    /// <summary>Whether an alert speaks of themselves: nobody waves away a call for help that may be their own.</summary>
    public bool IsWearer(string? wearerId) => wearerId is not null && wearerId == WearerId;
}

/// <summary>What somebody is.</summary>
public enum ActorKind
{
    /// <summary>A person with an account.</summary>
    User = 0,

    /// <summary>A program with a service key.</summary>
    Key = 1,

    /// <summary>Whoever holds the data folder.</summary>
    Operator = 2,
}
