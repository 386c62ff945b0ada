using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Firmware;

namespace Traxxs.Cli.Firmware;

/// <summary><c>traxxs firmware push</c>: gives a server a signed image and offers it to devices.</summary>
internal static class PushCommand
{
    private sealed class Options
    {
        public Argument<FileInfo> Image { get; } = new("IMAGE") { Description = "signed image (.xsfw)" };
        public Option<Uri> Server { get; } = new("--server") { Description = "the server's address: https, or http on this machine", Required = true, CustomParser = UriParsing.Of("https", "http")! };
        public Option<FileInfo> TokenFile { get; } = new("--token-file") { Description = "file with an administrator's access key", Required = true };
        public Option<string[]> Device { get; } = new("--device") { Description = "offer it to these devices", AllowMultipleArgumentsPerToken = true };
        public Option<bool> All { get; } = new("--all") { Description = "offer it to every device of the organisation" };
        public Option<string?> Org { get; } = new("--org") { Description = "organisation, where the token is the operator's" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object" };
    }

    public static Command Create()
    {
        var options = new Options();
        var command = new Command("push", "Uploads a signed image to a server and offers it to devices; without --device or --all it is only uploaded.")
        {
            options.Image, options.Server, options.TokenFile, options.Device, options.All, options.Org, options.Json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        var (server, devices, all) = (result.GetValue(options.Server)!, result.GetValue(options.Device) ?? [], result.GetValue(options.All));
        var problem = server.Scheme != Uri.UriSchemeHttps && !server.IsLoopback ? $"--server: {server} is not this machine, and without TLS the access key would travel readable: give https://"
            : all && devices.Length > 0 ? "give --device or --all, not both"
            : null;
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        try
        {
            var file = ImageFile.Read(FirmwareCommand.Read(result.GetValue(options.Image)!), null);
            var tokenFile = result.GetValue(options.TokenFile)!;
            if (!tokenFile.Exists) throw new FirmwareFileException($"there is no file {tokenFile.FullName}");
            using var api = new FirmwareClient(server, (await File.ReadAllTextAsync(tokenFile.FullName, cancellationToken)).Trim(), result.GetValue(options.Org));
            var isNew = await api.UploadAsync(file.Bytes, cancellationToken);
            IReadOnlyList<string> ids = all ? await api.DevicesAsync(cancellationToken) : devices;
            var offers = new List<OfferResult>();
            using (var progress = new ProgressLine("offering"))
            {
                foreach (var id in ids)
                {
                    offers.Add(await api.OfferAsync(id, ImageVersion.Of(file.Version), cancellationToken));
                    progress.Report($"{offers.Count} of {ids.Count} devices");
                }
            }

            Tell(file, isNew, offers, result.GetValue(options.Json));
            // Of all devices some run it already: that is no failure. One that was named is.
            return offers.All(offer => offer.IsOffered || (all && offer.Code == FirmwareException.NotNewer)) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is FirmwareException or FirmwareFileException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static void Tell(ImageFile file, bool isNew, List<OfferResult> offers, bool json)
    {
        var version = ImageVersion.Of(file.Version);
        if (json)
        {
            JsonOutput.Write(new { version, sha256 = file.Sha256, uploaded = isNew, offered = offers.Where(offer => offer.IsOffered).Select(offer => offer.Device), refused = offers.Where(offer => !offer.IsOffered) });
            return;
        }

        Console.Out.WriteLine(isNew ? $"{version} is uploaded ({file.Bytes.Length:N0} bytes)" : $"{version} was there already");
        foreach (var offer in offers) Console.Out.WriteLine(offer.IsOffered ? $"{offer.Device}: {offer.State}" : $"{offer.Device}: not offered: {offer.Reason}");
        if (offers.Exists(offer => offer.IsOffered)) Console.Out.WriteLine("Each device hears of it at its next contact; the page and the API show how far it is.");
    }
}
