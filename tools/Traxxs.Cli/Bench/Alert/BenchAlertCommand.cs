using System.CommandLine;
using System.Text.Json;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Bench.Alert;

/// <summary>
/// <c>traxxs bench alert</c>: from an alarm's frame received to its notification handed to a channel, while many devices
/// report. The whole server here, with the disk it writes to; load and receiver of webhooks in a process of their own.
/// </summary>
internal static class BenchAlertCommand
{
    /// <summary>What is promised: 99 of 100 alarms reach their channel within this, ms.</summary>
    private const double P99MaxMs = 1000;

    public static Command Create()
    {
        var devices = new Option<int>("--devices") { Description = "Devices connected and reporting.", DefaultValueFactory = _ => 1000 };
        var rate = new Option<int>("--rate") { Description = "Reports a second, of all devices together.", DefaultValueFactory = _ => 500 };
        var alarms = new Option<int>("--alarms") { Description = "Presses for help a second among them.", DefaultValueFactory = _ => 10 };
        var seconds = new Option<double>("--seconds") { Description = "How long it is measured, after five seconds to warm up.", DefaultValueFactory = _ => 20 };
        var data = new Option<string?>("--data") { Description = "Folder on the disk to measure; without it the temporary folder's." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var load = new Option<string?>("--load") { Hidden = true };
        var command = new Command("alert", "An alarm from its frame received to its notification handed to a channel: latency, none lost.") { devices, rate, alarms, seconds, data, json, load };
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(load) is { } options)
            {
                JsonOutput.Write(await new AlertLoad(JsonSerializer.Deserialize<AlertLoadOptions>(options)!).RunAsync());
                return ExitCode.Ok;
            }

            using var progress = new ProgressLine("bench alert");
            progress.Report($"{parsed.GetValue(devices)} devices, {parsed.GetValue(rate)} reports and {parsed.GetValue(alarms)} alarms a second");
            var result = await AlertBench.RunAsync(
                new AlertLoadOptions(0, "", parsed.GetValue(devices), parsed.GetValue(rate), parsed.GetValue(alarms), 5, parsed.GetValue(seconds)), parsed.GetValue(data));
            if (parsed.GetValue(json)) JsonOutput.Write(result);
            else Console.WriteLine(result.InWords());
            return result.Lost == 0 && result.Channels.Values.All(channel => channel.P99Ms < P99MaxMs) ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }
}
