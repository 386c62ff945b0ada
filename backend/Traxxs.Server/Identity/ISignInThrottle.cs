using System.Net;

namespace Traxxs.Server.Identity;

/// <summary>
/// Slows whoever guesses, by account and by address: from the fifth failure on each makes the next wait, doubling from a
/// second to fifteen minutes. Accounts that do not exist are slowed as those that do.
/// </summary>
public interface ISignInThrottle
{
    /// <summary>How long to wait before the next attempt for this account from this address; zero where none is asked.</summary>
    TimeSpan WaitOf(string account, IPAddress? address, DateTimeOffset now);

    /// <summary>As above, for what has no account.</summary>
    TimeSpan WaitOf(IPAddress? address, DateTimeOffset now);

    /// <summary>An attempt failed that has no account.</summary>
    void Failed(IPAddress? address, DateTimeOffset now);

    /// <summary>An attempt failed.</summary>
    void Failed(string account, IPAddress? address, DateTimeOffset now);

    /// <summary>An attempt worked: the account's failures are forgotten. The address's are not: one's own account must not pay for guessing at others'.</summary>
    void Worked(string account);
}
