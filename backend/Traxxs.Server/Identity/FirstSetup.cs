using System.Security.Cryptography;
using System.Text;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// The first account. While there is no user at all, a code stands in a file only the owner of the data folder reads; who
/// has it makes the first administrator, with a password of their own. There is no default account and no default password.
/// </summary>
public sealed class FirstSetup(ServiceDatabase database, UserAccounts accounts, Passwords passwords, TimeProvider clock, string dataFolder)
{
    /// <summary>Name of the file in the data folder.</summary>
    public const string CodeFile = "setup.code";

    // Crockford's base 32: nothing to be taken for something else when read from one screen and typed at another.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Letters = 20; // 100 bits
    private const int GroupLength = 5;

    /// <summary>Path of the code's file.</summary>
    public string CodePath => Path.Combine(dataFolder, CodeFile);

    /// <summary>Whether there is no user yet.</summary>
    public bool IsNeeded => database.Read(session => session.Users.Count(null)) == 0;

    /// <summary>Writes a code where one is needed and none stands; takes it away where none is needed. Gives whether one stands.</summary>
    public bool Prepare()
    {
        if (!IsNeeded)
        {
            File.Delete(CodePath);
            return false;
        }

        if (SecretFile.Read(CodePath) is not { Length: > 0 }) SecretFile.Write(CodePath, NewCode());
        return true;
    }

    /// <summary>Whether a code is the one in the file. Takes the same time for any code.</summary>
    public bool IsCode(string? code)
    {
        if (SecretFile.Read(CodePath) is not { Length: > 0 } kept) return false;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(code ?? ""))), SHA256.HashData(Encoding.UTF8.GetBytes(Plain(kept))));
    }

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
            session.Audit.Add(OrganisationId.First, now, "system", "setup.done", $"user:{made.Id}");
            return made;
        });
        if (user is not null) File.Delete(CodePath);
        return user;
    }

    private static string NewCode()
    {
        var letters = RandomNumberGenerator.GetString(Alphabet, Letters);
        return string.Join('-', Enumerable.Range(0, Letters / GroupLength).Select(group => letters.Substring(group * GroupLength, GroupLength)));
    }

    private static string Plain(string code) =>
        code.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace('O', '0').Replace('I', '1').Replace('L', '1');
}
