using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Identity;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs provision</c>: makes a device known to the server of a data folder, running or not.</summary>
internal static class ProvisionCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = DeviceId.Rule };
        var data = new Option<string>("--data") { Description = "the server's data folder", DefaultValueFactory = _ => "./data" };
        var name = new Option<string?>("--name") { Description = "name for people" };
        var org = new Option<string>("--org") { Description = "organisation it belongs to, for good", DefaultValueFactory = _ => OrganisationId.First };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("provision", "Makes a device known, or replaces its secret, and prints the secret this once.") { id, data, name, org, json };
        command.SetAction(result => Run(result.GetValue(id)!, result.GetValue(data)!, result.GetValue(name), result.GetValue(org)!, result.GetValue(json)));
        return command;
    }

    private static int Run(string id, string folder, string? name, string org, bool json)
    {
        if (!DeviceId.IsValid(id))
        {
            Console.Error.WriteLine($"\"{id}\" is not a device id: {DeviceId.Rule}");
            return ExitCode.Usage;
        }

        try
        {
            Directory.CreateDirectory(folder);
            using var database = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
            if (database.Read(session => session.Organisations.Find(org)) is null)
            {
                Console.Error.WriteLine($"there is no organisation \"{org}\"");
                return ExitCode.Failed;
            }

            var secret = new DeviceRegistry(database, TimeProvider.System).Provision(org, id, "command line", name);
            if (json) JsonOutput.Write(new { id, userName = id, secret });
            else Console.Out.WriteLine($"device    {id}\nuser name {id}\nsecret    {secret}\nThe secret is shown this once. Provisioning again replaces it.");
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }
}
