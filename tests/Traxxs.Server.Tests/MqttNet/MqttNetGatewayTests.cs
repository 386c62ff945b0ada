using Traxxs.Mqtt.MqttNet;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Tests.Ingest;

namespace Traxxs.Server.Tests.MqttNet;

/// <summary>Compiled with <c>-p:CardPackages=true</c>.</summary>
[TestClass]
public sealed class MqttNetGatewayTests : DeviceGatewayContract
{
    protected override IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler) => new MqttNetServer(options, handler);
}
