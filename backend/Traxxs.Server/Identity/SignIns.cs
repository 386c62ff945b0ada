using System.Net;
using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Signing in with e-mail and password, and staying signed in by a cookie <c>ID.SECRET</c>. A sign-in ends by itself after
/// twelve hours without use, after thirty days in any case, or when it is revoked. Whether an address has an account shows
/// neither in the answer nor in its time.
/// </summary>
public sealed class SignIns(
    ServiceDatabase database, Passwords passwords, ISignInThrottle throttle, HashingGate hashing, TimeProvider clock, ISignInMemory memory)
{
    /// <summary>Ends a sign-in nobody uses.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>Ends any sign-in.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private const int ClientMax = 200;

    // A write for each request would cost a sync each; within minutes is near enough for half a day.
    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(5);

    /// <summary>These sign-ins of a user ended: whoever listens with them is to be cut off.</summary>
    public event Action<string, IReadOnlyList<string>>? Revoked;

    /// <summary>Tries e-mail and password. What worked gives the cookie's value, this once.</summary>
    public async Task<SignInResult> TryAsync(string email, string password, IPAddress? address, string? client, CancellationToken cancellationToken)
    {
        if (throttle.WaitOf(email, address, clock.GetUtcNow()) is { Ticks: > 0 } wait) return SignInResult.Later(wait);
        var found = database.Read(session => session.Users.FindByEmail(email));
        if (found?.LockedUntil is { } until && until > clock.GetUtcNow()) return SignInResult.Later(until - clock.GetUtcNow());
        var (done, matches) = await hashing.TryRunAsync(() => passwords.Matches(found?.Password, password), cancellationToken);
        if (!done) return SignInResult.Later(TimeSpan.FromSeconds(5));
        if (!matches || found is null || !MaySignIn(found)) return Refuse(found, email, address);
        throttle.Worked(email);
        return new SignInResult(SignInOutcome.Done) { User = found, Cookie = Begin(found, client) };
    }

    /// <summary>Signs a user in whose identity was proved; gives the cookie's value, this once.</summary>
    public string Begin(User user, string? client)
    {
        var (id, secret, salt, now) = (Secret.NewId(), Secret.New(), Secret.NewSalt(), clock.GetUtcNow());
        database.Write(session =>
        {
            session.SignIns.Add(new SignIn(id, user.Id, salt, Secret.Hash(salt, secret), now, now, now + Longest, null, Cut(client)));
            if (session.Users.Find(null, user.Id) is { } current) session.Users.Put(current with { Failed = 0, LockedUntil = null });
            session.Audit.Add(user.Org, now, user.Name, "user.signed-in", $"user:{user.Id}");
        });
        return $"{id}.{secret}";
    }

    /// <summary>Who a cookie stands for; null where it is none, has ended, its user was shut out or the organisation closed.</summary>
    public (Actor Actor, string SignInId)? Authenticate(string? cookie)
    {
        var parts = cookie?.Split('.');
        if (parts is not [{ Length: > 0 and <= 32 } id, { Length: > 0 and <= 128 } secret]) return null;
        var now = clock.GetUtcNow();
        var known = memory.Find(id);
        if ((known ?? LookUp(id)) is not { } found || now >= found.ExpiresAt || now >= found.SeenAt + Idle) return null;
        if (!Secret.Matches(found.Salt, found.SecretHash, Encoding.UTF8.GetBytes(secret))) return null;
        if (known is not null) return (found.Actor, id);
        if (now - found.SeenAt >= SeenStep) TrySeen(id, now);
        memory.Remember(id, found with { SeenAt = now });
        return (found.Actor, id);
    }

    private RememberedSignIn? LookUp(string id)
    {
        var (signIn, user, organisation) = database.Read(session =>
        {
            var found = session.SignIns.Find(id);
            var who = found is null ? null : session.Users.Find(null, found.UserId);
            return (found, who, who is null ? null : session.Organisations.Find(who.Org));
        });
        if (signIn is not { RevokedAt: null } || user is not { DisabledAt: null } || organisation is not { ClosedAt: null }) return null;
        return Roles.TryParseGiven(user.Role, out var role)
            ? new(signIn.Salt, signIn.SecretHash, signIn.SeenAt, signIn.ExpiresAt, new Actor(ActorKind.User, user.Id, user.Name, role, user.Org, user.WearerId))
            : null;
    }

    /// <summary>Ends one of a user's own sign-ins; false where there is none that stands.</summary>
    public bool Revoke(Actor user, string id)
    {
        var revoked = database.Write(session =>
        {
            var now = clock.GetUtcNow();
            if (!session.SignIns.Revoke(user.Id, id, now)) return false;
            session.Audit.Add(user.Org, now, user.Name, "user.signed-out", $"user:{user.Id}");
            return true;
        });
        if (revoked) Ended(user.Id, [id]);
        return revoked;
    }

    /// <summary>Ends all sign-ins of a user, but one where it is named.</summary>
    public void RevokeAll(User user, string who, string? but = null)
    {
        var ended = database.Write(session =>
        {
            var now = clock.GetUtcNow();
            var standing = session.SignIns.OfUser(user.Id).Where(signIn => signIn.RevokedAt is null && signIn.Id != but).Select(signIn => signIn.Id).ToList();
            if (session.SignIns.RevokeAll(user.Id, now, but) > 0) session.Audit.Add(user.Org, now, who, "user.signed-out-everywhere", $"user:{user.Id}");
            return standing;
        });
        if (ended.Count > 0) Ended(user.Id, ended);
    }

    private void Ended(string userId, IReadOnlyList<string> ids)
    {
        memory.Forget(ids);
        Revoked?.Invoke(userId, ids);
    }

    private bool MaySignIn(User user) =>
        user.DisabledAt is null && database.Read(session => session.Organisations.Find(user.Org)) is { ClosedAt: null };

    // One write in either case: what the database does tells nobody whether there is such an account.
    private SignInResult Refuse(User? user, string email, IPAddress? address)
    {
        var now = clock.GetUtcNow();
        throttle.Failed(email, address, now);
        database.Write(session =>
        {
            var current = user is null ? null : session.Users.Find(null, user.Id);
            if (current is not null)
            {
                var failed = current.Failed + 1;
                session.Users.Put(current with { Failed = failed, LockedUntil = now + SignInThrottle.WaitAfter(failed) });
            }

            // What was typed is not kept: people type their password into the wrong field.
            session.Audit.Add(current?.Org, now, "system", "sign-in.failed", current is null ? "user:unknown" : $"user:{current.Id}");
        });
        return new SignInResult(SignInOutcome.Refused);
    }

    private void TrySeen(string id, DateTimeOffset now)
    {
        try
        {
            database.Write(session => session.SignIns.Seen(id, now));
        }
        catch (Traxxs.Store.StoreUnavailableException)
        {
            // A full disk must not sign out the people who would see to it.
        }
    }

    private static string? Cut(string? client) => client is { Length: > ClientMax } ? client[..ClientMax] : client;
}

/// <summary>What came of an attempt to sign in.</summary>
public enum SignInOutcome
{
    /// <summary>Signed in.</summary>
    Done,

    /// <summary>E-mail and password are not those of an account that may sign in.</summary>
    Refused,

    /// <summary>Too many attempts: not looked at.</summary>
    TryLater,
}

/// <summary>What came of an attempt to sign in.</summary>
/// <param name="Outcome">What.</param>
public sealed record SignInResult(SignInOutcome Outcome)
{
    /// <summary>Who, where it worked.</summary>
    public User? User { get; init; }

    /// <summary>The cookie's value, where it worked.</summary>
    public string? Cookie { get; init; }

    /// <summary>How long to wait, where that is asked.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>An attempt that came too soon.</summary>
    public static SignInResult Later(TimeSpan wait) => new(SignInOutcome.TryLater) { Wait = wait };
}
