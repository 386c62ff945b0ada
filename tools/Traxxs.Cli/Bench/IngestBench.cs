using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Cli.Bench;

/// <summary>
/// <c>traxxs bench ingest</c>: the durable line from PUBLISH to PUBACK, with the store's commit on disk in between. Server
/// here, load in a process of its own, both on this machine.
/// </summary>
internal static class IngestBench
{
    private const int InFlight = 20;
    private const double WarmUpSeconds = 1.5;

    public static Command Create()
    {
        var connections = new Option<int[]>("--connections") { Description = "Devices connected.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [200, 2000] };
        var fixes = new Option<int[]>("--fixes") { Description = "Fixes in a report.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 20] };
        var rate = new Option<int[]>("--rate") { Description = "Reports a second (open loop); 0 as fast as 20 in flight allow (closed loop).", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [0, 10_000] };
        var seconds = new Option<double>("--seconds") { Description = "Length of each round, after 1.5 s of the same load to warm up.", DefaultValueFactory = _ => 3 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each; the median is told.", DefaultValueFactory = _ => 3 };
        var data = new Option<string?>("--data") { Description = "Folder on the disk to measure; without it the temporary folder's." };
        var (broker, store) = (BrokerChoice.Option(), StoreChoice.Option());
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var load = new Option<string?>("--load") { Hidden = true };
        var command = new Command("ingest", "Reports from PUBLISH to PUBACK through the store, with full sync: rate, latency, CPU, bytes on disk.") { connections, fixes, rate, seconds, rounds, data, broker, store, json, load };
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(load) is { } options)
            {
                JsonOutput.Write(await new IngestLoad(JsonSerializer.Deserialize<IngestLoadOptions>(options)!).RunAsync());
                return ExitCode.Ok;
            }

            Engines engines;
            try
            {
                engines = new Engines(BrokerChoice.Of(parsed.GetValue(broker)!), StoreChoice.Of(parsed.GetValue(store)!));
            }
            catch (ConfigurationException e)
            {
                Console.Error.WriteLine(e.Message);
                return ExitCode.Usage;
            }

            var results = new List<IngestBenchResult>();
            using var progress = new ProgressLine("bench ingest");
            foreach (var c in parsed.GetValue(connections)!)
            foreach (var f in parsed.GetValue(fixes)!)
            foreach (var r in parsed.GetValue(rate)!)
            {
                var all = new List<IngestBenchResult>();
                for (var round = 0; round < parsed.GetValue(rounds); round++)
                {
                    progress.Report($"{c} connections, {f} fixes a report, {(r == 0 ? "closed loop" : $"{r}/s")}, round {round + 1}");
                    all.Add(await RoundAsync(new IngestLoadOptions(0, c, f, InFlight, r, WarmUpSeconds, parsed.GetValue(seconds)), parsed.GetValue(data), engines));
                }

                results.Add(all.OrderBy(one => one.ReportsPerSecond).ElementAt(all.Count / 2));
                if (!parsed.GetValue(json)) Console.WriteLine(results[^1].InWords());
            }

            if (parsed.GetValue(json)) JsonOutput.Write(new { results });
            return results.All(one => one.Failed == 0 && one.Stored == one.Sent) ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>What is measured.</summary>
    private sealed record Engines(Func<MqttServerOptions, IMqttServerHandler, ILogger, IMqttServer> Make, Func<string, IReportStore> Open);

    private static async Task<IngestBenchResult> RoundAsync(IngestLoadOptions options, string? data, Engines engines)
    {
        if (data is not null) Directory.CreateDirectory(data);
        var folder = Path.Combine(data ?? Path.GetTempPath(), $"traxxs-bench-{Guid.NewGuid():N}");
        try
        {
            long stored;
            TimeSpan cpu;
            IngestLoadResult seen;
            await using (var store = engines.Open(folder))
            {
                var dispatcher = new ReportDispatcher(store, [new Listener()], 0, NullLogger.Instance);
                var gateway = new DeviceGateway(new Anybody(), new ReportIngest(store, TimeProvider.System, new IngestCounters(), dispatcher.ReportStored), dispatcher, TimeProvider.System);
                await using var server = engines.Make(new MqttServerOptions { Listeners = { new MqttListener() }, ConnectionsPerAddressMax = int.MaxValue }, gateway, NullLogger.Instance);
                gateway.Attach(server);
                dispatcher.Start();
                await server.StartAsync();
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                seen = await LoadAsync(options with { Port = server.Endpoints[0].Port });
                cpu = Process.GetCurrentProcess().TotalProcessorTime - before;
                stored = store.Count();
                await dispatcher.DisposeAsync();
            }

            var bytes = Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length);
            var positions = stored * options.Fixes;
            return new IngestBenchResult(
                options.Connections, options.Fixes, options.Rate, seen.Sent, stored, seen.Failed,
                Math.Round(seen.Acknowledged / seen.Seconds), Math.Round(seen.Acknowledged * options.Fixes / seen.Seconds),
                Math.Round(seen.P50Ms, 2), Math.Round(seen.P99Ms, 2), Math.Round(seen.MaxMs, 2),
                Math.Round(cpu.TotalSeconds / stored * 100_000, 2), Math.Round(seen.CpuSeconds / stored * 100_000, 2), Math.Round((double)bytes / positions, 1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IngestLoadResult> LoadAsync(IngestLoadOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started by `dotnet traxxs.dll`, the program is the first argument; by its own executable there is none.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in new[] { "bench", "ingest", "--load", JsonSerializer.Serialize(options) }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<IngestLoadResult>(output, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("the load program said nothing");
    }

    private sealed class Anybody : IDeviceCredentials
    {
        public bool Verify(string deviceId, ReadOnlySpan<byte> secret) => true;
    }

    /// <summary>Stands for the live consumers: it looks at each report.</summary>
    private sealed class Listener : IReportConsumer
    {
        private long _fixes;

        public void Accept(AcceptedReport report) => _fixes += report.Fixes.Length;

        public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
        {
        }
    }
}

/// <summary>One line of the benchmark: rate, latency in ms, CPU seconds for 100,000 reports (of the server and of the load), bytes on disk for a position.</summary>
internal sealed record IngestBenchResult(
    int Connections, int Fixes, int Rate, long Sent, long Stored, long Failed, double ReportsPerSecond, double PositionsPerSecond,
    double P50Ms, double P99Ms, double MaxMs, double CpuSecondsPer100k, double LoadCpuSecondsPer100k, double BytesPerPosition)
{
    public string InWords() =>
        $"{Connections,5} connections, {Fixes,2} fixes a report, {(Rate == 0 ? "closed loop" : $"{Rate}/s"),11}: {ReportsPerSecond,8:0} reports/s {PositionsPerSecond,9:0} positions/s, " +
        $"p50 {P50Ms} p99 {P99Ms} max {MaxMs} ms, {CpuSecondsPer100k} CPU s (load {LoadCpuSecondsPer100k}) for 100,000, {BytesPerPosition} bytes a position";
}
