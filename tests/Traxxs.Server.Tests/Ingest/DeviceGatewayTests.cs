using Traxxs.Mqtt.Server;

namespace Traxxs.Server.Tests.Ingest;

/// <inheritdoc/>
[TestClass]
public sealed class DeviceGatewayTests : DeviceGatewayContract
{
    protected override IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler) => new MqttServer(options, handler);
}
