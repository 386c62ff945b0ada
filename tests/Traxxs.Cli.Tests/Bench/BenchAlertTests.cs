using System.Text.Json;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Bench;

[TestClass]
public sealed class BenchAlertTests
{
    [TestMethod]
    public async Task Every_press_is_an_alert_and_every_channel_takes_it()
    {
        using var bench = TraxxsProcess.Start("bench", "alert", "--devices", "5", "--rate", "20", "--alarms", "4", "--seconds", "2", "--json");
        var result = await bench.ReadJsonAsync();
        await bench.ExitAsync(); // how fast it was is no matter here
        Assert.AreEqual(0, result.GetProperty("lost").GetInt64());
        Assert.IsGreaterThan(20, result.GetProperty("alarms").GetInt64());
        foreach (var channel in result.GetProperty("channels").EnumerateObject()) Assert.IsGreaterThan(4, channel.Value.GetProperty("count").GetInt32(), channel.Name);
        Assert.AreEqual("live log webhook", string.Join(' ', result.GetProperty("channels").EnumerateObject().Select(channel => channel.Name)));
    }
}
