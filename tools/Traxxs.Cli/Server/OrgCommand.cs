using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs org</c>: the organisations of a server, running or not.</summary>
internal static class OrgCommand
{
    private const int NameMax = 100;

    /// <summary>The verb.</summary>
    public static Command Create() => new("org", "Organisations: companies on one server that see nothing of each other.") { Add(), List() };

    private static Command Add()
    {
        var id = new Argument<string>("ID") { Description = OrganisationId.Rule };
        var name = new Option<string?>("--name") { Description = "name for people (default: the id)" };
        var json = JsonOption();
        var command = new Command("add", "Makes an organisation.") { id, name, json };
        var data = new DataChoice(command);
        command.SetAction(result => Add(result.GetValue(id)!, result.GetValue(name)?.Trim() ?? result.GetValue(id)!, data, result, result.GetValue(json)));
        return command;
    }

    private static Command List()
    {
        var json = JsonOption();
        var command = new Command("list", "Lists the organisations.") { json };
        var data = new DataChoice(command);
        command.SetAction(result => data.Use(result, (database, _) =>
        {
            var organisations = database.Read(session => session.Organisations.List());
            if (result.GetValue(json)) JsonOutput.Write(new { organisations = organisations.Select(one => new { id = one.Id, name = one.Name, closed = one.ClosedAt is not null }) });
            else foreach (var one in organisations) Console.Out.WriteLine($"{one.Id,-20} {one.Name}{(one.ClosedAt is null ? "" : " (closed)")}");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static int Add(string id, string name, DataChoice data, ParseResult result, bool json)
    {
        if (!OrganisationId.IsValid(id) || name.Length is 0 or > NameMax)
        {
            Console.Error.WriteLine(OrganisationId.IsValid(id) ? $"--name: must have 1 to {NameMax} characters" : $"\"{id}\" is not an organisation's id: {OrganisationId.Rule}");
            return ExitCode.Usage;
        }

        return data.Use(result, (database, _) =>
        {
            if (new Organisations(database, TimeProvider.System).Add(id, name, DataChoice.Who) is null)
            {
                Console.Error.WriteLine($"there is an organisation \"{id}\" already");
                return ExitCode.Failed;
            }

            if (json) JsonOutput.Write(new { id, name });
            else Console.Out.WriteLine($"organisation {id} ({name}) made. Give it an admin: traxxs user add EMAIL --name NAME --role admin --org {id}");
            return ExitCode.Ok;
        });
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "print one JSON object" };
}
