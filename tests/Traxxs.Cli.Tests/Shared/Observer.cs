using System.Threading.Channels;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Tests.Shared;

/// <summary>A client that sees every message of a broker.</summary>
internal sealed class Observer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Channel<(string Topic, byte[] Payload)> _messages = Channel.CreateUnbounded<(string, byte[])>();
    private readonly MqttClient _client;

    private Observer(int port)
    {
        _client = new MqttClient(new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = "observer" })
        {
            MessageHandler = (in MqttReceivedMessage message) => _messages.Writer.TryWrite((message.Topic, message.Payload.ToArray())),
        };
    }

    /// <summary>Connects, as soon as the broker listens.</summary>
    public static async Task<Observer> ConnectAsync(int port)
    {
        using var limit = new CancellationTokenSource(Limit);
        var observer = new Observer(port);
        while (true)
        {
            try
            {
                Assert.IsTrue((await observer._client.ConnectAsync(limit.Token)).IsSuccess);
                await observer._client.SubscribeAsync("#", MqttQoS.AtLeastOnce);
                return observer;
            }
            catch (MqttClientException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>The next message on a topic.</summary>
    public async Task<byte[]> ReportAsync(string topic)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var message = await _messages.Reader.ReadAsync(limit.Token);
            if (message.Topic == topic) return message.Payload;
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
