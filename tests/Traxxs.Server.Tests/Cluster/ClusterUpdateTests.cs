using System.Threading.Channels;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>An update where the image comes in by one process, words are heard by another and parts are sent by a third, over RabbitMQ.</summary>
[TestClass]
public sealed class ClusterUpdateTests
{
    private const string Device = "/api/v1/devices/insole-1";

    [TestMethod]
    public async Task A_device_takes_an_image_over_RabbitMQ_from_a_server_in_roles()
    {
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        await bench.StartAsync("listener", ServerRoles.Listener);
        await bench.StartAsync("front", ServerRoles.Api | ServerRoles.Live);
        await bench.StartAsync("rules", ServerRoles.Rules);
        await bench.StartAsync("notifications", ServerRoles.Notifications);
        foreach (var name in (string[])["listener", "front", "rules", "notifications"]) await ClusterBench.UntilAsync(() => bench.IsReadyAsync(name), $"{name} is ready");
        var secret = bench["front"].Devices.Provision("main", "insole-1", "test");
        var file = Images.Make("1.0.1", 20_000);
        using var api = bench.ApiOf("front");
        await Images.UploadAsync(api, file.Bytes);
        await Images.OfferAsync(api, "insole-1", "1.0.1");

        await using var device = new Updating(bench.Rabbit.Mqtt, secret);
        await device.ConnectAsync();
        Assert.AreEqual((file.Version, file.Bytes.Length), await device.OfferAsync());
        await device.TakeAsync(80); // a part and some of the next
        await device.ConnectAsync();
        await device.TakeAsync(int.MaxValue);
        Assert.AreEqual(Convert.ToHexString(file.Bytes), Convert.ToHexString([.. device.Have]));
        await device.SayAsync(EventCode.UpdateReady, file.Version);
        await device.SayAsync(EventCode.UpdateKept, file.Version);
        await ClusterBench.UntilAsync(async () => (await bench.GetAsync("front", Device)).GetProperty("update").GetProperty("state").GetString() == "kept", "the page shows that it is kept");
    }

    private sealed class Updating(Uri broker, string secret) : IAsyncDisposable
    {
        private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>();
        private MqttClient? _client;
        private Command? _offer;
        private uint _sequence;

        public List<byte> Have { get; } = [];

        public async Task ConnectAsync()
        {
            await DisposeAsync();
            _client = new MqttClient(new MqttClientOptions { Host = broker.Host, Port = broker.Port, ClientId = "insole-1", UserName = "insole-1", Password = secret, CleanSession = false, AutoReconnect = false }) { MessageHandler = Take };
            Assert.IsTrue((await _client.ConnectAsync()).IsSuccess);
            await _client.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce);
            // As the firmware does: where its own connection is not the server's to see, it says that it is there.
            await _client.PublishAsync("xsole/v1/insole-1/state", "online"u8.ToArray(), MqttQoS.AtLeastOnce);
        }

        public async Task<(uint Version, int Size)> OfferAsync()
        {
            _offer = await NextAsync(command => command.Code == CommandCode.Update);
            return (_offer.ImageVersion, _offer.ImageSize);
        }

        public async Task TakeAsync(int blocks)
        {
            for (var taken = 0; taken < blocks && Have.Count < _offer!.ImageSize; taken++)
            {
                if (taken % 64 == 0) await SayAsync(EventCode.UpdateWants, Have.Count);
                var block = await NextAsync(command => command.Code == CommandCode.UpdateBlock && command.BlockOffset == Have.Count);
                Have.AddRange(block.Block.AsSpan(0, block.BlockLength));
            }
        }

        public async Task SayAsync(EventCode code, long value)
        {
            var frame = Frames.Make(++_sequence, fixes: 0, report =>
            {
                report.DeviceTimeS = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
                (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (code, report.DeviceTimeS, unchecked((int)value), 1);
            });
            Assert.AreEqual(MqttReasonCode.Success, await _client!.PublishAsync("xsole/v1/insole-1/up", frame, MqttQoS.AtLeastOnce).WaitAsync(TimeSpan.FromSeconds(60)));
        }

        public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async Task<Command> NextAsync(Func<Command, bool> wanted)
        {
            while (true)
            {
                var command = await _commands.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
                if (wanted(command)) return command;
            }
        }

        private void Take(in MqttReceivedMessage message)
        {
            var (command, bytes) = (new Command(), message.Payload.ToArray());
            if (CommandFrame.TryRead(bytes, 0, bytes.Length, command) == DecodeResult.Ok) _commands.Writer.TryWrite(command);
        }
    }
}
