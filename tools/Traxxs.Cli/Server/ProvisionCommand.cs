using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary>
/// <c>traxxs provision</c>: makes a device known to a server, running or not, and with <c>--bundle</c> writes the files its
/// board needs.
/// </summary>
internal static class ProvisionCommand
{
    private sealed class Options
    {
        public Argument<string> Id { get; } = new("ID") { Description = DeviceId.Rule };
        public Option<string?> Name { get; } = new("--name") { Description = "name for people" };
        public Option<string> Org { get; } = new("--org") { Description = "organisation it belongs to, for good", DefaultValueFactory = _ => OrganisationId.First };
        public Option<string?> Bundle { get; } = new("--bundle") { Description = "folder for the board's files: device.cfg, ca.der, deploy.json" };
        public Option<string?> Ssid { get; } = new("--wifi-ssid") { Description = "with --bundle: name of the Wi-Fi network" };
        public Option<FileInfo?> PskFile { get; } = new("--wifi-psk-file") { Description = "with --bundle: file with its password" };
        public Option<bool> OpenWifi { get; } = new("--wifi-open") { Description = "with --bundle: the network has no password" };
        public Option<string?> Host { get; } = new("--host") { Description = "with --bundle: name or address the board finds the server by" };
        public Option<int?> Port { get; } = new("--port") { Description = "with --bundle: its MQTT port (default 8883, without TLS 1883)" };
        public Option<FileInfo?> Ca { get; } = new("--ca") { Description = "with --bundle: PEM certificate of the authority that signs the server's" };
        public Option<FileInfo?> UpdateKey { get; } = new("--update-key") { Description = "with --bundle: PEM public key whose firmware updates the board takes (default: it takes none)" };
        public Option<bool> Insecure { get; } = new("--insecure") { Description = "with --bundle: no TLS, for a server on the bench" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("provision", "Makes a device known, or replaces its secret; prints the secret this once, or writes the files for its board.")
        {
            options.Id, options.Name, options.Org, options.Bundle, options.Ssid, options.PskFile, options.OpenWifi,
            options.Host, options.Port, options.Ca, options.UpdateKey, options.Insecure, options.Json,
        };
        var data = new DataChoice(command);
        command.SetAction(result => DataChoice.Guard(() => Run(result, options, data)));
        return command;
    }

    private static int Run(ParseResult result, Options options, DataChoice data)
    {
        var id = result.GetValue(options.Id)!;
        if (!DeviceId.IsValid(id)) return Refuse($"\"{id}\" is not a device id: {DeviceId.Rule}");
        try
        {
            // The bundle first: a secret that is replaced and then not written anywhere would lock the device out.
            var bundle = result.GetValue(options.Bundle) is null ? null : MakeBundle(id, result, options, out var problem) ?? throw new UsageException(problem);
            var secret = Register(id, result, options, data);
            if (bundle is null) ShowSecret(id, secret, result.GetValue(options.Json));
            else ShowBundle(id, bundle.Write(result.GetValue(options.Bundle)!, secret), result.GetValue(options.Json));
            return ExitCode.Ok;
        }
        catch (UsageException e)
        {
            return Refuse(e.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static DeviceBundle? MakeBundle(string id, ParseResult result, Options options, out string problem)
    {
        var (ssid, host, psk, ca) = (result.GetValue(options.Ssid), result.GetValue(options.Host), result.GetValue(options.PskFile), result.GetValue(options.Ca));
        problem = ssid is null ? "--bundle needs --wifi-ssid"
            : host is null ? "--bundle needs --host"
            : psk is null != result.GetValue(options.OpenWifi) ? "give --wifi-psk-file, or --wifi-open for a network without a password"
            : ca is null != result.GetValue(options.Insecure) ? "give --ca, or --insecure for a server on the bench without TLS"
            : "";
        if (problem.Length > 0) return null;
        var password = psk is null ? null : File.ReadAllText(psk.FullName).TrimEnd('\r', '\n');
        var pem = ca is null ? null : File.ReadAllText(ca.FullName);
        var updateKey = result.GetValue(options.UpdateKey) is { } key ? File.ReadAllText(key.FullName) : null;
        return DeviceBundle.TryCreate(new DeviceBundle.Parts(id, ssid!, password, host!, result.GetValue(options.Port), pem, updateKey), out problem);
    }

    private static string Register(string id, ParseResult result, Options options, DataChoice data)
    {
        var org = result.GetValue(options.Org)!;
        using var database = data.Of(result).OpenService();
        if (database.Read(session => session.Organisations.Find(org)) is null) throw new InvalidDataException($"there is no organisation \"{org}\"");
        return new DeviceRegistry(database, TimeProvider.System).Provision(org, id, DataChoice.Who, result.GetValue(options.Name));
    }

    private static void ShowSecret(string id, string secret, bool json)
    {
        if (json) JsonOutput.Write(new { id, userName = id, secret });
        else Console.Out.WriteLine($"device    {id}\nuser name {id}\nsecret    {secret}\nThe secret is shown this once. Provisioning again replaces it.");
    }

    // The secret stands in the file that only its owner can read, and nowhere else.
    private static void ShowBundle(string id, IReadOnlyList<string> files, bool json)
    {
        if (json)
        {
            JsonOutput.Write(new { id, userName = id, files });
            return;
        }

        Console.Out.WriteLine($"device {id} is known to the server; its board needs");
        foreach (var file in files) Console.Out.WriteLine($"  {file}");
        Console.Out.WriteLine($"Next: traxxs flash --bundle {Path.GetDirectoryName(files[0])} --port PORT");
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return ExitCode.Usage;
    }

    private sealed class UsageException(string message) : Exception(message);
}
