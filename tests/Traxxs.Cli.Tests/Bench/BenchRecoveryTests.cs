using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Bench;

[TestClass]
public sealed class BenchRecoveryTests
{
    [TestMethod]
    public async Task A_killed_server_acknowledges_again_and_has_everything_once()
    {
        using var bench = TraxxsProcess.Start("bench", "recovery", "--devices", "3", "--reports", "50", "--rounds", "1", "--json");
        var result = await bench.ReadJsonAsync();
        Assert.AreEqual(0, await bench.ExitAsync(), bench.Errors);
        Assert.IsGreaterThanOrEqualTo(50, result.GetProperty("acknowledgedBefore").GetInt64());
        Assert.IsGreaterThan(result.GetProperty("acknowledgedBefore").GetInt64(), result.GetProperty("stored").GetInt64());
        Assert.AreEqual(result.GetProperty("sent").GetInt64(), result.GetProperty("stored").GetInt64());
        Assert.AreEqual((0L, 0L), (result.GetProperty("lost").GetInt64(), result.GetProperty("failed").GetInt64()));
    }

    [TestMethod]
    [DataRow("--devices", "0")]
    [DataRow("--reports", "0")]
    [DataRow("--rounds", "0")]
    [DataRow("--store", "paper")]
    public async Task Wrong_usage_is_told_and_is_exit_code_2(params string[] arguments)
    {
        using var bench = TraxxsProcess.Start(["bench", "recovery", .. arguments]);
        Assert.AreEqual(2, await bench.ExitAsync());
        StringAssert.Contains(bench.Errors, arguments[0]);
    }
}
