namespace Traxxs.Device.Tests;

[TestClass]
public sealed class DeviceConfigTests
{
    private const string Whole = "# made by traxxs provision\nid=shoe-1\nsecret=a=b c\nssid=factory hall\npsk=\nhost=server.example\nca=ca.der\r\nfuture=1\n";

    [TestMethod]
    public void A_whole_file_is_read_with_its_defaults()
    {
        var config = DeviceConfig.TryParse(Whole, out var problem);
        Assert.IsNull(problem);
        Assert.IsNotNull(config);
        Assert.AreEqual("shoe-1", config.Id);
        Assert.AreEqual("a=b c", config.Secret, "only the first = ends the key");
        Assert.AreEqual("factory hall", config.Ssid);
        Assert.AreEqual("", config.Psk);
        Assert.AreEqual("server.example", config.Host);
        Assert.AreEqual(DeviceConfig.TlsPort, config.Port);
        Assert.IsTrue(config.UsesTls);
        Assert.IsTrue(config.LightSleep);
    }

    [TestMethod]
    public void Without_a_CA_the_link_is_plain_on_its_own_port()
    {
        var config = DeviceConfig.TryParse("id=a\nsecret=s\nssid=n\nhost=h\nlightsleep=off", out _);
        Assert.IsNotNull(config);
        Assert.AreEqual(DeviceConfig.PlainPort, config.Port);
        Assert.IsFalse(config.UsesTls);
        Assert.IsFalse(config.LightSleep);
    }

    [TestMethod]
    [DataRow("id=shoe-1", "'id'")]
    [DataRow("secret=a=b c", "'secret'")]
    [DataRow("ssid=factory hall", "'ssid'")]
    [DataRow("host=server.example", "'host'")]
    public void A_missing_key_is_named_with_what_to_do(string line, string named)
    {
        Assert.IsNull(DeviceConfig.TryParse(Whole.Replace(line, "", StringComparison.Ordinal), out var problem));
        StringAssert.Contains(problem, named);
        StringAssert.Contains(problem, "firmware/README.md");
    }

    [TestMethod]
    [DataRow("no equals sign")]
    [DataRow("=value")]
    [DataRow("port=0")]
    [DataRow("port=65536")]
    [DataRow("port=many")]
    [DataRow("lightsleep=maybe")]
    public void A_line_that_cannot_be_understood_is_named_by_its_number(string line)
    {
        Assert.IsNull(DeviceConfig.TryParse(Whole + line + "\n", out var problem));
        StringAssert.Contains(problem, "line 9");
    }

    [TestMethod]
    [DataRow("a/b")]
    [DataRow("a+b")]
    [DataRow("#")]
    [DataRow("a b")]
    [DataRow("ä")]
    [DataRow(".a")]
    [DataRow("12345678901234567890123456789012345678901234567890123456789012345")]
    public void An_id_that_cannot_be_a_level_of_a_topic_is_refused(string id)
    {
        Assert.IsNull(DeviceConfig.TryParse(Whole.Replace("shoe-1", id, StringComparison.Ordinal), out var problem));
        StringAssert.Contains(problem, "'id'");
    }

    [TestMethod]
    public void A_file_that_is_not_there_is_named_with_what_to_do()
    {
        Assert.IsNull(DeviceConfig.TryLoad(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), out var problem));
        StringAssert.Contains(problem, "is not on the board");
        StringAssert.Contains(problem, "traxxs provision");
    }
}
