using System.Collections.Concurrent;
using System.Threading.Channels;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Hosting;

namespace Traxxs.Server.Tests.Support;

/// <summary>A device over a real socket: writes real frames, hears its commands.</summary>
internal sealed class TestDevice : IAsyncDisposable
{
    private readonly MqttClient _client;
    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>();
    private readonly ReportWriter _writer = new();
    private readonly string _id;
    private uint _sequence;

    private TestDevice(ServerHost host, string id, string secret)
    {
        _id = id;
        _client = new MqttClient(new MqttClientOptions
        {
            Host = host.MqttEndpoint.Address.ToString(), Port = host.MqttEndpoint.Port, ClientId = id, UserName = id, Password = secret,
            CleanSession = false, AutoReconnect = false,
        });
        _client.MessageHandler = Take;
    }

    public ChannelReader<Command> Commands => _commands.Reader;

    public bool IsConnected => _client.IsConnected;

    public static async Task<TestDevice> ConnectAsync(ServerHost host, string id, string secret)
    {
        var device = await ConnectDeafAsync(host, id, secret);
        await device.ListenAsync();
        return device;
    }

    /// <summary>Connects, and subscribes to nothing yet.</summary>
    public static async Task<TestDevice> ConnectDeafAsync(ServerHost host, string id, string secret)
    {
        var device = new TestDevice(host, id, secret);
        var answer = await device._client.ConnectAsync();
        if (!answer.IsSuccess) throw new MqttClientException("refused", answer.ReasonCode);
        return device;
    }

    public Task ListenAsync() => _client.SubscribeAsync($"xsole/v1/{_id}/down", MqttQoS.AtLeastOnce);

    /// <summary>A report with its identity and time filled in; the rest is the caller's.</summary>
    public byte[] Frame(DateTimeOffset closed, Action<Report> fill)
    {
        var report = new Report { HasIdentity = true, Epoch = 1, Sequence = ++_sequence, HasDeviceTime = true, DeviceTimeS = (uint)closed.ToUnixTimeSeconds() };
        fill(report);
        var buffer = new byte[ReportWriter.FrameSizeMax];
        var size = _writer.Write(report, buffer, 0);
        Assert.IsGreaterThan(0, size, "the report has no frame");
        return buffer[..size];
    }

    public Task<MqttReasonCode> SendAsync(byte[] frame) => _client.PublishAsync($"xsole/v1/{_id}/up", frame, MqttQoS.AtLeastOnce);

    public Task<MqttReasonCode> PublishAsync(string topic, byte[] payload) => _client.PublishAsync(topic, payload, MqttQoS.AtLeastOnce);

    public async Task<Command> NextCommandAsync() => await _commands.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(120));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void Take(in MqttReceivedMessage message)
    {
        var command = new Command();
        var bytes = message.Payload.ToArray();
        if (CommandFrame.TryRead(bytes, 0, bytes.Length, command) == DecodeResult.Ok) _commands.Writer.TryWrite(command);
    }
}
