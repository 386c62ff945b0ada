using System.CommandLine;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// <c>traxxs bench scale</c>: the server in roles on RabbitMQ and PostgreSQL beside the one process, on this machine: what each takes,
/// what it costs and at which engine, how soon an alert is seen, and that nothing is lost.
/// </summary>
internal static class BenchScaleCommand
{
    public static Command Create()
    {
        var listeners = new Option<int[]>("--listeners")
        {
            Description = "Shapes of the server: 0 is the one process, more are so many listeners beside the other roles.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [0, 1, 2, 4],
        };
        var fixes = new Option<int[]>("--fixes") { Description = "Fixes in a report.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 20] };
        var devices = new Option<int>("--devices") { Description = "Devices connected and reporting.", DefaultValueFactory = _ => 200 };
        var seconds = new Option<double>("--seconds") { Description = "How long reports are sent in each round; what they leave to do is waited for.", DefaultValueFactory = _ => 5 };
        var rate = new Option<int>("--rate") { Description = "Reports a second while alerts are timed.", DefaultValueFactory = _ => 200 };
        var alarms = new Option<int>("--alarms") { Description = "Presses for help a second among them.", DefaultValueFactory = _ => 10 };
        var held = new Option<int>("--held") { Description = "Idle connections whose memory at RabbitMQ is taken; 0 leaves it out.", DefaultValueFactory = _ => 1000 };
        var redis = new Option<bool>("--redis") { Description = "The roles have Redis too." };
        var minutes = new Option<double>("--minutes") { Description = "Longest time in all: what was measured by then is told, and the exit code is 1.", DefaultValueFactory = _ => 5 };
        var data = new Option<string?>("--data") { Description = "Folder on the disk to measure; without it the temporary folder's." };
        var (json, markdown) = (new Option<bool>("--json") { Description = "Print one JSON object." }, new Option<bool>("--markdown") { Description = "Print tables for a document." });
        var load = new Option<bool>("--load") { Hidden = true };
        var command = new Command("scale", "The server in roles on real engines beside the one process: rate, alerts, cost by engine, contacts, memory of connections; nothing lost.")
        {
            listeners, fixes, devices, seconds, rate, alarms, held, redis, minutes, data, json, markdown, load,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(load))
            {
                await ScaleLoad.RunAsync(Console.In, Console.Out);
                return ExitCode.Ok;
            }

            var settings = new ScaleSettings(
                parsed.GetValue(listeners)!, parsed.GetValue(fixes)!, parsed.GetValue(devices), parsed.GetValue(seconds),
                parsed.GetValue(rate), parsed.GetValue(alarms), parsed.GetValue(held), parsed.GetValue(redis));
            var wrong = settings.Errors().Concat(parsed.GetValue(minutes) is > 0 and <= 240 ? [] : ["--minutes: more than 0, at most 240"]).ToList();
            if (wrong.Count == 0) wrong.AddRange(ScaleEngines.Missing(settings.Redis));
            foreach (var sentence in wrong) Console.Error.WriteLine(sentence);
            if (wrong.Count > 0) return ExitCode.Usage;

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(parsed.GetValue(minutes)));
            ScaleResult result;
            using (var progress = new ProgressLine("bench scale")) result = await ScaleBench.RunAsync(settings, parsed.GetValue(data), progress, limit.Token);
            if (parsed.GetValue(json)) JsonOutput.Write(result);
            else foreach (var line in parsed.GetValue(markdown) ? ScaleText.Markdown(result) : ScaleText.Words(result)) Console.Out.WriteLine(line);
            foreach (var sentence in result.Shapes.Select(shape => shape.Problem).Append(result.Problem).OfType<string>()) Console.Error.WriteLine(sentence);
            return result.IsKept ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }
}
