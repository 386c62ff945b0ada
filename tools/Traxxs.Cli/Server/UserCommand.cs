using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary>
/// <c>traxxs user</c>: accounts of a server, running or not: the way in for the first admin of an organisation, and back in
/// for who lost a password.
/// </summary>
internal static class UserCommand
{
    private sealed class Options
    {
        public Argument<string> Email { get; } = new("EMAIL") { Description = "address to sign in with" };
        public Option<string?> Name { get; } = new("--name") { Description = "name for people and the audit log (default: what stands before the @)" };
        public Option<string> Role { get; } = new("--role") { Description = "admin, supervisor, responder or viewer", DefaultValueFactory = _ => "admin" };
        public Option<string> Org { get; } = new("--org") { Description = "organisation", DefaultValueFactory = _ => OrganisationId.First };
        public Option<string> Page { get; } = new("--page") { Description = "address of the server's page, for the link", DefaultValueFactory = _ => "http://127.0.0.1:8080/" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    /// <summary>The verb.</summary>
    public static Command Create() => new("user", "People who sign in at the page.") { Add(), Link(), Code(), Token() };

    private static Command Add()
    {
        var options = new Options();
        var command = new Command("add", "Makes an account and prints a link, once, by which its owner chooses a password within a day.")
        {
            options.Email, options.Name, options.Role, options.Org, options.Page, options.Json,
        };
        var data = new DataChoice(command);
        command.SetAction(result => data.Use(result, (database, _) =>
        {
            var (email, org) = (result.GetValue(options.Email)!, result.GetValue(options.Org)!);
            if (database.Read(session => session.Organisations.Find(org)) is null) return Fail($"there is no organisation \"{org}\"");
            var wanted = new UserChange
            {
                Email = email, Name = result.GetValue(options.Name) ?? email.Split('@')[0], Role = result.GetValue(options.Role), Now = TimeProvider.System.GetUtcNow(),
            };
            try
            {
                var accounts = Accounts(database);
                return Print(accounts, accounts.Add(org, wanted, DataChoice.Who), result, options);
            }
            catch (FormatException e)
            {
                return Fail(e.Message);
            }
        }));
        return command;
    }

    private static Command Link()
    {
        var options = new Options();
        var command = new Command("link", "Prints a new link to choose a password; earlier ones are void.") { options.Email, options.Page, options.Json };
        var data = new DataChoice(command);
        command.SetAction(result => data.Use(result, (database, _) => database.Read(session => session.Users.FindByEmail(result.GetValue(options.Email)!)) is { } user
            ? Print(Accounts(database), user, result, options)
            : Fail("there is no account with this address")));
        return command;
    }

    private static Command Code()
    {
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("code", "Prints a code, once, by which somebody makes the first account at the page; earlier ones are void.") { json };
        var data = new DataChoice(command);
        command.SetAction(result => data.Use(result, (database, place) =>
        {
            var setup = new FirstSetup(database, Accounts(database), new Passwords(), TimeProvider.System, place.Folder);
            if (setup.Renew(DataChoice.Who) is not { } code) return Fail("there is an account already: traxxs user link EMAIL lets its owner in, traxxs user add makes another");
            if (result.GetValue(json)) JsonOutput.Write(new { setupCode = code });
            else Console.Out.WriteLine($"set-up code {code}\nWhoever opens the page and enters it makes the first account, once.");
            return ExitCode.Ok;
        }));
        return command;
    }

    // The server writes it to a file of its data folder; who has no way into that folder, as with containers, gets one here.
    private static Command Token()
    {
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("token", "Prints a new operator's token, once: the key for programs, and the way back in for whoever owns the data. Earlier ones stand until they are revoked.") { json };
        var data = new DataChoice(command);
        command.SetAction(result => data.Use(result, (database, _) =>
        {
            var token = new AccessTokens(database, TimeProvider.System).CreateOperator(DataChoice.Who);
            if (result.GetValue(json)) JsonOutput.Write(new { token });
            else Console.Out.WriteLine(token);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static int Print(UserAccounts accounts, User user, ParseResult result, Options options)
    {
        if (accounts.NewLink(user.Org, user.Id, DataChoice.Who) is not { } link) return Fail("the account is shut");
        var address = $"{result.GetValue(options.Page)!.TrimEnd('/')}/#{UserAccounts.LinkMark}{link.Text}";
        if (result.GetValue(options.Json)) JsonOutput.Write(new { id = user.Id, email = user.Email, name = user.Name, role = user.Role, org = user.Org, link = address });
        else Console.Out.WriteLine($"user {user.Name} <{user.Email}>, {user.Role} in {user.Org}\nlink {address}\nThe link is shown this once and works once, within a day.");
        return ExitCode.Ok;
    }

    private static int Fail(string reason)
    {
        Console.Error.WriteLine(reason);
        return ExitCode.Failed;
    }

    // What a server that runs keeps in memory of sign-ins is not needed here: it reads accounts anew at each request.
    private static UserAccounts Accounts(ServiceDatabase database)
    {
        var passwords = new Passwords();
        var signIns = new SignIns(database, passwords, new SignInThrottle(), new HashingGate(), TimeProvider.System, new NoSignInMemory());
        return new UserAccounts(database, passwords, signIns, TimeProvider.System);
    }
}
