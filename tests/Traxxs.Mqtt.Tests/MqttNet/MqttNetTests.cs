using Traxxs.Mqtt.MqttNet;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.MqttNet;

/// <summary>MQTTnet. Compiled with <c>-p:CardPackages=true</c>.</summary>
public sealed class MqttNet : ITestServer
{
    public static IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler, TimeProvider time) => new MqttNetServer(options, handler, time);
}

/// <inheritdoc/>
[TestClass]
public sealed class ConnectTests : Server.ConnectTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class PublishTests : Server.PublishTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class LimitTests : Server.LimitTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class ModelTests : Server.ModelTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class StoreTests : Server.StoreTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class FuzzTests : Server.FuzzTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class TransportTests : Client.TransportTests<MqttNet>;

/// <inheritdoc/>
[TestClass]
public sealed class RoutingTests : Server.RoutingTests<MqttNet>
{
    [TestMethod]
    public override async Task MQTT_4_8_2_1_a_shared_subscription_gives_each_message_to_one_of_its_connected_members()
    {
        await using var broker = TestBroker.Of<MqttNet>();
        await using var peer = broker.Open();
        Assert.AreEqual((byte)0, (await peer.ConnectAsync("c")).Properties!.SharedSubscriptionAvailable, "told that there are none");
    }

    [TestMethod]
    public override async Task A_shared_filter_is_judged_by_what_it_shares()
    {
        await using var broker = TestBroker.Of<MqttNet>();
        await using var peer = await broker.ConnectAsync("c");
        var suback = await peer.SubscribeAsync(new MqttTopicFilter("$share/g/open"), new MqttTopicFilter("open", MqttQoS.AtLeastOnce));
        CollectionAssert.AreEqual(new[] { MqttReasonCode.SharedSubscriptionsNotSupported, MqttReasonCode.GrantedQoS1 }, suback.ReasonCodes);
    }
}

/// <inheritdoc/>
[TestClass]
public sealed class SessionTests : Server.SessionTests<MqttNet>
{
    [TestMethod]
    public override Task A_publisher_above_its_rate_is_read_no_faster_than_that()
    {
        var refused = Assert.ThrowsExactly<NotSupportedException>(() => TestBroker.Of<MqttNet>(options => options.PublishRateMax = 100));
        Assert.Contains("rate", refused.Message);
        return Task.CompletedTask;
    }
}
