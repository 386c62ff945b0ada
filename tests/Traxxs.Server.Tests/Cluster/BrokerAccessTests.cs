using System.Text;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Who may do what at RabbitMQ.</summary>
[TestClass]
public sealed class BrokerAccessTests
{
    private readonly BrokerAccess _access = new(new Credentials(), key => key == "txs.k1.good" ? ("k1", "acme") : null, () => true, "/");

    [TestMethod]
    [DataRow("insole-1", "good", "insole-1", "device", DisplayName = "a device with its secret")]
    [DataRow("insole-1", "bad", "insole-1", null, DisplayName = "a wrong secret")]
    [DataRow("insole-1", "good", "insole-2", null, DisplayName = "another's session")]
    [DataRow("insole-1", "good", "", null, DisplayName = "no client id: AMQP")]
    [DataRow("key", "txs.k1.good", "key:desk", "key.k1 org.acme", DisplayName = "a program with a key")]
    [DataRow("key", "txs.k1.good", "insole-1", null, DisplayName = "a program under a device's id")]
    [DataRow("key", "txs.k1.bad", "key:desk", null, DisplayName = "a program with no key")]
    [DataRow("", "", "", null, DisplayName = "nobody")]
    public void Only_devices_and_keys_sign_in(string user, string password, string client, string? tags) =>
        Assert.AreEqual(tags, _access.SignIn(user, password, client));

    [TestMethod]
    public void Nobody_signs_in_before_what_they_send_is_kept() =>
        Assert.IsNull(new BrokerAccess(new Credentials(), _ => null, () => false, "/").SignIn("insole-1", "good", "insole-1"));

    [TestMethod]
    [DataRow("write", "xsole.v1.insole-1.up", true)]
    [DataRow("write", "xsole.v1.insole-1.state", true)]
    [DataRow("read", "xsole.v1.insole-1.down", true)]
    [DataRow("write", "xsole.v1.insole-1.down", false)]
    [DataRow("read", "xsole.v1.insole-1.up", false)]
    [DataRow("write", "xsole.v1.insole-2.up", false)]
    [DataRow("read", "xsole.v1.*.down", false)]
    [DataRow("read", "#", false)]
    [DataRow("read", "xsole.v1.alerts.acme", false)]
    [DataRow("configure", "xsole.v1.insole-1.up", false)]
    public void A_device_has_its_own_topics(string permission, string key, bool allowed) =>
        Assert.AreEqual(allowed, BrokerAccess.MayTopic(new BrokerQuestion("insole-1", "topic", "amq.topic", permission, "device", "insole-1", key)));

    [TestMethod]
    [DataRow("read", "xsole.v1.alerts.acme", true)]
    [DataRow("read", "xsole.v1.alerts.other", false)]
    [DataRow("read", "xsole.v1.alerts.*", false)]
    [DataRow("write", "xsole.v1.alerts.acme", false)]
    [DataRow("read", "xsole.v1.insole-1.down", false)]
    public void A_program_hears_its_organisations_alerts(string permission, string key, bool allowed) =>
        Assert.AreEqual(allowed, BrokerAccess.MayTopic(new BrokerQuestion("key", "topic", "amq.topic", permission, "key.k1 org.acme", "key:desk", key)));

    [TestMethod]
    [DataRow("queue", "mqtt-subscription-insole-1qos1", "configure", true)]
    [DataRow("queue", "mqtt-subscription-insole-1qos0", "read", true)]
    [DataRow("queue", "mqtt-subscription-insole-2qos1", "read", false)]
    [DataRow("queue", "xsole.reports", "read", false)]
    [DataRow("exchange", "amq.topic", "write", true)]
    [DataRow("exchange", "amq.topic", "read", true)]
    [DataRow("exchange", "amq.topic", "configure", false)]
    [DataRow("exchange", "", "write", false)]
    [DataRow("exchange", "xsole.service", "write", false)]
    [DataRow("topic", "amq.topic", "write", false)]
    public void A_device_uses_the_queue_of_its_own_session(string resource, string name, string permission, bool allowed) =>
        Assert.AreEqual(allowed, BrokerAccess.MayUse(new BrokerQuestion("insole-1", resource, name, permission, "device", "insole-1", null)));

    [TestMethod]
    public void The_routing_key_names_the_device_and_nothing_else_does()
    {
        Assert.AreEqual("a.b-1", RabbitMqTopology.DeviceOfReport("xsole.v1.a.b-1.up"));
        foreach (var key in (string[])["xsole.v1..up", "xsole.v1.up", "xsole.v1.a.down", "v1.a.up", "xsole.v1.a b.up", "xsole.v1.-a.up", ""])
            Assert.IsNull(RabbitMqTopology.DeviceOfReport(key), key);
    }

    private sealed class Credentials : IDeviceCredentials
    {
        public bool Verify(string deviceId, ReadOnlySpan<byte> secret) => deviceId == "insole-1" && Encoding.UTF8.GetString(secret) == "good";
    }
}
