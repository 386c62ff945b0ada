using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Bench.Alert;

/// <summary>
/// One round: the server as it is, with its database and its full sync. What is measured is what stands on disk afterwards:
/// when the frame came (the report's own record) and when the channel had taken the notification (the outbox).
/// </summary>
internal static class AlertBench
{
    private const string WebhookName = "webhook";
    private static readonly string[] Channels = ["live", "log", WebhookName];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<AlertBenchResult> RunAsync(AlertLoadOptions options, string? data)
    {
        var folder = Path.Combine(data ?? Path.GetTempPath(), $"traxxs-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            using var receiver = new WebhookReceiver();
            using var quiet = LoggerFactory.Create(_ => { });
            await using var host = await ServerHost.StartAsync(new ServerOptions
            {
                DataFolder = folder, MqttPort = 0, HttpPort = 0, Logging = quiet,
                Webhooks = [new WebhookOptions(WebhookName, receiver.Address, "a secret of the benchmark")],
                Escalation = [new ConfiguredTier(Channels, 60)],
            });
            using var watcher = host.Feed.Watch(OrganisationId.First, null);
            var watching = Task.Run(async () =>
            {
                await foreach (var _ in watcher.Events.ReadAllAsync())
                {
                    // A page that keeps up: the live channel counts as taken only where somebody watches.
                }
            });
            var secrets = Path.Combine(folder, "bench-secrets.json");
            WriteSecrets(host, options.Devices, secrets);

            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var load = await AlertLoad.StartAsync(options with { Port = host.MqttEndpoint.Port, SecretsFile = secrets });
            await SettleAsync(host);
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            watcher.LetGo("the measurement is over");
            await watching;
            return Evaluate(host, options, load, cpu);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteSecrets(ServerHost host, int devices, string path) =>
        SecretFile.WriteNew(path, JsonSerializer.Serialize(Enumerable.Range(0, devices).ToDictionary(AlertLoad.DeviceOf, i => host.Provision(AlertLoad.DeviceOf(i)))));

    /// <summary>Everything stored is evaluated, everything promised is delivered.</summary>
    private static async Task SettleAsync(ServerHost host)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(100))
        {
            var waiting = host.Database.Read(session => session.Outbox.List(null, OutboxState.Pending, null, 1000)).Any(entry => entry.Kind != "command");
            if (host.AlertsAreUpToDate && !waiting) return;
        }
    }

    private static AlertBenchResult Evaluate(ServerHost host, AlertLoadOptions options, AlertLoadResult load, TimeSpan cpu)
    {
        var received = new Dictionary<(string, int, long), long>();
        for (long position = 0; host.Store.ReadAfter(position, 1000) is { Count: > 0 } page; position = page[^1].Position)
        {
            foreach (var stored in page) received[(stored.Report.DeviceId, stored.Report.Epoch, stored.Report.Sequence)] = stored.Report.ServerTimeMs;
        }

        var latencies = Channels.ToDictionary(channel => channel, _ => new List<double>());
        var alerts = 0;
        host.Database.Read(session =>
        {
            for (long? before = null; session.Alerts.List(null, new AlertFilter { Rule = "sos" }, before, 500) is { Count: > 0 } page; before = page[^1].Number)
            {
                foreach (var (_, alert) in page)
                {
                    alerts++;
                    var at = received[(alert.DeviceId, alert.Epoch!.Value, alert.Sequence!.Value)];
                    if (at < load.MeasuredFromMs) continue;
                    foreach (var entry in session.Outbox.OfAlert(alert.Id).Where(entry => entry.State == OutboxState.Sent && latencies.ContainsKey(entry.Channel)))
                        latencies[entry.Channel].Add(entry.FinishedAt!.Value.ToUnixTimeMilliseconds() - at);
                }
            }

            return true;
        });
        return new AlertBenchResult(options.Devices, options.Seconds, load.Reports, load.Alarms, alerts, load.Alarms - alerts,
            latencies.ToDictionary(pair => pair.Key, pair => ChannelLatency.Of(pair.Value)), Math.Round(cpu.TotalSeconds, 1));
    }
}

/// <summary>What came of a round.</summary>
/// <param name="Devices">Devices connected.</param>
/// <param name="Seconds">Seconds measured.</param>
/// <param name="Reports">Reports acknowledged, warming up included.</param>
/// <param name="Alarms">Presses for help among them.</param>
/// <param name="Alerts">Alerts raised for them.</param>
/// <param name="Lost">Presses without an alert.</param>
/// <param name="Channels">Latency by channel, of the alarms of the time measured.</param>
/// <param name="CpuSeconds">CPU the server took in all.</param>
internal sealed record AlertBenchResult(
    int Devices, double Seconds, long Reports, long Alarms, long Alerts, long Lost, IReadOnlyDictionary<string, ChannelLatency> Channels, double CpuSeconds)
{
    public string InWords() => $"{Devices} devices, {Reports} reports, {Alarms} alarms, {Lost} lost, {CpuSeconds} CPU s" + Environment.NewLine
        + string.Join(Environment.NewLine, Channels.Select(pair => $"  frame received to {pair.Key,-8} p50 {pair.Value.P50Ms,5} p99 {pair.Value.P99Ms,5} max {pair.Value.MaxMs,5} ms of {pair.Value.Count}"));
}

/// <summary>Latency of one channel, ms.</summary>
internal sealed record ChannelLatency(int Count, double P50Ms, double P99Ms, double MaxMs)
{
    public static ChannelLatency Of(List<double> all)
    {
        all.Sort();
        return all.Count == 0 ? new ChannelLatency(0, 0, 0, 0) : new ChannelLatency(all.Count, all[all.Count / 2], all[(int)(all.Count * 0.99)], all[^1]);
    }
}
