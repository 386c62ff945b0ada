using System.CommandLine;
using System.Diagnostics;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Bench.Recovery;

/// <summary>
/// <c>traxxs bench recovery</c>: the server killed with kill -9 in the middle of reports and started again at once: how long until
/// the next report is acknowledged, and whether what was acknowledged is stored, once.
/// </summary>
internal static class BenchRecoveryCommand
{
    // What the killed server had said is still on its way through the sockets; no server starts as fast as this.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var devices = new Option<int>("--devices") { Description = "Devices connected and reporting, 20 reports in flight each.", DefaultValueFactory = _ => 20 };
        var reports = new Option<int>("--reports") { Description = "Reports acknowledged before the kill.", DefaultValueFactory = _ => 5_000 };
        var rounds = new Option<int>("--rounds") { Description = "Kills, each on a new folder; medians are told.", DefaultValueFactory = _ => 3 };
        var data = new Option<string?>("--data") { Description = "Folder on the disk to measure; without it the temporary folder's." };
        var (broker, store) = (BrokerChoice.Option(), StoreChoice.Option());
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("recovery", "The server killed in the middle and started again: time until it acknowledges, nothing acknowledged lost.") { devices, reports, rounds, data, broker, store, json };
        command.SetAction(async (parsed, _) =>
        {
            var (n, count) = (parsed.GetValue(devices), parsed.GetValue(reports));
            if (n < 1 || count < 1 || parsed.GetValue(rounds) < 1) return Wrong("--devices, --reports and --rounds take 1 or more");
            try
            {
                BrokerChoice.Of(parsed.GetValue(broker)!);
                StoreChoice.Of(parsed.GetValue(store)!);
            }
            catch (ConfigurationException e)
            {
                return Wrong(e.Message);
            }

            var all = new List<RecoveryResult>();
            using var progress = new ProgressLine("bench recovery");
            for (var round = 0; round < parsed.GetValue(rounds); round++)
            {
                progress.Report($"{parsed.GetValue(broker)} and {parsed.GetValue(store)}, round {round + 1}");
                all.Add(await RoundAsync(parsed.GetValue(data), parsed.GetValue(broker)!, parsed.GetValue(store)!, n, count));
            }

            var median = all.OrderBy(one => one.AcknowledgesMs).ElementAt(all.Count / 2);
            var result = median with { Lost = all.Sum(one => one.Lost), Failed = all.Sum(one => one.Failed) };
            if (parsed.GetValue(json)) JsonOutput.Write(result);
            else Console.WriteLine(result.InWords());
            return result is { Lost: 0, Failed: 0 } ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static int Wrong(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCode.Usage;
    }

    private static async Task<RecoveryResult> RoundAsync(string? data, string broker, string store, int devices, int reports)
    {
        var folder = Path.Combine(data ?? Path.GetTempPath(), $"traxxs-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            var secrets = Provision(folder, devices);
            await using var load = new RecoveryLoad();
            long acknowledged, acknowledgesMs;
            var server = await ServerProcess.StartAsync(folder, broker, store, port: 0);
            try
            {
                await load.StartAsync(server.Port, secrets);
                await load.AwaitAsync(reports);
                await server.DisposeAsync(); // kill -9
                var watch = Stopwatch.StartNew();
                var restarted = ServerProcess.StartAsync(folder, broker, store, server.Port);
                await Task.Delay(Settling);
                acknowledged = load.Acknowledged;
                await load.AwaitAsync(acknowledged + 1);
                acknowledgesMs = watch.ElapsedMilliseconds;
                server = await restarted;
                await load.FinishAsync();
            }
            finally
            {
                await server.DisposeAsync();
            }

            await using var opened = StoreChoice.Of(store)(folder);
            return new RecoveryResult(broker, store, devices, acknowledged, acknowledgesMs, load.Sent, opened.Count(), load.Sent - opened.Count(), load.Failed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, string> Provision(string folder, int devices)
    {
        using var database = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
        var registry = new DeviceRegistry(database, TimeProvider.System);
        return Enumerable.Range(0, devices).Select(i => $"bench-{i}").ToDictionary(id => id, id => registry.Provision(OrganisationId.First, id, "bench", null));
    }
}

/// <summary>One kill. Lost: reports acknowledged in the end and not stored, or (below 0) stored more than once.</summary>
internal sealed record RecoveryResult(
    string Broker, string Store, int Devices, long AcknowledgedBefore, long AcknowledgesMs, long Sent, long Stored, long Lost, long Failed)
{
    public string InWords() =>
        $"{Broker} and {Store}: killed after {AcknowledgedBefore} reports of {Devices} devices; acknowledges {AcknowledgesMs} ms later; {Sent} sent, {Stored} stored, {Lost} lost";
}
