using System.Globalization;
using Traxxs.Engines;

namespace Traxxs.Cli.Tests.Shared;

[TestClass]
public sealed class EngineProcessTests
{
    [TestMethod]
    public void A_free_port_is_given_once_and_is_none_that_the_system_gives_to_who_asks_for_any()
    {
        const string range = "/proc/sys/net/ipv4/ip_local_port_range";
        if (!File.Exists(range)) Assert.Inconclusive("only Linux tells which ports it gives itself");
        var first = int.Parse(File.ReadAllText(range).Split('\t')[0], CultureInfo.InvariantCulture);
        if (first < 32_768) Assert.Inconclusive($"{range} was changed: it begins at {first}");
        var ports = Enumerable.Range(0, 1000).Select(_ => EngineProcess.FreePort()).ToList();
        Assert.HasCount(1000, ports.Distinct().ToList());
        Assert.IsLessThan(first, ports.Max());
    }
}
