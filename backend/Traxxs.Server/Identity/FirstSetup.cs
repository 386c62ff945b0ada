using System.Security.Cryptography;
using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// The first account. While there is no user at all, a code stands; who has it makes the first administrator, with a password of
/// their own. There is no default account and no default password. A database has one code, kept as a hash, whichever process made it
/// and whichever is asked; its text stands in a file of whoever made it, that only the owner of the data folder reads.
/// </summary>
/// <param name="database">Where the hash is kept.</param>
/// <param name="accounts">Makes the account.</param>
/// <param name="passwords">Hashes its password.</param>
/// <param name="clock">When.</param>
/// <param name="dataFolder">Folder for the file; null where the code is only given to who asks.</param>
public sealed class FirstSetup(ServiceDatabase database, UserAccounts accounts, Passwords passwords, TimeProvider clock, string? dataFolder)
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string CodeFile = "setup.code";

    // Crockford's base 32: nothing to be taken for something else when read from one screen and typed at another.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Letters = 20; // 100 bits
    private const int GroupLength = 5;

    /// <summary>Path of the code's file; null where there is no folder.</summary>
    public string? CodePath => dataFolder is null ? null : Path.Combine(dataFolder, CodeFile);

    /// <summary>Whether there is no user yet.</summary>
    public bool IsNeeded => database.Read(session => session.Users.Count(null)) == 0;

    /// <summary>
    /// Sees to it that a code stands where one is needed and none where not. Gives the path of the file with its text; null where the
    /// code was made by another process, which has the text, or none is needed.
    /// </summary>
    public string? Prepare()
    {
        if (!IsNeeded)
        {
            Forget();
            return null;
        }

        if (CodePath is not { } path) return null;
        // The file first: a code nobody can read would keep out everybody. One of the time before the database knew it counts.
        var code = SecretFile.Read(path);
        if (string.IsNullOrEmpty(code)) SecretFile.Write(path, code = NewCode());
        var stands = database.Write(session =>
        {
            if (session.SetupCode.Find() is { } made) return IsOf(made, code);
            session.SetupCode.Put(Kept(code));
            return true;
        });
        if (stands) return path;
        File.Delete(path);
        return null;
    }

    /// <summary>Makes a new code and gives it; any other is void. Null where there is an account already. The file, where there is a folder, has it too.</summary>
    public string? Renew(string who)
    {
        var code = NewCode();
        var made = database.Write(session =>
        {
            if (session.Users.Count(null) > 0) return false;
            var kept = Kept(code);
            session.SetupCode.Put(kept);
            session.Audit.Add(null, kept.MadeAt, who, "setup.code-made", "setup");
            return true;
        });
        if (!made) return null;
        if (CodePath is { } path) SecretFile.Write(path, code);
        return code;
    }

    /// <summary>Whether a code is the one that stands. Takes the same time for any code.</summary>
    public bool IsCode(string? code) => database.Read(session => session.SetupCode.Find()) is { } made && IsOf(made, code ?? "");

    /// <summary>
    /// Makes the first administrator and names the organisation; null where somebody was quicker. <see cref="FormatException"/>
    /// names what is wrong.
    /// </summary>
    public User? Run(string organisation, string name, string email, string password)
    {
        var hash = passwords.Hash(password);
        var user = database.Write(session =>
        {
            if (session.Users.Count(null) > 0) return null;
            var now = clock.GetUtcNow();
            var main = session.Organisations.Find(OrganisationId.First)!;
            session.Organisations.Put(main with { Name = organisation });
            var made = accounts.Make(session, OrganisationId.First, new UserChange { Email = email, Name = name, Role = Roles.WordOf(Role.Admin), Now = now }, "system");
            made = made with { Password = hash };
            session.Users.Put(made);
            session.SetupCode.Remove();
            session.Audit.Add(OrganisationId.First, now, "system", "setup.done", $"user:{made.Id}");
            return made;
        });
        if (user is not null) Forget();
        return user;
    }

    private void Forget()
    {
        if (CodePath is { } path) File.Delete(path);
        if (database.Read(session => session.SetupCode.Find()) is not null) database.Write(session => session.SetupCode.Remove());
    }

    private SetupCode Kept(string code)
    {
        var salt = Secret.NewSalt();
        return new SetupCode(salt, Secret.Hash(salt, Plain(code)), clock.GetUtcNow());
    }

    private static bool IsOf(SetupCode made, string code) => Secret.Matches(made.Salt, made.CodeHash, Encoding.UTF8.GetBytes(Plain(code)));

    private static string NewCode()
    {
        var letters = RandomNumberGenerator.GetString(Alphabet, Letters);
        return string.Join('-', Enumerable.Range(0, Letters / GroupLength).Select(group => letters.Substring(group * GroupLength, GroupLength)));
    }

    private static string Plain(string code) =>
        code.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace('O', '0').Replace('I', '1').Replace('L', '1');
}
