using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>A listener's parts on a real RabbitMQ: it answers who may connect, and takes frames into a store in memory.</summary>
internal sealed class RabbitBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;
    private readonly List<MqttClient> _clients = [];
    private readonly RabbitMqOptions _options;
    private WebApplication? _door;

    private RabbitBench(RabbitMqNode node, ushort prefetch, TimeSpan? hold)
    {
        (Node, _options) = (node, SharedRabbitMq.OptionsOf(node) with { Prefetch = prefetch });
        if (hold is { } time) _options = _options with { HoldMax = time };
        _database = ServiceDatabase.Open(_folder.File("service.db"));
        Devices = new DeviceRegistry(_database, TimeProvider.System);
        Tokens = new AccessTokens(_database, TimeProvider.System);
        Run();
    }

    public RabbitMqNode Node { get; }

    public MemoryReportStore Store { get; } = new();

    public IngestCounters Counters { get; } = new();

    public DeviceRegistry Devices { get; }

    public AccessTokens Tokens { get; }

    public RabbitMqLinks Links { get; private set; } = null!;

    public RabbitMqLink Link => Links.Incoming;

    public RabbitMqChannel Channel { get; private set; } = null!;

    public FrameConsumer Consumer { get; private set; } = null!;

    public RabbitMqDevices Side { get; private set; } = null!;

    public static async Task<RabbitBench> StartAsync(ushort prefetch = 2000, TimeSpan? hold = null)
    {
        var bench = new RabbitBench(await SharedRabbitMq.NodeAsync(), prefetch, hold);
        await bench.OpenDoorAsync();
        await SharedRabbitMq.EmptyAsync(bench.Node);
        bench.Links.Start();
        await bench.UntilAsync(() => bench.Consumer.IsReady && bench.Consumer.Trouble is null, "the listener stands");
        return bench;
    }

    public async Task StopListenerAsync()
    {
        await Side.DisposeAsync();
        await Links.DisposeAsync();
    }

    public void StartListener()
    {
        Run();
        Links.Start();
    }

    public async Task<MqttClient> ConnectAsync(string id, string? secret = null, bool lasting = true, Action<Command>? heard = null)
    {
        var client = Client(id, secret ?? Devices.Provision(OrganisationId.First, id, "test"), lasting, heard);
        var answer = await client.ConnectAsync();
        Assert.IsTrue(answer.IsSuccess, $"{id} is let in: {answer.ReasonCode}");
        return client;
    }

    public MqttClient Client(string id, string secret, bool lasting = true, Action<Command>? heard = null)
    {
        var client = new MqttClient(new MqttClientOptions
        {
            Host = Node.Mqtt.Host, Port = Node.Mqtt.Port, ClientId = id, UserName = id.StartsWith("key:", StringComparison.Ordinal) ? "key" : id, Password = secret,
            CleanSession = !lasting, AutoReconnect = false,
        });
        client.MessageHandler = (in MqttReceivedMessage message) =>
        {
            var command = new Command();
            var bytes = message.Payload.ToArray();
            if (heard is not null && CommandFrame.TryRead(bytes, 0, bytes.Length, command) == DecodeResult.Ok) heard(command);
        };
        _clients.Add(client);
        return client;
    }

    /// <summary>Told of frames that cannot be read.</summary>
    public Action<string, string>? Unread { get; set; }

    public static Task<MqttReasonCode> SendAsync(MqttClient client, byte[] frame) =>
        client.PublishAsync($"xsole/v1/{client.ClientId}/up", frame, MqttQoS.AtLeastOnce);

    public async Task UntilAsync(Func<bool> wanted, string what, int patienceS = 120)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(patienceS * 1000L, Environment.TickCount64 - started, $"never: {what}; consumer: {Consumer.Trouble}, link: {Link.Trouble}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await StopListenerAsync();
        if (_door is not null) await _door.DisposeAsync();
        _database.Dispose();
        _folder.Dispose();
    }

    private void Run()
    {
        Links = new RabbitMqLinks(_options, "test", NullLogger.Instance);
        Channel = new RabbitMqChannel(Links, NullLogger.Instance);
        Consumer = new FrameConsumer(_options, new ReportIngest(Store, TimeProvider.System, Counters, () => { }, (device, reason) => Unread?.Invoke(device, reason)), () => Store.Health.Available, TimeProvider.System, NullLogger.Instance);
        Side = new RabbitMqDevices(_options, Links.Outgoing, Guid.NewGuid().ToString("N"), NullLogger.Instance);
        Link.Use(Consumer.RunAsync);
    }

    private async Task OpenDoorAsync()
    {
        var access = new BrokerAccess(Devices, Tokens.ListenerOf, () => Consumer.IsReady, "/");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _door = builder.Build();
        _door.Urls.Add($"http://127.0.0.1:{SharedRabbitMq.AuthPort}");
        _door.MapBrokerAccess(access, SharedRabbitMq.AuthSecret);
        await _door.StartAsync();
    }
}
