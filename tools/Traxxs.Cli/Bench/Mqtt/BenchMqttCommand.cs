using System.CommandLine;
using System.Globalization;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Hosting;

namespace Traxxs.Cli.Bench.Mqtt;

/// <summary>
/// <c>traxxs bench mqtt</c>: this broker and Debian's mosquitto under the same load on loopback, in interleaved rounds, medians.
/// </summary>
public static class BenchMqttCommand
{
    private sealed record Load(string Name, Func<BrokerProcess, Task<MqttRound>> Run);

    /// <summary>The verb, to stand below <c>bench</c>.</summary>
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "rounds of each load and contender", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "seconds a round measures, open loops twice as long", DefaultValueFactory = _ => 1 };
        var only = new Option<string?>("--only") { Description = "loads whose name contains this" };
        var idle = new Option<int>("--idle") { Description = "idle connections, 0 to leave them out", DefaultValueFactory = _ => 10_000 };
        var ours = new Option<bool>("--ours") { Description = "this broker alone" };
        var brokers = new Option<string[]>("--broker") { Description = "this program's brokers to measure: builtin, mqttnet", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [BrokerChoice.BuiltIn] };
        var json = new Option<bool>("--json") { Description = "one JSON object on stdout" };
        var command = new Command("mqtt", "The broker beside mosquitto: rate, CPU, latency, fan-out, idle connections.") { rounds, seconds, only, idle, ours, brokers, json };
        command.SetAction(result => RunAsync(
            result.GetValue(rounds), TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(only) ?? "", result.GetValue(idle), result.GetValue(ours), result.GetValue(brokers)!, result.GetValue(json)));
        return command;
    }

    private static IEnumerable<Load> Loads(TimeSpan duration)
    {
        foreach (var connections in new[] { 200, 2000 })
        {
            foreach (var bytes in new[] { 24, 200 })
            {
                for (var qos = 0; qos <= 2; qos++)
                {
                    var (n, size, level) = (connections, bytes, (MqttQoS)qos);
                    yield return new Load($"closed-qos{qos}-{bytes}B-{connections}c", broker => MqttLoad.ClosedLoopAsync(broker, n, level, size, 20, duration));
                }
            }
        }

        yield return new Load("open-1000/s", broker => MqttLoad.OpenLoopAsync(broker, 200, 1_000, 24, 2 * duration));
        yield return new Load("open-10000/s", broker => MqttLoad.OpenLoopAsync(broker, 200, 10_000, 24, 2 * duration));
        yield return new Load("fan-1-to-1000", broker => MqttLoad.FanAsync(broker, 1, 1000, duration));
        yield return new Load("fan-1000-to-1", broker => MqttLoad.FanAsync(broker, 1000, 1, duration));
    }

    private static async Task<int> RunAsync(int rounds, TimeSpan duration, string only, int idle, bool ours, string[] brokers, bool json)
    {
        try
        {
            foreach (var broker in brokers) BrokerChoice.Of(broker);
        }
        catch (ConfigurationException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }

        ThreadPool.SetMinThreads(8, 8);
        var starters = brokers.Select(broker => (Func<Task<BrokerProcess?>>)(async () => await BrokerProcess.StartOursAsync(broker))).ToList();
        if (!ours) starters.Add(BrokerProcess.TryStartMosquittoAsync);
        var results = new List<object>();
        using var progress = new ProgressLine("bench mqtt");
        if (idle > 0 && $"idle-{idle}".Contains(only, StringComparison.Ordinal))
        {
            progress.Report($"idle-{idle}");
            await MeasureIdleAsync(starters, idle, results, json);
        }

        var loads = Loads(duration).Where(load => load.Name.Contains(only, StringComparison.Ordinal)).ToList();
        if (loads.Count > 0) await MeasureLoadsAsync(starters, loads, rounds, results, progress, json);
        if ("allocation".Contains(only, StringComparison.Ordinal))
        {
            progress.Report("allocation");
            await MeasureAllocationAsync(results, json);
        }

        if (json) JsonOutput.Write(new { loads = results });
        return ExitCode.Ok;
    }

    /// <summary>Both brokers run all the time, as brokers do; one load at a time, the contenders in turns.</summary>
    private static async Task MeasureLoadsAsync(List<Func<Task<BrokerProcess?>>> starters, List<Load> loads, int rounds, List<object> results, ProgressLine progress, bool json)
    {
        var brokers = new List<BrokerProcess>();
        try
        {
            foreach (var start in starters)
            {
                if (await start() is { } broker) brokers.Add(broker);
            }

            progress.Report("warming up");
            foreach (var broker in brokers)
            {
                for (var qos = MqttQoS.AtMostOnce; qos <= MqttQoS.ExactlyOnce; qos++) await MqttLoad.ClosedLoopAsync(broker, 200, qos, 24, 20, TimeSpan.FromSeconds(0.5));
                await MqttLoad.FanAsync(broker, 1, 100, TimeSpan.FromSeconds(0.5));
            }

            foreach (var load in loads)
            {
                var measured = brokers.ToDictionary(broker => broker.Name, _ => new List<MqttRound>());
                for (var round = 0; round < rounds; round++)
                {
                    foreach (var broker in brokers)
                    {
                        progress.Report($"{load.Name}, {broker.Name}, round {round + 1} of {rounds}");
                        measured[broker.Name].Add(await load.Run(broker));
                    }
                }

                foreach (var (name, list) in measured) results.Add(Report(load.Name, name, list, json));
            }
        }
        finally
        {
            foreach (var broker in brokers) await broker.DisposeAsync();
        }
    }

    private static object Report(string load, string broker, List<MqttRound> rounds, bool json)
    {
        double Median(Func<MqttRound, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
        var (rate, cpu, p50, p99) = (Median(round => round.MessagesPerSecond), Median(round => round.CpuSecondsPer100k), Median(round => round.P50Ms), Median(round => round.P99Ms));
        if (!json)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load,-24} {broker,-10} {rate,9:0}/s  {cpu,6:0.00} CPU s/100k  p50 {p50,7:0.00} ms  p99 {p99,7:0.00} ms"));
        }

        return new { load, broker, messagesPerSecond = rate, cpuSecondsPer100k = cpu, p50Ms = p50, p99Ms = p99 };
    }

    private static async Task MeasureAllocationAsync(List<object> results, bool json)
    {
        foreach (var qos in new[] { MqttQoS.AtMostOnce, MqttQoS.AtLeastOnce, MqttQoS.ExactlyOnce })
        {
            foreach (var together in new[] { 1, 20 })
            {
                var bytes = await MqttAllocation.MeasureAsync(qos, together);
                var load = $"allocation-qos{(int)qos}-{together}";
                if (!json) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load,-24} {"traxxs",-10} {bytes,6:0.00} bytes allocated for each PUBLISH"));
                results.Add(new { load, broker = "traxxs", bytesAllocatedPerPublish = bytes });
            }
        }
    }

    private static async Task MeasureIdleAsync(List<Func<Task<BrokerProcess?>>> starters, int connections, List<object> results, bool json)
    {
        foreach (var start in starters)
        {
            await using var broker = await start();
            if (broker is null) continue;
            var (bytesEach, perSecond) = await MqttLoad.IdleAsync(broker, connections);
            if (!json) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"idle-{connections}",-24} {broker.Name,-10} {bytesEach / 1024,6:0.0} KB each  {perSecond,6:0} connects/s"));
            results.Add(new { load = $"idle-{connections}", broker = broker.Name, bytesEach, connectsPerSecond = perSecond });
        }
    }
}
