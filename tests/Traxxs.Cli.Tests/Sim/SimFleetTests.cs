using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Simulation.Fleet;

namespace Traxxs.Cli.Tests.Sim;

[TestClass]
public sealed class SimFleetTests
{
    private const int Insoles = 60;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, true);
    }

    [TestMethod]
    public async Task A_fleet_delivers_everything_once_and_its_emergencies_raise_alerts()
    {
        var seed = SeedWithBothEmergencies();
        var result = await Tool.RunAsync(TestContext, "sim", "fleet", "--insoles", $"{Insoles}", "--minutes", "10", "--speed", "150", "--seed", $"{seed}", "--late-max", "100", "--json");
        Assert.AreEqual(0, result.Exit, result.Output + result.Errors);
        var fleet = JsonDocument.Parse(result.Output).RootElement;
        Assert.IsGreaterThanOrEqualTo(Insoles, fleet.GetProperty("acceptedReports").GetInt64());
        Assert.AreEqual(fleet.GetProperty("acceptedReports").GetInt64(), fleet.GetProperty("storedReports").GetInt64());
        foreach (var none in new[] { "lost", "duplicates", "waiting", "dropped" }) Assert.AreEqual(0, fleet.GetProperty(none).GetInt64(), none);
        foreach (var alert in fleet.GetProperty("alerts").EnumerateArray().Where(alert => alert.GetProperty("rule").GetString() is "sos" or "man-down"))
        {
            Assert.AreEqual(alert.GetProperty("alarmed").GetInt32(), alert.GetProperty("raised").GetInt32(), alert.ToString());
            Assert.AreEqual(0, alert.GetProperty("others").GetInt32(), alert.ToString());
        }

        var sos = fleet.GetProperty("alerts").EnumerateArray().Single(alert => alert.GetProperty("rule").GetString() == "sos");
        Assert.IsGreaterThan(0, sos.GetProperty("called").GetInt32());
        Assert.AreEqual(sos.GetProperty("called").GetInt32(), sos.GetProperty("raised").GetInt32(), "every press is an alert");
        Assert.IsGreaterThan(0, fleet.GetProperty("serverCpu").GetDouble());
    }

    [TestMethod]
    public async Task A_fleet_lives_a_scenarios_days_with_another_broker()
    {
        using var broker = TraxxsProcess.Start("broker", "--port", "0", "--anonymous");
        var address = $"mqtt://127.0.0.1:{(await broker.ReadLineAsync()).Split(':')[^1]}";
        var result = await Tool.RunAsync(TestContext, "sim", "fleet", "--insoles", "20", "--minutes", "3", "--speed", "60", "--server", address, "--scenario", "sos-twice", "--late-max", "100", "--json");
        Assert.AreEqual(0, result.Exit, result.Output + result.Errors);
        var fleet = JsonDocument.Parse(result.Output).RootElement;
        Assert.IsGreaterThanOrEqualTo(20, fleet.GetProperty("acceptedReports").GetInt64());
        Assert.AreEqual(fleet.GetProperty("acceptedReports").GetInt64(), fleet.GetProperty("acknowledgedReports").GetInt64());
        Assert.AreEqual(JsonValueKind.Null, fleet.GetProperty("storedReports").ValueKind, "a bare broker's store is not to be seen");
    }

    [TestMethod]
    public async Task A_server_that_is_not_there_fails_the_run_and_is_named()
    {
        var result = await Tool.RunAsync(TestContext, "sim", "fleet", "--insoles", "3", "--minutes", "2", "--speed", "1000", "--server", "mqtt://127.0.0.1:1", "--json");
        Assert.AreEqual(1, result.Exit);
        var fleet = JsonDocument.Parse(result.Output).RootElement;
        Assert.IsGreaterThan(0, fleet.GetProperty("waiting").GetInt64());
        Assert.Contains("127.0.0.1:1", fleet.GetProperty("problem").GetString()!);
    }

    [TestMethod]
    public async Task A_folder_that_is_a_servers_already_is_left_alone()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "service.db"), "", TestContext.CancellationToken);
        var result = await Tool.RunAsync(TestContext, "sim", "fleet", "--insoles", "1", "--minutes", "1", "--data", _folder);
        Assert.AreEqual(1, result.Exit);
        Assert.Contains("name a new folder", result.Errors);
    }

    [TestMethod]
    [DataRow("--insoles 0", "--insoles is 1 to")]
    [DataRow("--speed 0.5", "--speed is 1 to")]
    [DataRow("--server http://x", "--server is own or mqtt://")]
    [DataRow("--credentials x", "belong to --server mqtt://")]
    [DataRow("--server mqtt://x --api http://x", "go together")]
    [DataRow("--server mqtt://x --data x", "belongs to --server own")]
    [DataRow("--scenario no-such-day", "neither a file nor a scenario")]
    public async Task What_cannot_be_run_is_wrong_usage(string arguments, string problem)
    {
        var result = await Tool.RunAsync(TestContext, ["sim", "fleet", .. arguments.Split(' ')]);
        Assert.AreEqual(2, result.Exit);
        Assert.Contains(problem, result.Errors);
    }

    private static ulong SeedWithBothEmergencies()
    {
        for (ulong seed = 1; ; seed++)
        {
            var options = new FleetOptions { Insoles = Insoles, Duration = TimeSpan.FromMinutes(10), Seed = seed };
            if (FleetPlan.Members(options, DateTimeOffset.UnixEpoch).Select(member => member.Emergency).OfType<string>().Distinct().Count() == 2) return seed;
        }
    }
}
