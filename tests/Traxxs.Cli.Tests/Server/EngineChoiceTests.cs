using Traxxs.Cli.Server;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Server.Hosting;

namespace Traxxs.Cli.Tests.Server;

/// <summary>Engines of other people, where they were built in and where not.</summary>
[TestClass]
public sealed class EngineChoiceTests
{
    [TestMethod]
    [DataRow("server", "--broker", "hivemq")]
    [DataRow("server", "--store", "rocksdb")]
    [DataRow("demo", "--broker", "hivemq")]
    [DataRow("broker", "--broker", "hivemq")]
    [DataRow("bench", "ingest", "--broker", "hivemq")]
    [DataRow("bench", "mqtt", "--broker", "hivemq")]
    public async Task A_name_nobody_knows_is_told_with_the_names_there_are(params string[] arguments)
    {
        using var process = TraxxsProcess.Start(arguments);
        Assert.AreEqual(2, await process.ExitAsync());
        StringAssert.Contains(process.Errors, $"{arguments[^2]}: \"{arguments[^1]}\" is neither");
    }

    [TestMethod]
    public void What_was_not_built_in_is_told_with_what_to_do()
    {
#if CARD_PACKAGES
        Assert.IsNotNull(BrokerChoice.Of(BrokerChoice.MqttNet));
        Assert.IsNotNull(StoreChoice.Of(StoreChoice.LiteDb));
#else
        foreach (var choose in new Action[] { () => BrokerChoice.Of(BrokerChoice.MqttNet), () => StoreChoice.Of(StoreChoice.LiteDb) })
        {
            StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(choose).Message, "CardPackages=true");
        }
#endif
    }
}
