using System.Text.Json;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Bench;

[TestClass]
public sealed class BenchSimTests
{
    [TestMethod]
    public async Task The_standard_day_is_told_beside_others_with_the_goals_it_misses()
    {
        using var bench = TraxxsProcess.Start("bench", "sim", "--seeds", "1..2", "--rounds", "1", "--crowd", "2", "--json");
        var result = await bench.ReadJsonAsync();
        Assert.AreEqual(0, await bench.ExitAsync());
        var ways = result.GetProperty("ways").EnumerateArray().ToDictionary(way => way.GetProperty("name").GetString()!, way => way);
        CollectionAssert.AreEqual(new[] { "our firmware", "always-on GNSS", "a fix every 70 s", "a fix every 10 min", "oracle" }, ways.Keys.ToArray());
        Assert.IsLessThan(Least(ways["always-on GNSS"]), Most(ways["our firmware"]));
        Assert.IsLessThanOrEqualTo(Least(ways["our firmware"]), Least(ways["oracle"]), "nobody is thriftier than who knows the motion");
        Assert.AreEqual(Least(ways["our firmware"]) / Least(ways["oracle"]), result.GetProperty("overOracle").GetProperty("least").GetDouble(), 0.2);
        Assert.AreEqual(2, result.GetProperty("crowd").GetProperty("insoles").GetInt32());
        var days = Most(ways["our firmware"], "days");
        Assert.AreEqual(days < 29, result.GetProperty("goalsMissed").EnumerateArray().Any(goal => goal.GetString()!.Contains(" days, the goal is", StringComparison.Ordinal)));

        static double Least(JsonElement way) => way.GetProperty("mAhPerDay").GetProperty("least").GetDouble();
        static double Most(JsonElement way, string figure = "mAhPerDay") => way.GetProperty(figure).GetProperty("most").GetDouble();
    }

    [TestMethod]
    [DataRow("--seeds 3..1", "from the less to the more")]
    [DataRow("--seeds all", "--seeds is A..B or one number")]
    [DataRow("--crowd 1", "--crowd is 0, or 2 to 10000")]
    [DataRow("--scenario no-such-day", "neither a file nor a scenario")]
    public async Task What_cannot_be_measured_is_wrong_usage(string arguments, string problem)
    {
        using var bench = TraxxsProcess.Start(["bench", "sim", .. arguments.Split(' ')]);
        Assert.AreEqual(2, await bench.ExitAsync());
        Assert.Contains(problem, bench.Errors);
    }
}
