using System.CommandLine;
using Traxxs.Cli.Shared;

// The `traxxs` command: a table of contents. Each verb stands in the folder of its name.
var root = new RootCommand("TRAXXs XSole: demo, server, simulator and tools for smart insoles.");

root.Subcommands.Add(Traxxs.Cli.Server.ServerCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Server.ProvisionCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Server.OrgCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Server.UserCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Server.StoreCopyCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Image.ImageCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Firmware.FirmwareCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Flash.FlashCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Monitor.MonitorCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Broker.BrokerCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Demo.DemoCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Sim.SimCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Codec.CodecCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Motion.MotionCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Gnss.GnssCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Record.RecordCommand.Create());
root.Subcommands.Add(Traxxs.Cli.Replay.ReplayCommand.Create());
root.Subcommands.Add(new Command("bench", "The numbers in the README.")
{
    Traxxs.Cli.Bench.Mqtt.BenchMqttCommand.Create(), Traxxs.Cli.Bench.IngestBench.Create(), Traxxs.Cli.Bench.Alert.BenchAlertCommand.Create(),
    Traxxs.Cli.Bench.Sim.BenchSimCommand.Create(), Traxxs.Cli.Bench.Recovery.BenchRecoveryCommand.Create(), Traxxs.Cli.Bench.Scale.BenchScaleCommand.Create(),
});

var result = root.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Run with --help to see what this verb takes.");
    return ExitCode.Usage;
}

// Ctrl+C: what runs may still count, and end what it started, before the process goes.
return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
