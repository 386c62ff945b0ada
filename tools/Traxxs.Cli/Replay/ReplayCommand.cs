using System.CommandLine;
using System.Diagnostics;
using Traxxs.Cli.Record;
using Traxxs.Cli.Shared;
using Traxxs.Cli.Tracks;
using Traxxs.Protocol;
using Command = System.CommandLine.Command;

namespace Traxxs.Cli.Replay;

/// <summary><c>traxxs replay</c>: recorded tracks through the device's encoder, the broker and the store, and back.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Track files, folders or patterns: GPX, or CSV with t_unix_s,lat_deg,lon_deg; plain or .gz; one device each. Or captures of 'traxxs record' (.jsonl): each device in them as replay-ID.", Arity = ArgumentArity.OneOrMore };
        var broker = new Option<string?>("--broker") { Description = "Send to this server, mqtt://host:port or mqtts://host:port. Without it a server is started on free loopback ports." };
        var api = new Option<string?>("--api") { Description = "Its HTTP address, http://host:port, to provision the devices and to read everything back. Without it nothing is compared." };
        var tokenFile = new Option<string?>("--token-file") { Description = "File with an administrator's token for --api." };
        var credentials = new Option<string?>("--credentials") { Description = "File with lines of device id, space, secret, for devices provisioned before. Others are provisioned over --api, which replaces the secret of one that exists (all are called replay-...)." };
        var speed = new Option<double>("--speed") { Description = "How much faster than recorded; 0 is as fast as it goes.", DefaultValueFactory = _ => 0 };
        var block = new Option<int>("--block") { Description = $"Fixes in a report, 1 to {Report.FixesMax}.", DefaultValueFactory = _ => 20 };
        var minInterval = new Option<int>("--min-interval") { Description = "Leave out fixes that follow another within this many seconds.", DefaultValueFactory = _ => 0 };
        var connections = new Option<int>("--connections") { Description = "Devices that send at a time.", DefaultValueFactory = _ => 32 };
        var patience = new Option<int>("--patience") { Description = "Give up when nothing is acknowledged for this many seconds. Until then lost connections are made again.", DefaultValueFactory = _ => 60 };
        var data = new Option<string?>("--data") { Description = "Keep the data of the server started here in this folder; without it they go to a temporary one." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };

        Address(broker, "mqtt", "mqtts");
        Address(api, "http", "https");
        AtLeast(speed, 0);
        Between(block, 1, Report.FixesMax);
        Between(minInterval, 0, 86_400);
        Between(connections, 1, 10_000);
        Between(patience, 1, 86_400);
        var command = new Command("replay", "Sends tracks or captured reports as devices, reads them back and compares. The same replay twice stores nothing twice.")
        {
            paths, broker, api, tokenFile, credentials, speed, block, minInterval, connections, patience, data, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(broker) is null)
            {
                if (result.GetValue(api) is not null || result.GetValue(credentials) is not null || result.GetValue(tokenFile) is not null)
                    result.AddError("--api, --token-file and --credentials belong to --broker.");
            }
            else
            {
                if (result.GetValue(data) is not null) result.AddError("--data belongs to the server started here: leave it out with --broker.");
                if (result.GetValue(credentials) is null && result.GetValue(tokenFile) is null) result.AddError("--broker needs --credentials, or --api with --token-file.");
                if (result.GetValue(api) is null != result.GetValue(tokenFile) is null) result.AddError("--api and --token-file go together.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var devices = DevicesOf(parsed.GetValue(paths)!, parsed.GetValue(block), parsed.GetValue(minInterval));
                await using var target = parsed.GetValue(broker) is { } address
                    ? await ReplayTarget.ReachAsync(new Uri(address), parsed.GetValue(api) is { } page ? new Uri(page) : null, parsed.GetValue(tokenFile), parsed.GetValue(credentials), cancellationToken)
                    : await ReplayTarget.StartOwnAsync(parsed.GetValue(data), cancellationToken);
                var summary = await RunAsync(target, devices, parsed.GetValue(speed), parsed.GetValue(connections), TimeSpan.FromSeconds(parsed.GetValue(patience)), cancellationToken);
                if (parsed.GetValue(json)) JsonOutput.Write(summary);
                else Console.WriteLine(summary.InWords());
                return summary.Holds ? ExitCode.Ok : ExitCode.Failed;
            }
            catch (Exception error) when (error is TrackFileException or CaptureException)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCode.Usage;
            }
            catch (ReplayException error)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    // Captures are files named as such; everything else is looked for as tracks.
    private static List<ReplayDevice> DevicesOf(string[] paths, int block, int minInterval)
    {
        var captures = paths.Where(CaptureReader.IsCapture).ToList();
        var devices = paths.Length == captures.Count ? [] : ReplayDevice.Make(TrackFile.Find(paths.Except(captures)).SelectMany(TrackFile.Read), block, minInterval);
        devices.AddRange(ReplayDevice.Make(captures.SelectMany(CaptureReader.Read), out var unreadable));
        if (unreadable > 0) Console.Error.WriteLine($"{unreadable} messages are no reports and are left out");
        return devices.Count > 0 ? devices : throw new TrackFileException("there is no report to send");
    }

    private static async Task<ReplaySummary> RunAsync(
        ReplayTarget target, List<ReplayDevice> devices, double speed, int connections, TimeSpan patience, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var reports = devices.Sum(device => (long)device.Reports.Count);
        using var progress = new ProgressLine("replay");
        await target.ProvisionAsync(devices.Select(device => device.Id), cancellationToken);
        var sender = new ReplaySender(target.Broker, target.SecretOf, speed, patience);
        using (new Timer(_ => progress.Report($"{sender.Acknowledged} of {reports} reports acknowledged"), null, 500, 500))
            await sender.SendAsync(devices, connections, cancellationToken);
        var sendSeconds = watch.Elapsed.TotalSeconds;
        ReplayCheckResult? check = target.Api is { } api ? await CheckAsync(api, devices, progress, cancellationToken) : null;
        return new ReplaySummary(
            devices.Count, devices.Sum(device => (long)device.Points.Count), reports, sender.Acknowledged,
            devices.Sum(device => (long)device.ReportsWithFixes), check?.StoredReports, check?.ReadBackFixes, check?.Mismatches, sender.ConnectionsLost,
            Math.Round(sendSeconds, 3), Math.Round(watch.Elapsed.TotalSeconds, 3));
    }

    private static async Task<ReplayCheckResult> CheckAsync(ServerApi api, List<ReplayDevice> devices, ProgressLine progress, CancellationToken cancellationToken)
    {
        var sum = default(ReplayCheckResult);
        foreach (var device in devices)
        {
            sum += ReplayCheck.Compare(device, await api.PositionsAsync(device.Id, cancellationToken));
            progress.Report($"{sum.ReadBackFixes} fixes read back");
        }

        return sum;
    }

    private static void Address(Option<string?> option, params string[] schemes) => option.Validators.Add(result =>
    {
        var text = result.GetValueOrDefault<string?>();
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || !schemes.Contains(address.Scheme) || address.Host.Length == 0)
            result.AddError($"{option.Name} is {string.Join(" or ", schemes.Select(scheme => scheme + "://host:port"))}, not {text}.");
    });

    private static void Between(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < least || value > most)) result.AddError($"{option.Name} is {least} to {most}.");
    });

    private static void AtLeast(Option<double> option, double least) => option.Validators.Add(result =>
    {
        if (!(result.GetValueOrDefault<double>() >= least)) result.AddError($"{option.Name} is {least} or more.");
    });
}

/// <summary>What a replay comes to; null where nothing was read back.</summary>
internal sealed record ReplaySummary(
    int Tracks, long Fixes, long Reports, long Acknowledged, long ReportsWithFixes, long? StoredReports, long? ReadBackFixes, long? Mismatches,
    long ConnectionsLost, double SendSeconds, double Seconds)
{
    /// <summary>Whether everything was acknowledged and, where it was read back, is there once and unchanged.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Holds => Acknowledged == Reports && (Mismatches is null || (Mismatches == 0 && StoredReports == ReportsWithFixes && ReadBackFixes == Fixes));

    public string InWords() =>
        $"{Tracks} tracks, {Fixes} fixes in {Reports} reports: {Acknowledged} acknowledged in {SendSeconds} s" +
        (ConnectionsLost > 0 ? $", {ConnectionsLost} connections lost and made again" : "") +
        (Mismatches is null ? "; nothing read back (no --api)" : $"; {StoredReports} stored, {ReadBackFixes} fixes read back, {Mismatches} mismatches");
}
