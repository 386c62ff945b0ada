using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>MQTTnet's door for transports: it listens to nothing and hands in what <see cref="Server.MqttAcceptor"/> accepted.</summary>
internal sealed class ChannelServerAdapter : IMqttServerAdapter
{
    /// <inheritdoc/>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Lets MQTTnet serve a channel until it ends; nothing once the server stopped.</summary>
    public Task ServeAsync(IMqttChannelAdapter channel) => ClientHandler?.Invoke(channel) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
