using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Cli.Sim;

/// <summary><c>traxxs sim</c>: the firmware itself in simulated time, on simulated chips and people.</summary>
public static class SimCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var list = new Command("list", "Scenarios that come along.");
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        list.Options.Add(json);
        list.SetAction(result =>
        {
            if (result.GetValue(json)) JsonOutput.Write(new { scenarios = ScenarioFile.BuiltIn.Select(name => new { name, about = ScenarioFile.Load(name).About }) });
            else foreach (var name in ScenarioFile.BuiltIn) Console.Out.WriteLine($"{name,-22} {ScenarioFile.Load(name).About}");
            return ExitCode.Ok;
        });

        var schema = new Command("schema", "The JSON schema of scenario files, for an editor.");
        schema.SetAction(_ =>
        {
            Console.Out.Write(ScenarioSchema.Text);
            return ExitCode.Ok;
        });
        return new Command("sim", "Insoles in simulated time: scenarios with faults, an energy account and checked outcomes.")
        {
            SimRunCommand.Create(), SimViewCommand.Create(), SimCompareCommand.Create(), SimEnergyCommand.Create(), SimHashCommand.Create(),
            SimSoakCommand.Create(), SimShrinkCommand.Create(), SimFleetCommand.Create(), SimBoardCommand.Create(), list, schema,
        };
    }
}
